#pragma once
// How a role that is no superuser becomes one: the shortest way, step by step.

#include <optional>
#include <string>
#include <vector>

#include "graph/graph.hpp"

namespace pgleast {

/// One step up: `from` becomes `to` (or, at the end, superuser itself).
struct Step {
  enum class Kind {
    set_role,       // SET ROLE along a membership
    admin_option,   // grants itself the role it administers
    create_role,    // before 16: CREATEROLE grants any role that is no superuser
    server_access,  // a predefined role that acts as the server's operating-system user
    superuser,      // is one
  } kind = Kind::superuser;
  RoleId from{};
  RoleId to{};
};

/// Empty when there is none that is known. A superuser's own way has one step.
std::vector<Step> way_to_superuser(const Graph& graph, RoleId role);

/// "analyst may SET ROLE db_owner", "bob runs programs as the server's operating-system user".
std::string to_string(const Cluster& cluster, const Step& step);

}  // namespace pgleast
