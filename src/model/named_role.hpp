#pragma once
// The role that somebody asks about by its name.

#include <string>

#include "model/cluster.hpp"

namespace pgleast {

/// Throws Error (usage): there is no role `ap`; did you mean `app`?
RoleId role_asked_for(const Cluster& cluster, const std::string& name);

}  // namespace pgleast
