#pragma once
// Which entity has a name, by kind and by where the name holds: in a schema, on a table, in a
// database, in the whole cluster.

#include <string>
#include <unordered_map>
#include <vector>

#include "input/replay/catalog/entity.hpp"

namespace pgleast {

class NameIndex {
 public:
  struct Key {
    EntityKind kind{};
    ObjectId database{};
    EntityId schema{};
    EntityId parent{};
    std::string name;
    bool operator==(const Key&) const = default;
  };

  void enter(EntityId id, const Entity& entity) { ids_.emplace(key_of(entity), id); }
  void leave(EntityId id, const Entity& entity);
  /// no_entity: none.
  EntityId find(const Key& key) const;
  /// Functions share their names.
  std::vector<EntityId> find_all(const Key& key) const;

 private:
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };
  static Key key_of(const Entity& e) { return {e.kind, e.database, e.schema, e.parent, e.name}; }

  std::unordered_multimap<Key, EntityId, Hash> ids_;
};

}  // namespace pgleast
