// CREATE and ALTER POLICY (policy.c).
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "input/code/code_reader.hpp"
#include "input/replay/catalog/script_code.hpp"
#include "input/replay/query/query.hpp"
#include "input/replay/statements/object_statement.hpp"
#include "input/sql/psql_script.hpp"

namespace pgleast {
namespace {

/// What stands in the parentheses after `words`; none: it is not there.
std::optional<std::string> text_after(const SqlCatalog& catalog, std::string_view first,
                                      std::string_view second) {
  const auto& statement = catalog.statement();
  if (statement.item == nullptr) return std::nullopt;
  const auto& tokens = statement.item->tokens;
  const auto symbol = [&](const SqlToken& t) {
    return t.kind == SqlToken::Kind::symbol ? statement.script[t.span.begin] : ' ';
  };
  int depth = 0;
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    const auto c = symbol(tokens[i]);
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (depth > 0 || !tokens[i].is(first)) continue;
    const auto open = second.empty() ? i + 1 : i + 2;
    if (!second.empty() && !tokens[i + 1].is(second)) continue;
    if (open >= tokens.size() || symbol(tokens[open]) != '(') continue;
    int inner = 0;
    for (auto at = open; at < tokens.size(); ++at) {
      const auto s = symbol(tokens[at]);
      inner += s == '(' ? 1 : s == ')' ? -1 : 0;
      if (inner > 0) continue;
      const auto begin = tokens[open].span.end;
      auto text = std::string(statement.script.substr(begin, tokens[at].span.begin - begin));
      const auto from = text.find_first_not_of(" \t\r\n");
      const auto to = text.find_last_not_of(" \t\r\n");
      return from == std::string::npos ? text : text.substr(from, to - from + 1);
    }
  }
  return std::nullopt;
}

std::vector<RoleId> roles_of(SqlCatalog& catalog, const SqlNode& node) {
  std::vector<RoleId> result;
  for (const auto& name : role_names(list_at(node, "roles"))) {
    if (name.kind == RoleName::Kind::everyone) return {public_role};
    result.push_back(catalog.roles().role_of(name));
  }
  if (result.empty()) result.push_back(public_role);
  return result;
}

char command_of(const std::string& word) {
  if (word == "select") return 'r';
  if (word == "insert") return 'a';
  if (word == "update") return 'w';
  if (word == "delete") return 'd';
  return '*';
}

EntityId table_of(const SqlCatalog& catalog, const SqlNode& node) {
  const auto id = catalog.relation_of(node_at(node, "table"));
  const auto& e = catalog.at(id);
  catalog.need_owner(id, "table");
  if (!e.is(RelationKind::table) && !e.is(RelationKind::partitioned_table)) {
    throw Refused(Condition::wrong_object_type, fmt::format("`{}` is not a table", e.name));
  }
  return id;
}

// A policy goes with its table, and with the columns only when asked.
void set_expressions(SqlCatalog& catalog, EntityId entity, EntityId table, const SqlNode& node,
                     RowPolicy& policy) {
  auto code = catalog.code_of(entity);
  code.path = path_when_made(catalog);
  catalog.set_code(entity, std::move(code));
  if (node.contains("qual")) {
    policy.using_expression = text_after(catalog, "using", "");
    policy.using_always_true = is_always_true(policy.using_expression.value_or(""));
    add_references(catalog, entity, node["qual"], table);
  }
  if (node.contains("with_check")) {
    policy.check_expression = text_after(catalog, "with", "check");
    policy.check_always_true = is_always_true(policy.check_expression.value_or(""));
    add_references(catalog, entity, node["with_check"], table);
  }
}

}  // namespace

void create_policy(SqlCatalog& catalog, const SqlNode& node) {
  const auto table = table_of(catalog, node);
  const auto name = text_at(node, "policy_name");
  RowPolicy policy;
  policy.table = catalog.at(table).object;
  policy.name = name;
  policy.command = command_of(text_at(node, "cmd_name"));
  policy.permissive = truth_at(node, "permissive");
  policy.roles = roles_of(catalog, node);
  if ((policy.command == 'r' || policy.command == 'd') && node.contains("with_check")) {
    throw Refused(Condition::syntax_error, "WITH CHECK cannot be applied to SELECT or DELETE");
  }
  if (policy.command == 'a' && node.contains("qual")) {
    throw Refused(Condition::syntax_error, "only WITH CHECK expression allowed for INSERT");
  }
  if (catalog.find_on(table, EntityKind::policy, name) != no_entity) {
    throw Refused(
        Condition::duplicate_object,
        fmt::format("policy `{}` for table `{}` already exists", name, catalog.at(table).name),
        name);
  }
  Entity entity;
  entity.kind = EntityKind::policy;
  entity.name = name;
  entity.parent = table;
  entity.database = catalog.at(table).database;
  entity.place = catalog.cluster().row_policies.size();
  entity.refs.push_back({table, 0, Ref::Kind::automatic, 0});
  const auto id = catalog.add(std::move(entity));
  set_expressions(catalog, id, table, node, policy);
  catalog.add_policy(std::move(policy));
}

void alter_policy(SqlCatalog& catalog, const SqlNode& node) {
  const auto table = table_of(catalog, node);
  const auto name = text_at(node, "policy_name");
  const auto id = catalog.find_on(table, EntityKind::policy, name);
  if (id == no_entity) {
    throw Refused(
        Condition::undefined_object,
        fmt::format("policy `{}` for table `{}` does not exist", name, catalog.at(table).name),
        name);
  }
  auto& policy = catalog.edit_policy(catalog.policy_place(id));
  if (!list_at(node, "roles").empty()) policy.roles = roles_of(catalog, node);
  if ((policy.command == 'r' || policy.command == 'd') && node.contains("with_check")) {
    throw Refused(Condition::syntax_error, "only USING expression allowed for SELECT, DELETE");
  }
  if (policy.command == 'a' && node.contains("qual")) {
    throw Refused(Condition::syntax_error, "only WITH CHECK expression allowed for INSERT");
  }
  set_expressions(catalog, id, table, node, policy);
}

}  // namespace pgleast
