#pragma once
// What statements share that make an object in a database, without a schema.

#include <string>
#include <string_view>

#include "input/replay/catalog/catalog.hpp"

namespace pgleast {

/// Of the session's database and user.
Entity entity_of(const SqlCatalog& catalog, EntityKind kind, const std::string& name);
/// CREATE on the session's database. Throws Refused.
void need_create_in_database(const SqlCatalog& catalog);
/// False: it is there, and IF NOT EXISTS says that this is well.
bool need_new(const SqlCatalog& catalog, EntityKind kind, const std::string& name,
              bool if_not_exists, std::string_view called);

}  // namespace pgleast
