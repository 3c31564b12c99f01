#pragma once
// GRANT and REVOKE on one access list, exactly as the server does them (acl.c): who is recorded
// as grantor is decided before.

#include <functional>

#include "model/acl.hpp"

namespace pgleast {

/// Whether the first role holds the privileges of the second (has_privs_of_role).
using HasPrivileges = std::function<bool(RoleId, RoleId)>;

/// What one GRANT or REVOKE asks of one list.
struct AclChange {
  bool grants = true;
  bool option = false;   // WITH GRANT OPTION, GRANT OPTION FOR
  bool cascade = false;  // REVOKE ... CASCADE
  PrivilegeSet privileges;
  std::vector<RoleId> grantees;
  RoleId grantor{};
  RoleId owner{};
};

/// Throws Refused: dependent privileges exist, options granted back (merge_acl_with_grant).
Acl changed_acl(Acl acl, const AclChange& change, const HasPrivileges& has_privileges);

/// The privileges of `mask` whose options `role` holds, itself and by its groups (aclmask).
PrivilegeSet options_held(const Acl& acl, RoleId role, RoleId owner, PrivilegeSet mask,
                          const HasPrivileges& has_privileges);

/// After ALTER ... OWNER TO: what the old owner held and granted is the new one's (aclnewowner).
Acl acl_of_new_owner(const Acl& acl, RoleId from, RoleId to);

/// All items of `right` granted in `left` too (aclmerge).
Acl merged_acl(Acl left, const Acl& right, RoleId owner, const HasPrivileges& has_privileges);

}  // namespace pgleast
