#pragma once
// An access list as the catalogs print it, one item for each grantee and grantor:
//
//   {owner=arwdDxt/owner,reporting=r*w/owner,=r/owner}
//
// reporting may SELECT (and pass that on) and UPDATE; everyone (PUBLIC) may SELECT.
// Semantics: acl.c; manual section 5.8.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/ids.hpp"
#include "pg/object_kind.hpp"
#include "pg/privilege.hpp"

namespace pgleast {

struct AclItem {
  RoleId grantee = public_role;
  RoleId grantor{};
  PrivilegeSet privileges;
  PrivilegeSet grantable;  // INVARIANT: within `privileges`
  bool operator==(const AclItem&) const = default;
};

using Acl = std::vector<AclItem>;

/// Reads the text of an aclitem[]; `role_named` finds or makes the role of a name.
/// Throws Error whose place is in `text`.
Acl parse_acl(std::string_view text, const std::function<RoleId(const std::string&)>& role_named);

/// The inverse of parse_acl.
std::string to_string(const Acl& acl, const std::function<std::string(RoleId)>& role_name);

/// What holds while the access list is null: acldefault().
Acl default_acl(ObjectKind kind, RoleId owner, int major);

/// What `grantee` itself is granted, by all grantors together.
PrivilegeSet granted_to(const Acl& acl, RoleId grantee);

}  // namespace pgleast
