#include "input/code/parameter_flow.hpp"

#include <algorithm>
#include <array>

#include "input/code/tree_member.hpp"
#include "input/sql/node.hpp"
#include "pg/identifier.hpp"
#include "text/json.hpp"

namespace pgleast {
namespace {

using Tree = nlohmann::json;

constexpr int deepest_expression = 200;
constexpr std::size_t most_assignments = 200;

std::string last_of(const Tree& names) {
  const auto texts = strings_of(names);
  return texts.empty() ? "" : texts.back();
}

/// What hands on all the text that it is given.
constexpr std::array<std::string_view, 14> handing_on{
    "btrim",   "concat", "concat_ws", "left",   "lower",     "ltrim", "regexp_replace",
    "replace", "right",  "rtrim",     "substr", "substring", "trim",  "upper"};

struct Conversion {
  char letter = '%';
  std::size_t argument = 0;
};

/// Of the text of format(): what stands between the conversions, and these.
struct Format {
  std::vector<std::string> between;  // one more than conversions
  std::vector<Conversion> conversions;
};

std::optional<Format> read_format(const std::string& text) {
  Format result{{""}, {}};
  std::size_t next = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result.between.back() += text[i];
      continue;
    }
    if (++i >= text.size()) return std::nullopt;
    if (text[i] == '%') {
      result.between.back() += '%';
      continue;
    }
    std::size_t digits = i;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
    if (digits > i && digits < text.size() && text[digits] == '$' && digits - i < 4) {
      next = std::stoul(text.substr(i, digits - i)) - 1;
      i = digits + 1;
    }
    if (i >= text.size() || (text[i] != 's' && text[i] != 'I' && text[i] != 'L')) {
      return std::nullopt;  // a width
    }
    result.conversions.push_back({text[i], next++});
    result.between.emplace_back();
  }
  return result;
}

/// `integer` of a TypeName.
std::string type_word(const Tree& type_name) { return last_of(list_at(type_name, "names")); }

}  // namespace

bool holds_text(std::string_view type) {
  constexpr std::array<std::string_view, 44> others{"integer",
                                                    "int4",
                                                    "int",
                                                    "bigint",
                                                    "int8",
                                                    "smallint",
                                                    "int2",
                                                    "numeric",
                                                    "decimal",
                                                    "real",
                                                    "float4",
                                                    "double precision",
                                                    "float8",
                                                    "boolean",
                                                    "bool",
                                                    "date",
                                                    "time",
                                                    "timetz",
                                                    "timestamp",
                                                    "timestamptz",
                                                    "timestamp without time zone",
                                                    "timestamp with time zone",
                                                    "time without time zone",
                                                    "time with time zone",
                                                    "interval",
                                                    "uuid",
                                                    "oid",
                                                    "regclass",
                                                    "regproc",
                                                    "regprocedure",
                                                    "regtype",
                                                    "regrole",
                                                    "regnamespace",
                                                    "inet",
                                                    "cidr",
                                                    "macaddr",
                                                    "money",
                                                    "tid",
                                                    "xid",
                                                    "xid8",
                                                    "pg_lsn",
                                                    "int4range",
                                                    "point",
                                                    "bit"};
  constexpr std::string_view catalog = "pg_catalog.";
  if (type.starts_with(catalog)) return holds_text(type.substr(catalog.size()));
  if (type.ends_with("[]")) return holds_text(type.substr(0, type.size() - 2));
  return std::find(others.begin(), others.end(), type) == others.end();
}

std::optional<std::string> text_of_parts(const Tree& node) {
  if (auto text = constant_text(node)) return text;
  const auto& operation = node_at(node, "A_Expr");
  if (!operation.empty() && last_of(list_at(operation, "name")) == "||") {
    const auto left = text_of_parts(node_at(operation, "lexpr"));
    const auto right = left ? text_of_parts(node_at(operation, "rexpr")) : std::nullopt;
    return right ? std::optional(*left + *right) : std::nullopt;
  }
  const auto& call = node_at(node, "FuncCall");
  const auto& arguments = list_at(call, "args");
  const auto name = last_of(list_at(call, "funcname"));
  if ((name == "quote_literal" || name == "quote_nullable") && arguments.size() == 1) return "'x'";
  if (name != "format" || arguments.empty()) return std::nullopt;
  const auto head = text_of_parts(arguments[0]);
  const auto format = head ? read_format(*head) : std::nullopt;
  if (!format) return std::nullopt;
  auto text = format->between.front();
  for (std::size_t i = 0; i < format->conversions.size(); ++i) {
    const auto& [letter, argument] = format->conversions[i];
    if (argument + 1 >= arguments.size()) return std::nullopt;
    const auto part = text_of_parts(arguments[argument + 1]);
    if (letter == 'L') {
      text += "'x'";
    } else if (part) {
      text += letter == 'I' ? quote_identifier(*part) : *part;
    } else {
      return std::nullopt;
    }
    text += format->between[i + 1];
  }
  return text;
}

