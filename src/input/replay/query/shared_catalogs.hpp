#pragma once
// Rows of the catalogs that all databases share, as catalog_rows.hpp has them: roles, memberships,
// databases.

#include <vector>

#include "input/replay/catalog/catalog.hpp"

namespace pgleast {

using CatalogRows = std::vector<SqlNode>;

CatalogRows rows_of_roles(const SqlCatalog& catalog);
CatalogRows rows_of_users(const SqlCatalog& catalog);
CatalogRows rows_of_groups(const SqlCatalog& catalog);
CatalogRows rows_of_memberships(const SqlCatalog& catalog);
CatalogRows rows_of_databases(const SqlCatalog& catalog);

/// 0: nobody.
std::uint32_t role_oid(const SqlCatalog& catalog, RoleId role);
/// Null where there is none.
SqlNode acl_list(const SqlCatalog& catalog, AclId id);

}  // namespace pgleast
