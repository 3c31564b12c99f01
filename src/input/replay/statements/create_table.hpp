#pragma once
// CREATE TABLE, FOREIGN TABLE and PARTITION OF.

#include "input/replay/catalog/catalog.hpp"

namespace pgleast {

/// None: it is there, and IF NOT EXISTS is said. The user may do it, as far as the schema goes.
/// CREATE TABLE without what an outer statement does.
EntityId create_table(SqlCatalog& catalog, const SqlNode& node, RelationKind kind);

}  // namespace pgleast
