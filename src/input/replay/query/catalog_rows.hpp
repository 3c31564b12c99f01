#pragma once
// What a query of a script reads in the catalogs, as far as the model tells: one JSON object a
// row.
//
//   pg_catalog.pg_namespace  ->  {"oid": 2200, "nspname": "public", "nspowner": 10, ...}, ...

#include <optional>
#include <string>
#include <vector>

#include "input/replay/catalog/catalog.hpp"

namespace pgleast {

/// The rows of a catalog, a system view or a view of the information schema; none for one that is
/// not followed. What the server made itself and the model leaves out is one row a schema, in
/// which all but the schema is `unseen_value()`.
std::optional<std::vector<SqlNode>> catalog_rows(const SqlCatalog& catalog,
                                                 const QualifiedName& name);

/// Stands for a value that the server has and the model does not.
SqlNode unseen_value();
bool is_unseen(const SqlNode& value);
/// Whether an unseen value may be that text: the server's own relations have names of their kind.
bool may_be(const SqlNode& unseen, const std::string& text, int major);

/// An access list as the queries know it: what aclexplode() gives, row by row.
SqlNode acl_value(const SqlCatalog& catalog, const Acl& acl);

}  // namespace pgleast