ParameterFlow::ParameterFlow(const std::vector<Parameter>& parameters) {
  for (std::uint32_t i = 0; i < parameters.size(); ++i) {
    if (!parameters[i].text) continue;
    origins_["$" + std::to_string(i + 1)].insert(i);
    if (!parameters[i].name.empty()) origins_[parameters[i].name].insert(i);
  }
}

void ParameterFlow::assigned(const std::string& variable, Tree expression) {
  if (assignments_.size() >= most_assignments) return decides();
  assignments_.emplace_back(variable, std::move(expression));
}

void ParameterFlow::goes(Given::To to, Tree expression, ObjectId function, std::uint32_t argument) {
  if (any()) sinks_.push_back({{to, 0, function, argument}, std::move(expression)});
}

ParameterFlow::Origins ParameterFlow::of_call(const Tree& call, int depth) const {
  const auto name = last_of(list_at(call, "funcname"));
  const auto& arguments = list_at(call, "args");
  Origins result;
  if (name == "format" && !arguments.empty()) {
    result = of(arguments[0], depth);
    const auto text = constant_text(arguments[0]);
    const auto format = text ? read_format(*text) : std::nullopt;
    for (const auto& [letter, argument] :
         format ? format->conversions : std::vector<Conversion>()) {
      if (letter != 's' || argument + 1 >= arguments.size()) continue;
      result.merge(of(arguments[argument + 1], depth));
    }
  } else if (std::find(handing_on.begin(), handing_on.end(), name) != handing_on.end()) {
    for (const auto& argument : arguments) result.merge(of(argument, depth));
  }
  return result;
}

ParameterFlow::Origins ParameterFlow::of(const Tree& node, int depth) const {
  if (!node.is_object() || depth > deepest_expression) return {};
  const auto known = [&](const std::string& name) {
    const auto found = origins_.find(name);
    return found == origins_.end() ? Origins() : found->second;
  };
  if (const auto& reference = node_at(node, "ColumnRef"); !reference.empty()) {
    const auto& fields = list_at(reference, "fields");
    // Of two, the first is the function's name or a table's: which, is not told apart.
    return fields.size() == 1 ? known(last_of(fields)) : Origins();
  }
  if (const auto& number = node_at(node, "ParamRef"); !number.empty()) {
    return known("$" + std::to_string(number.value("number", 0)));
  }
  if (const auto& cast = node_at(node, "TypeCast"); !cast.empty()) {
    const bool text = holds_text(type_word(node_at(cast, "typeName")));
    return text ? of(node_at(cast, "arg"), depth + 1) : Origins();
  }
  if (const auto& operation = node_at(node, "A_Expr"); !operation.empty()) {
    if (last_of(list_at(operation, "name")) != "||") return {};
    auto result = of(node_at(operation, "lexpr"), depth + 1);
    result.merge(of(node_at(operation, "rexpr"), depth + 1));
    return result;
  }
  if (const auto& coalesce = node_at(node, "CoalesceExpr"); !coalesce.empty()) {
    Origins result;
    for (const auto& argument : list_at(coalesce, "args")) result.merge(of(argument, depth + 1));
    return result;
  }
  const auto& call = node_at(node, "FuncCall");
  return call.empty() ? Origins() : of_call(call, depth + 1);
}

/// Where one makes a text that holds nothing of a parameter out of it, it counts as quoted.
void ParameterFlow::follow_assignments() {
  std::set<std::string> cleaned;
  for (const auto& [variable, expression] : assignments_) {
    if (origins_.contains(variable)) cleaned.insert(variable);  // a parameter that is set anew
  }
  for (const auto& variable : cleaned) origins_.erase(variable);
  for (std::size_t round = 0; round <= assignments_.size(); ++round) {
    bool more = false;
    for (const auto& [variable, expression] : assignments_) {
      if (cleaned.contains(variable)) continue;
      for (const auto origin : of(expression)) {
        more = origins_[variable].insert(origin).second || more;
      }
    }
    if (!more) break;
  }
  // s := p; s := quote_literal(s);
  for (const auto& [variable, expression] : assignments_) {
    const auto text = json_text(expression, -1);
    const bool itself = text.find('"' + variable + '"') != std::string::npos;
    if (itself && of(expression).empty()) origins_.erase(variable);
  }
}

std::vector<Given> ParameterFlow::take() {
  if (decided_ || !any()) return {};
  follow_assignments();
  std::vector<Given> result;
  for (auto& [given, expression] : sinks_) {
    for (const auto origin : of(expression)) {
      given.parameter = origin;
      result.push_back(given);
    }
  }
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  // A function that is given it, too, may look at it.
  const auto passed = [&](std::uint32_t parameter) {
    return std::any_of(result.begin(), result.end(), [&](const Given& g) {
      return g.parameter == parameter && g.to == Given::To::argument;
    });
  };
  std::erase_if(result,
                [&](const Given& g) { return g.to != Given::To::argument && passed(g.parameter); });
  return result;
}

}  // namespace pgleast
