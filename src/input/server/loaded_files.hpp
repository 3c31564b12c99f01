#pragma once
// Whether the files that a server was read from are those that are in force: a server goes on
// with what it loaded last, and a file that does not load changes nothing.

#include "input/server/connection.hpp"
#include "model/cluster.hpp"

namespace pgleast {

/// Adds to `cluster` remarks on files that were changed after the last load, on those that do
/// not load, and on settings that wait for a restart. What the reader may not ask is a remark,
/// too. A change in the second of the load itself is not seen: pg_stat_file counts in seconds.
void remark_on_loaded_files(Session& session, Cluster& cluster);

}  // namespace pgleast
