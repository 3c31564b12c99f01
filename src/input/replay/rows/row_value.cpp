#include "input/replay/rows/row_value.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "pg/sure_value.hpp"

namespace pgleast {
namespace {

std::optional<Constant> constant_of(const SqlNode& constant) {
  if (constant.contains("sval"))
    return Constant{Constant::Kind::text, text_at(constant["sval"], "sval")};
  if (constant.contains("fval")) {
    return Constant{Constant::Kind::number, text_at(constant["fval"], "fval")};
  }
  if (constant.contains("ival")) {
    const auto number = constant["ival"].value("ival", std::int64_t{0});
    return Constant{Constant::Kind::number, std::to_string(number)};
  }
  if (constant.contains("boolval")) {
    const bool value = truth_at(constant["boolval"], "boolval");
    return Constant{Constant::Kind::truth, value ? "true" : "false"};
  }
  return std::nullopt;
}

RowValue taken_as(const std::string& type, const std::vector<int>& modifiers,
                  const Constant& constant) {
  const auto value = sure_value(type, modifiers, constant);
  if (!value) return {RowValue::Kind::unsure, {}, false};
  return {value->exact ? RowValue::Kind::exact : RowValue::Kind::inexact, value->text, false};
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Values of the one are assigned to the other as they are.
bool is_like(std::string_view from, std::string_view to) {
  const auto both = [&](std::initializer_list<std::string_view> words) {
    return is_one_of(from, words) && is_one_of(to, words);
  };
  return from == to || both({"text", "varchar"}) || both({"int2", "int4", "int8", "numeric"});
}

/// `'new'::character varying`, `0::numeric`, `NULL::text`.
RowValue cast_value(const SqlCatalog& catalog, const RowColumn& column, const SqlNode& cast) {
  RowValue unsure{RowValue::Kind::unsure, {}, false};
  const auto& argument = node_at(cast, "arg");
  const auto type = catalog.find_type(node_at(cast, "typeName"));
  if (!argument.contains("A_Const") || type.array || type.builtin.empty()) return unsure;
  if (!is_like(type.builtin, column.type)) return unsure;
  if (truth_at(argument["A_Const"], "isnull")) return {};
  const auto constant = constant_of(argument["A_Const"]);
  const auto modifiers = type_modifiers(node_at(cast, "typeName"));
  if (!constant || !modifiers) return unsure;
  const auto inner = taken_as(type.builtin, *modifiers, *constant);
  if (type.builtin == column.type && inner.kind == RowValue::Kind::inexact) {
    return taken_as(column.type, column.modifiers, *constant);
  }
  if (inner.kind != RowValue::Kind::exact) return unsure;
  const bool number = is_one_of(type.builtin, {"int2", "int4", "int8", "numeric"});
  return taken_as(column.type, column.modifiers,
                  {number ? Constant::Kind::number : Constant::Kind::text, inner.text});
}

// What takes nothing and is not refused: its type, and what may be assigned from it.
struct SureCall {
  std::string_view name;
  std::string_view types;  // of columns, a blank on both sides
  int since = 0;
  RowValue::Kind gives = RowValue::Kind::inexact;
};
constexpr std::string_view moments = " timestamptz timestamp date ";
constexpr std::string_view names = " text name ";
constexpr std::array sure_calls{
    SureCall{"clock_timestamp", moments},
    SureCall{"gen_random_uuid", " uuid ", 13, RowValue::Kind::distinct},
    SureCall{"now", moments},
    SureCall{"statement_timestamp", moments},
    SureCall{"transaction_timestamp", moments},
    SureCall{"SVFOP_CURRENT_DATE", moments},
    SureCall{"SVFOP_CURRENT_ROLE", names},
    SureCall{"SVFOP_CURRENT_TIMESTAMP", moments},
    SureCall{"SVFOP_CURRENT_USER", names},
    SureCall{"SVFOP_LOCALTIMESTAMP", moments},
    SureCall{"SVFOP_SESSION_USER", names},
    SureCall{"SVFOP_USER", names},
};

RowValue call_value(const SqlCatalog& catalog, const RowColumn& column, std::string_view name) {
  const auto* const call = std::find_if(sure_calls.begin(), sure_calls.end(),
                                        [&](const SureCall& c) { return c.name == name; });
  const bool fits = call != sure_calls.end() && !column.type.empty() &&
                    call->since <= catalog.major() &&
                    call->types.find(" " + column.type + " ") != std::string_view::npos;
  return {fits ? call->gives : RowValue::Kind::unsure, {}, false};
}

RowValue function_value(const SqlCatalog& catalog, const RowColumn& column, const SqlNode& call) {
  const auto name = qualified_name_of(list_at(call, "funcname"));
  const bool servers =
      name.schema == "pg_catalog" || (name.schema.empty() && catalog.find_functions(name).empty());
  for (const auto& [key, value] : call.items()) {
    if (key != "funcname" && key != "funcformat" && key != "location") {
      return {RowValue::Kind::unsure, {}, false};
    }
  }
  if (!servers) return {RowValue::Kind::unsure, {}, false};
  auto value = call_value(catalog, column, name.name);
  value.calls = true;
  return value;
}

}  // namespace

std::optional<std::vector<int>> type_modifiers(const SqlNode& type_name) {
  std::vector<int> result;
  for (const auto& item : list_at(inside(type_name, "TypeName"), "typmods")) {
    const auto constant = constant_of(node_at(item, "A_Const"));
    if (!constant || constant->text.size() > 6) return std::nullopt;
    result.push_back(std::atoi(constant->text.c_str()));
  }
  return result;
}

RowValue row_value(const SqlCatalog& catalog, const RowColumn& column, const SqlNode& expression) {
  if (expression.contains("A_Const")) {
    if (truth_at(expression["A_Const"], "isnull")) return {};
    const auto constant = constant_of(expression["A_Const"]);
    if (constant) return taken_as(column.type, column.modifiers, *constant);
  } else if (expression.contains("TypeCast")) {
    return cast_value(catalog, column, expression["TypeCast"]);
  } else if (expression.contains("FuncCall")) {
    return function_value(catalog, column, expression["FuncCall"]);
  } else if (expression.contains("SQLValueFunction")) {
    return call_value(catalog, column, text_at(expression["SQLValueFunction"], "op"));
  }
  return {RowValue::Kind::unsure, {}, false};
}

namespace {

bool is_column(const SqlNode& node) {
  const auto& fields = list_at(node_at(node, "ColumnRef"), "fields");
  return fields.size() == 1 && fields[0].contains("String");
}

bool is_number(const RowColumn& column) {
  return is_one_of(column.type, {"int2", "int4", "int8", "numeric"});
}

/// As the column has it; none: not exactly.
std::optional<std::string> compared_with(const RowColumn& column, const SqlNode& node) {
  if (!node.contains("A_Const")) return std::nullopt;
  const auto constant = constant_of(node["A_Const"]);
  if (!constant) return std::nullopt;
  const bool number = is_number(column);
  if (number != (constant->kind == Constant::Kind::number)) return std::nullopt;
  const auto value = sure_value(number ? "numeric" : column.type, {}, *constant);
  return value && value->exact ? std::optional(value->text) : std::nullopt;
}

std::optional<bool> holds(const RowColumn& column, std::string_view operation,
                          const std::string& value, const std::string& other) {
  if (operation == "=") return value == other;
  if (operation == "<>") return value != other;
  if (!is_number(column)) return std::nullopt;
  const int order = compare_decimals(value, other);
  if (operation == "<") return order < 0;
  if (operation == "<=") return order <= 0;
  if (operation == ">") return order > 0;
  if (operation == ">=") return order >= 0;
  return std::nullopt;
}

/// `price >= 0`, `status IN ('new', 'paid')`
std::optional<bool> passes_comparison(const RowColumn& column, const RowValue& value,
                                      const SqlNode& node) {
  const auto kind = text_at(node, "kind");
  const auto operation = strings_of(list_at(node, "name"));
  if (!is_column(node_at(node, "lexpr")) || operation.size() != 1) return std::nullopt;
  const auto& right = node_at(node, "rexpr");
  if (kind == "AEXPR_OP") {
    const auto other = compared_with(column, right);
    return other ? holds(column, operation[0], value.text, *other) : std::nullopt;
  }
  if (kind != "AEXPR_IN" || operation[0] != "=") return std::nullopt;
  bool any = false;
  for (const auto& item : items_of(right)) {
    const auto other = compared_with(column, item);
    if (!other) return std::nullopt;
    any = any || value.text == *other;
  }
  return any;
}

}  // namespace

std::optional<bool> passes_check(const RowColumn& column, const RowValue& value,
                                 const SqlNode& check) {
  const bool compares = check.contains("A_Expr");
  if (!compares || column.type == "bpchar") return std::nullopt;
  RowValue tried = value;
  if (value.kind == RowValue::Kind::null) tried = {RowValue::Kind::exact, "0", false};
  if (tried.kind != RowValue::Kind::exact && tried.kind != RowValue::Kind::drawn) {
    return std::nullopt;
  }
  const auto passes = passes_comparison(column, tried, check["A_Expr"]);
  // What is compared with NULL does not fail.
  return passes && value.kind == RowValue::Kind::null ? std::optional(true) : passes;
}

}  // namespace pgleast
