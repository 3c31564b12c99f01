#pragma once
// The code that scripts made, as stored_code.hpp reads it from a server: bodies of functions and
// views, triggers, rules, expressions, policies, event triggers, and what leads elsewhere.

#include <functional>

#include "input/replay/catalog/catalog.hpp"

namespace pgleast {

/// A database's place in the model, for entities and now.
struct MovedDatabase {
  ObjectId before{}, now{};
};

/// For one database that scripts made all of. `object` is where an entity's object is now.
void add_script_code(SqlCatalog& catalog, const MovedDatabase& database,
                     const std::function<ObjectId(EntityId)>& object);

/// Of a script's search_path: without schemas that hang on who asks. What it finds stays found.
std::vector<std::string> path_when_made(const SqlCatalog& catalog);

/// `host '10.0.0.7', SET port '1', DROP dbname` done to the options of a server or a mapping.
void change_options(SqlCatalog& catalog, EntityId id, const SqlNode& options);

}  // namespace pgleast
