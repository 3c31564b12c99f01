#include "model/bootstrap_superuser.hpp"

#include <algorithm>

namespace pgleast {

bool is_bootstrap_superuser(const Role& role) {
  return role.oid == bootstrap_superuser_oid && !role.dropped;
}

RoleId bootstrap_superuser(const Cluster& cluster) {
  const auto& roles = cluster.roles;
  const auto found = std::find_if(roles.begin(), roles.end(), is_bootstrap_superuser);
  return found == roles.end() ? no_role : RoleId{static_cast<std::uint32_t>(found - roles.begin())};
}

}  // namespace pgleast
