#include "input/replay/statements/new_entity.hpp"

#include <fmt/format.h>

namespace pgleast {

Entity entity_of(const SqlCatalog& catalog, EntityKind kind, const std::string& name) {
  Entity e;
  e.kind = kind;
  e.name = name;
  e.database = catalog.session().database;
  e.owner = catalog.user();
  return e;
}

void need_create_in_database(const SqlCatalog& catalog) {
  const auto database = catalog.session().database;
  if (catalog.held(catalog.user(), database).has(Privilege::create)) return;
  throw Refused(
      Condition::insufficient_privilege,
      fmt::format("permission denied for database {}", catalog.cluster().object(database).name));
}

bool need_new(const SqlCatalog& catalog, EntityKind kind, const std::string& name,
              bool if_not_exists, std::string_view called) {
  if (catalog.find_in_database(kind, name) == no_entity) return true;
  if (if_not_exists) return false;
  throw Refused(Condition::duplicate_object, fmt::format("{} `{}` already exists", called, name),
                name);
}

}  // namespace pgleast
