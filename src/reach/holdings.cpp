#include "reach/holdings.hpp"

#include <algorithm>

namespace pgleast {

bool TableCounts::any() const {
  return std::any_of(held.begin(), held.end(), [](std::size_t count) { return count != 0; });
}

Holdings::Holdings(const Graph& graph, ObjectId database)
    : graph_(graph),
      database_(database),
      inheritors_(graph.cluster().roles.size(), RoleSet(graph.cluster().roles.size())) {
  const auto& cluster = graph.cluster();
  for (std::uint32_t i = 0; i < cluster.roles.size(); ++i) {
    for (const auto of : graph.reach(RoleId{i}, Closure::inherits, database).members()) {
      inheritors_[index(of)].insert(RoleId{i});
    }
  }
  std::map<std::tuple<ObjectId, AclId, RoleId>, std::size_t> numbers;
  std::map<ObjectId, RoleSet> users_of_schema;
  for (const auto& object : cluster.objects) {
    if (object.kind != ObjectKind::table || object.database != database || object.system) continue;
    const auto [at, added] =
        numbers.try_emplace({object.schema, object.acl, object.owner}, groups_.size());
    if (added) {
      auto& group = groups_.emplace_back();
      const auto [users, first] = users_of_schema.try_emplace(object.schema);
      if (first) users->second = holders(cluster.object(object.schema), Privilege::usage);
      for (std::size_t p = 0; p < counted_privileges.size(); ++p) {
        const auto all = holders(object, counted_privileges[p]);
        group.reached_by[p] = RoleSet(cluster.roles.size());
        for (const auto role : all.members()) {
          if (users->second.has(role)) group.reached_by[p].insert(role);
        }
      }
    }
    ++groups_[at->second].tables;
  }
}

// As Graph::held does for one role.
RoleSet Holdings::holders(const Object& object, Privilege privilege) const {
  const auto& cluster = graph_.cluster();
  RoleSet result(cluster.roles.size());
  for (std::uint32_t i = 0; i < cluster.roles.size(); ++i) {
    if (cluster.roles[i].superuser) result.insert(RoleId{i});
  }
  for (const auto& item : cluster.effective_acl(object)) {
    if (!item.privileges.has(privilege)) continue;
    if (item.grantee == public_role) {
      for (std::uint32_t i = 0; i < cluster.roles.size(); ++i) result.insert(RoleId{i});
    } else {
      result |= inheritors_[index(item.grantee)];
    }
  }
  const bool reads = privilege == Privilege::select || privilege == Privilege::usage;
  const bool writes = privilege != Privilege::select;
  const auto add_members_of = [&](const char* name) {
    if (const auto role = cluster.find_role(name)) result |= inheritors_[index(*role)];
  };
  if (reads) add_members_of("pg_read_all_data");
  if (writes) add_members_of("pg_write_all_data");
  return result;
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
