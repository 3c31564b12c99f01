#pragma once
// Roles that people and applications have: a policy speaks of them, and they can lose something.

#include <vector>

#include "model/cluster.hpp"

namespace pgleast {

/// Neither dropped nor reserved (`pg_*`), ascending.
std::vector<RoleId> ordinary_roles(const Cluster& cluster);

}  // namespace pgleast
