#include "reach/holdings.hpp"

#include <algorithm>

namespace pgleast {

bool TableCounts::any() const {
  return std::any_of(held.begin(), held.end(), [](std::size_t count) { return count != 0; });
}

Holdings::Holdings(const Graph& graph, ObjectId database) {
  const auto& cluster = graph.cluster();
  const AccessMatrix matrix(graph);
  std::map<std::tuple<ObjectId, AclId, RoleId>, std::size_t> numbers;
  std::map<ObjectId, RoleSet> users_of_schema;
  for (const auto& object : cluster.objects) {
    if (object.kind != ObjectKind::table || object.database != database || object.system) continue;
    const auto [at, added] =
        numbers.try_emplace({object.schema, object.acl, object.owner}, groups_.size());
    if (added) {
      auto& group = groups_.emplace_back();
      const auto [users, first] = users_of_schema.try_emplace(object.schema);
      if (first) users->second = matrix.holders(cluster.object(object.schema), Privilege::usage);
      const auto holders = matrix.holders(object);
      for (std::size_t p = 0; p < counted_privileges.size(); ++p) {
        group.reached_by[p] = holders[counted_privileges[p]];
        group.reached_by[p] &= users->second;
      }
    }
    ++groups_[at->second].tables;
  }
}

TableCounts Holdings::held_by(const RoleSet& acting) const {
  TableCounts result;
  for (const auto& group : groups_) {
    result.tables += group.tables;
    for (std::size_t p = 0; p < counted_privileges.size(); ++p) {
      if (group.reached_by[p].intersects(acting)) result.held[p] += group.tables;
    }
  }
  return result;
}

}  // namespace pgleast
