#include "input/replay/catalog/name_index.hpp"

namespace pgleast {

std::size_t NameIndex::Hash::operator()(const Key& key) const {
  auto hash = std::hash<std::string>()(key.name);
  for (const auto part : {static_cast<std::size_t>(key.kind), index(key.database),
                          index(key.schema), index(key.parent)}) {
    hash = hash * 1000003U ^ part;
  }
  return hash;
}

void NameIndex::leave(EntityId id, const Entity& entity) {
  const auto [begin, end] = ids_.equal_range(key_of(entity));
  for (auto i = begin; i != end; ++i) {
    if (i->second != id) continue;
    ids_.erase(i);
    return;
  }
}

EntityId NameIndex::find(const Key& key) const {
  const auto found = ids_.find(key);
  return found == ids_.end() ? no_entity : found->second;
}

std::vector<EntityId> NameIndex::find_all(const Key& key) const {
  std::vector<EntityId> result;
  const auto [begin, end] = ids_.equal_range(key);
  for (auto i = begin; i != end; ++i) result.push_back(i->second);
  return result;
}

}  // namespace pgleast
