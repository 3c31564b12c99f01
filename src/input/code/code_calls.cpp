// Functions, operators and types that a parse tree names, and what the server's own functions do
// with what they are given.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "input/code/code_tree.hpp"
#include "input/code/tree_member.hpp"
#include "pg/builtin_type.hpp"
#include "pg/server_function.hpp"
#include "pg/version.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

using Tree = nlohmann::json;

/// Functions of the server and its extensions that run a text, by its place among the arguments.
struct Runner {
  std::string_view name;
  std::size_t argument;
};
constexpr std::array runners{
    Runner{"crosstab", 0},
    Runner{"crosstab", 1},
    Runner{"crosstab2", 0},
    Runner{"crosstab3", 0},
    Runner{"crosstab4", 0},
    Runner{"query_to_xml", 0},
    Runner{"query_to_xml_and_xmlschema", 0},
    Runner{"query_to_xmlschema", 0},
    Runner{"ts_rewrite", 1},
    Runner{"ts_stat", 0},
};

/// One of its own, an array of them, or a row of one of its catalogs.
bool is_servers_type(const std::string& name) {
  return name.starts_with('_') || name.starts_with("pg_") ||
         find_builtin_type(name, newest_major) != nullptr;
}

/// Those that read what they are told.
constexpr std::array readers_of_any{
    "connectby",       "cursor_to_xml",
    "database_to_xml", "database_to_xml_and_xmlschema",
    "schema_to_xml",   "schema_to_xml_and_xmlschema",
    "table_to_xml",    "table_to_xml_and_xmlschema",
    "xpath_table",
};

}  // namespace

void CodeTree::call(const Tree& node) {
  const auto [schema, name] = qualified(member(node, "funcname"));
  function_name(schema, name, member(node, "args"));
}

void CodeTree::function_name(const std::string& schema, const std::string& name,
                             const Tree& arguments) {
  const auto count = arguments.is_array() ? arguments.size() : 0;
  const auto found = names_.functions(schema, name, count, path_);
  const auto& cluster = names_.cluster();
  if (found.empty()) {
    looked_up(!schema.empty(), &NameLookup::functions);
    const bool servers = schema == "pg_catalog" ||
                         (schema.empty() && server_function(name) != ServerFunction::unknown);
    if (names_.knows_server() || !servers) {
      return give_up(fmt::format("there is no function {}{}{}", displayed(schema),
                                 schema.empty() ? "" : ".", displayed(name)));
    }
    return special_call(name, arguments);
  }
  for (const auto id : found) {
    const auto& function = cluster.object(id);
    if (function.system) {
      special_call(name, arguments);
      const bool for_everyone =
          granted_to(cluster.effective_acl(function), public_role).has(Privilege::execute);
      if (for_everyone && cluster.function(function).volatility != 'v') {
        looked_up(!schema.empty(), &NameLookup::functions);
        continue;
      }
    } else if (function.extension) {
      run_texts(name, arguments);
      given_to(name, arguments);
    } else {
      for (std::uint32_t i = 0; i < count; ++i) {
        parameters_.goes(Given::To::argument, arguments[i], id, i);
      }
    }
    use(id, Privilege::execute, !schema.empty());
  }
}

/// `+`, or OPERATOR(app.+), and its function.
void CodeTree::operator_name(const Tree& parts) {
  const auto [schema, name] = qualified(parts);
  const auto found = names_.operators(schema, name, path_);
  if (found.empty()) {
    looked_up(!schema.empty(), &NameLookup::functions);
    if (schema.empty() || schema == "pg_catalog") return;
    return give_up(fmt::format("there is no operator {}.{}", displayed(schema), displayed(name)));
  }
  for (const auto& o : found) {
    code_.operators.push_back({o.schema, o.identity, o.owner, schema.empty() && !path_.bound});
    if (o.function == no_object || names_.cluster().object(o.function).system) continue;
    code_.uses.push_back({.object = o.function, .privileges = Privilege::execute});
    code_.uses.back().by_operator = true;
  }
}

