#pragma once
// What is within reach of a cluster's network: for each kind of origin, each door with what
// those get at who come in by it.
//
//   anywhere   pg_hba.conf:27 trust   app_user is SUPERUSER; mystore: 3 of 3 tables to read

#include <string>
#include <vector>

#include "reach/holdings.hpp"
#include "reach/ways.hpp"

namespace pgleast {

struct DatabaseReach {
  std::string name;   // empty: every other one
  bool read = false;  // what is in it was read
  TableCounts tables;
  bool operator==(const DatabaseReach&) const = default;
};

/// What comes in by a record, or by several that let in the same, for one kind of credential.
struct DoorReach {
  std::vector<std::size_t> records;  // into Cluster::hba.records
  ClientOrigin from;
  std::vector<Transport> transports;
  AskedCredential asks = AskedCredential::nothing;
  std::string credential;               // "a password"
  std::string unknown;                  // why it may not open
  std::vector<std::string> roles;       // that log in, sorted
  bool anybody = false;                 // roles were not read, and others get in, too
  std::vector<std::string> superusers;  // of them, and those that SET ROLE to one
  std::vector<std::string> climbers;    // that become one by steps up of their own
  std::vector<std::string> perhaps;     // the same, if somebody helps or what is not known is so
  std::optional<PoolerHop> pooler;
  bool replication = false;          // copies the whole cluster: physical replication
  std::vector<std::string> copiers;  // that do so in one of the databases: replication=database
  std::vector<DatabaseReach> databases;

  /// The higher the worse.
  int weight() const;
};

struct ZoneReach {
  Zone zone = Zone::local;
  std::vector<DoorReach> doors;  // the worst first
};

struct ClusterReach {
  std::vector<ZoneReach> zones;  // those asked for, the farthest first; empty: nobody gets in
  std::vector<ShutDoor> shut;    // by record
};

ClusterReach cluster_reach(const Graph& graph, const Escalations& escalations, const Doors& doors,
                           const Question& question);

}  // namespace pgleast
