#include "model/ordinary_roles.hpp"

#include "pg/predefined_role.hpp"

namespace pgleast {

std::vector<RoleId> ordinary_roles(const Cluster& cluster) {
  std::vector<RoleId> result;
  for (std::uint32_t i = 0; i < cluster.roles.size(); ++i) {
    const auto& role = cluster.roles[i];
    if (!role.dropped && !is_reserved_role_name(role.name)) result.push_back(RoleId{i});
  }
  return result;
}

}  // namespace pgleast