/// What is compared by `=` without saying so.
void CodeTree::operators_of(const std::string& key, const Tree& value) {
  const bool compares =
      (key == "CaseExpr" && value.contains("arg")) ||
      (key == "JoinExpr" && (value.contains("usingClause") || value.value("isNatural", false))) ||
      (key == "SubLink" && value.contains("testexpr") && !value.contains("operName"));
  if (compares) operator_name(Tree::array({{{"String", {{"sval", "="}}}}}));
}

void CodeTree::type_name(const Tree& parts) {
  const auto [schema, name] = qualified(parts);
  const auto id = names_.type(schema, name, path_);
  if (id != no_object) return use(id, Privilege::usage, !schema.empty());
  looked_up(!schema.empty(), &NameLookup::types);
  const bool servers = schema == "pg_catalog" || schema == "information_schema" ||
                       (schema.empty() && is_servers_type(name));
  if (names_.knows_server() || servers || names_.relation(schema, name, path_) != no_object) return;
  give_up(fmt::format("there is no type {}{}{}", displayed(schema), schema.empty() ? "" : ".",
                      displayed(name)));
}

/// Functions that do with what they are given what their callers may not.
std::optional<std::pair<Given::To, std::uint32_t>> CodeTree::sink_of(std::string_view name) {
  struct Sink {
    std::string_view name;
    Given::To to;
    std::uint32_t argument;
  };
  constexpr std::array sinks{
      Sink{"pg_read_file", Given::To::read_file, 0},
      Sink{"pg_read_binary_file", Given::To::read_file, 0},
      Sink{"lo_import", Given::To::read_file, 0},
      Sink{"lo_export", Given::To::write_file, 1},
      Sink{"pg_file_write", Given::To::write_file, 0},
      Sink{"dblink_connect_u", Given::To::connection, 0},
      Sink{"dblink_connect", Given::To::connection, 0},
      Sink{"dblink", Given::To::connection, 0},
      Sink{"dblink_exec", Given::To::connection, 0},
  };
  for (const auto& sink : sinks) {
    if (sink.name == name) return std::pair(sink.to, sink.argument);
  }
  return std::nullopt;
}

void CodeTree::given_to(const std::string& name, const Tree& arguments) {
  const auto sink = sink_of(name);
  if (!sink || !arguments.is_array()) return;
  auto at = sink->second;
  // With a name of the connection before it.
  if (sink->first == Given::To::connection && arguments.size() > 1) {
    parameters_.goes(sink->first, arguments[1]);
  }
  if (at < arguments.size()) parameters_.goes(sink->first, arguments[at]);
}

/// The second of three is none: ts_rewrite(query, tsquery, tsquery).
void CodeTree::run_argument(const std::string& name, const Tree& arguments, std::size_t place) {
  if (!arguments.is_array() || place >= arguments.size()) return;
  if (place > 0 && arguments.size() > 2) return;
  if (const auto text = constant_text(arguments[place])) return follow_sql(*text);
  if (!member(arguments[place], "A_Const").is_null()) return;  // crosstab(sql, 3)
  parameters_.goes(Given::To::sql, arguments[place]);
  give_up(fmt::format("{} of a text that is put together when it runs", name));
}

void CodeTree::run_texts(const std::string& name, const Tree& arguments) {
  for (const auto& runner : runners) {
    if (runner.name == name) run_argument(name, arguments, runner.argument);
  }
  if (std::find(readers_of_any.begin(), readers_of_any.end(), name) != readers_of_any.end()) {
    give_up(fmt::format("{} reads what it is told", name));
  }
}

/// A function of the server that does what its arguments say.
void CodeTree::special_call(const std::string& name, const Tree& arguments) {
  const auto argument = [&](std::size_t i) {
    return arguments.is_array() && i < arguments.size() ? constant_text(arguments[i])
                                                        : std::nullopt;
  };
  if (name == "current_setting") {
    const auto setting = argument(0);
    if (setting) {
      code_.settings.push_back(*setting);
    } else {
      give_up("current_setting of a name that is put together when it runs");
    }
  }
  if (name == "set_config" && argument(0).value_or("") == "search_path") {
    code_.names->sets_path = true;
  }
  run_texts(name, arguments);
  given_to(name, arguments);
}

}  // namespace pgleast
