#include "input/code/code_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "input/code/callers_types.hpp"
#include "input/code/code_tree.hpp"
#include "input/code/cursor_code.hpp"
#include "input/sql/code_text.hpp"
#include "input/sql/plpgsql_tree.hpp"
#include "pg/identifier.hpp"
#include "pg/option_list.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

std::optional<NamePath> own_path_of(const FunctionText& function, int major) {
  const auto path = option_value(function.config, "search_path");
  return path ? std::optional(path_of_setting(*path, major)) : std::nullopt;
}

/// What makes ranges has no name in SQL; what it calls is its type's.
bool makes_ranges(std::string_view internal) {
  return internal.starts_with("range_constructor") ||
         internal.starts_with("multirange_constructor");
}

/// What the server has by that name inside, called with all that it is given.
std::string call_of_internal(const FunctionText& function) {
  std::string arguments;
  for (std::size_t i = 1; i <= function.parameters.size(); ++i) {
    arguments += fmt::format("{}${}", i == 1 ? "" : ", ", i);
  }
  return fmt::format("SELECT pg_catalog.{}({})", quote_identifier(function.body), arguments);
}

/// Its body, or where the parser does not take it the same without cursors.
std::string followable(const FunctionText& function) {
  const auto head = plpgsql_head(function.names, function.trigger, function.returns_set);
  if (read_plpgsql(head, function.body).error.empty()) return function.body;
  auto other = without_cursors(function.body);
  const bool helps = read_plpgsql(head, other).error.empty();
  return helps ? other : function.body;
}

}  // namespace

std::vector<Parameter> given_parameters(std::string_view identity,
                                        const std::vector<std::string>& names,
                                        const std::vector<std::string>& modes) {
  std::vector<Parameter> result;
  const auto open = identity.find_last_of('(');
  // A type with brackets of its own, `numeric(1,2)`, does not stand in an identity.
  const auto types =
      open == std::string_view::npos ? std::string_view() : identity.substr(open + 1);
  std::size_t at = 0, name = 0;
  while (at < types.size() && types[at] != ')') {
    const auto end = std::min(types.find_first_of(",)", at), types.size());
    while (name < modes.size() && (modes[name] == "o" || modes[name] == "t")) ++name;
    const auto type = types.substr(at, end - at);
    result.push_back(
        {name < names.size() ? names[name] : "", holds_text(type), takes_any_type(type)});
    ++name;
    at = end < types.size() && types[end] == ',' ? end + 1 : end;
  }
  return result;
}

NamePath path_of_catalogs() { return {{"pg_catalog"}, true}; }

Code code_of_function(const FunctionText& function, const CodeNames& names,
                      const NamePath& session) {
  auto path = own_path_of(function, names.cluster().major()).value_or(session);
  if (function.standard) path.bound = true;
  CodeTree tree(names, std::move(path), function.parameters, function.trigger);
  if (function.standard) {
    tree.follow_sql("CREATE FUNCTION f() RETURNS record LANGUAGE sql " + function.body);
  } else if (function.language == "sql") {
    tree.follow_sql(function.body);
  } else if (function.language == "plpgsql") {
    tree.follow_plpgsql(plpgsql_head(function.names, function.trigger, function.returns_set),
                        followable(function));
    if (declares_aliases(function.body)) tree.has_aliases();
    if (fetches_from_elsewhere(function.body)) {
      tree.give_up("it fetches from a cursor that is opened elsewhere");
    }
  } else if (function.language == "internal" && !function.body.empty()) {
    if (!makes_ranges(function.body)) tree.follow_sql(call_of_internal(function));
  } else {
    tree.give_up(fmt::format("it is written in {}", displayed(function.language)));
  }
  return tree.take();
}

Code code_of_rule(const std::string& text, const CodeNames& names) {
  return code_of_statement(text, names, path_of_catalogs());
}

Code code_of_statement(const std::string& text, const CodeNames& names, const NamePath& path) {
  CodeTree tree(names, path);
  tree.follow_sql(text);
  return tree.take();
}

void read_policy_code(RowPolicy& policy, const CodeNames& names, const NamePath& path) {
  CodeTree tree(names, path);
  const auto& [row, check] = std::pair(policy.using_expression, policy.check_expression);
  if (row) tree.follow_expression(*row);
  if (check && check != row) tree.follow_expression(*check);
  policy.code = tree.take();
  policy.using_always_true = row && is_always_true(*row);
  policy.check_always_true = check ? is_always_true(*check) : policy.using_always_true;
}

}  // namespace pgleast
