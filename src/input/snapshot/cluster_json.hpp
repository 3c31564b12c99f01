#pragma once
// A cluster part by part, to JSON and back:
//
//   "roles": [{"name": "app", "oid": 16384, ...}, ...]

#include <nlohmann/json.hpp>

#include "input/snapshot/snapshot_writer.hpp"
#include "model/cluster.hpp"

namespace pgleast {

inline constexpr const char* snapshot_schema = "pgleast-snapshot/1";

/// Each part under its key, the keys in order.
void write_parts(const Cluster& cluster, SnapshotWriter& writer);
/// The inverse; of an older snapshot what it has. Throws Error and nlohmann::json::exception.
Cluster cluster_of(nlohmann::json tree);

}  // namespace pgleast
