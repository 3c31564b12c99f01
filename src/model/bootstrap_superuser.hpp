#pragma once
// The superuser that initdb makes (BOOTSTRAP_SUPERUSERID): what nobody owns is its own, and some
// things are done to anybody but it.

#include "model/cluster.hpp"

namespace pgleast {

bool is_bootstrap_superuser(const Role& role);

/// no_role: not known.
RoleId bootstrap_superuser(const Cluster& cluster);

}  // namespace pgleast
