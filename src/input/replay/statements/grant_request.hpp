#pragma once
// What GRANT, REVOKE and ALTER DEFAULT PRIVILEGES ask for:
//
//   GRANT SELECT, UPDATE (note) ON orders TO app WITH GRANT OPTION

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "input/replay/catalog/catalog.hpp"
#include "privileges/acl_edit.hpp"

namespace pgleast {

struct TargetKind {
  std::string_view object_type;  // of the parse tree
  ObjectKind kind;
  EntityKind entity;
};

/// Throws Undecidable for what is not followed.
const TargetKind& target_kind(const std::string& object_type);

struct GrantRequest {
  AclChange change;  // without grantor, owner and privileges
  std::optional<RoleId> grantor;
  bool all = false;
  PrivilegeSet privileges;
  std::vector<std::pair<PrivilegeSet, std::vector<std::string>>> of_columns;
  std::string object_type;
  ObjectKind kind{};
};

/// Without its privileges.
GrantRequest request_of(SqlCatalog& catalog, const SqlNode& node);
/// Throws Refused for a word that is none, or none of that kind.
PrivilegeSet privilege_of(const std::string& word, const GrantRequest& r, ObjectKind kind,
                          int major);
void take_privileges(const SqlNode& node, int major, GrantRequest& r);
/// Who GRANTED BY names. Before version 19 it can only be the current user, and changes nothing.
std::optional<RoleId> named_grantor(SqlCatalog& catalog, const SqlNode& node);

}  // namespace pgleast
