#pragma once
// GRANT and REVOKE on one object, done to the catalog.

#include <string>

#include "input/replay/statements/grant_request.hpp"

namespace pgleast {

/// Of `acl`, as a grant of `grantor`. Throws Refused.
Acl acl_after(const SqlCatalog& catalog, const Acl& acl, const GrantRequest& r,
              PrivilegeSet privileges, RoleId grantor, RoleId owner);
/// All that may be granted on such an object.
PrivilegeSet whole_of(ObjectKind kind, const SqlCatalog& catalog);
void change_privileges(SqlCatalog& catalog, EntityId id, const GrantRequest& r);
void change_database_privileges(SqlCatalog& catalog, const std::string& name,
                                const GrantRequest& r);
/// `written`: the name of a setting, as the statement has it.
void change_parameter_privileges(SqlCatalog& catalog, const std::string& written,
                                 const GrantRequest& r);

}  // namespace pgleast
