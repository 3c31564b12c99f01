#pragma once
// What a statement about roles, databases, transactions or a setting asks for, by its tree:
//
//   {"CreateRoleStmt": {"role": "app", ...}}   ->  CreateRole{"app", ...}
//   {"VariableSetStmt": {"name": "role", ...}} ->  none: such settings are the catalog's

#include <optional>
#include <string_view>

#include "input/sql/node.hpp"
#include "input/sql/psql_script.hpp"
#include "input/sql/role_statement.hpp"

namespace pgleast {

/// The node of a statement's kind, and what is read beside the tree.
struct ActionTree {
  const SqlNode& node;
  std::string_view script;
  const PsqlItem& statement;
  const MembershipOptions& options;
  const std::optional<RoleName>& grantor;
};

using SqlActionRead = std::optional<SqlAction>;

/// Throw Refused for what the server refuses whatever there is.
SqlActionRead read_create_role(const ActionTree& tree);
SqlActionRead read_alter_role(const ActionTree& tree);
SqlActionRead read_drop_role(const ActionTree& tree);
SqlActionRead read_grant_role(const ActionTree& tree);
SqlActionRead read_create_database(const ActionTree& tree);
SqlActionRead read_alter_database(const ActionTree& tree);
SqlActionRead read_drop_database(const ActionTree& tree);
SqlActionRead read_rename(const ActionTree& tree);
SqlActionRead read_change_owner(const ActionTree& tree);
SqlActionRead read_transaction(const ActionTree& tree);
SqlActionRead read_set_variable(const ActionTree& tree);

}  // namespace pgleast
