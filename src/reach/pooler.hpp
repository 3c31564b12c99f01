#pragma once
// A pooler as a door: clients show it their credential, or none; the server sees the pooler's
// address, and the role that the pooler logs in as (PgBouncer's client.c and hba.c).
//
//   anywhere  --pgbouncer.ini:14 any-->  pooler  --pg_hba.conf:15 trust-->  app_user

#include <string>
#include <vector>

#include "model/pooler.hpp"
#include "reach/door.hpp"

namespace pgleast {

/// The doors of `pooler` through those of the server. `today` is YYYY-MM-DD. To `shut` is added why
/// roles whose secrets do not fit get in nowhere.
std::vector<Door> doors_through(const Graph& graph, const Pooler& pooler,
                                const std::vector<Door>& server, const std::string& today,
                                std::vector<std::string>* shut = nullptr);

}  // namespace pgleast
