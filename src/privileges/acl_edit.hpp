#pragma once
// GRANT and REVOKE on one access list, exactly as the server does them (acl.c): who is recorded
// as grantor is decided before.

#include <vector>

#include "model/cluster.hpp"
#include "privileges/memberships.hpp"

namespace pgleast {

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

/// REVOKE ... CASCADE of the privileges and grant options of one item.
struct Revoked {
  Acl left;
  bool cascades = false;  // others' hung on it: without CASCADE the server refuses
};
Revoked revoked(Acl acl, const AclItem& gone, RoleId owner, const HasPrivileges& has_privileges);
/// A table's REVOKE takes the same from each of its columns, and is refused without CASCADE for
/// what hangs on that.
bool cascades_in_columns(const Cluster& cluster, const Object& object, const AclItem& gone,
                         const HasPrivileges& has_privileges);

/// After ALTER ... OWNER TO: what the old owner held and granted is the new one's, in the lists
/// of a table's columns, too (aclnewowner; tablecmds.c, change_owner_fix_column_acls).
Acl acl_of_new_owner(const Acl& acl, RoleId from, RoleId to);

/// All items of `right` granted in `left` too (aclmerge).
Acl merged_acl(Acl left, const Acl& right, RoleId owner, const HasPrivileges& has_privileges);

}  // namespace pgleast
