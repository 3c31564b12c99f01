#pragma once
// The connection space: which record of pg_hba.conf decides for which connections.
//
// A connection is a transport, a database (or physical replication), a role and an
// address; the first record that matches all four decides (hba.c, check_hba). What a
// record certainly takes is lost to later ones; what it may take (a host name, samenet,
// an expression that cannot be evaluated here) is counted for it and left to them.

#include <optional>
#include <vector>

#include "connections/connection_classes.hpp"

namespace pgleast {

/// Connections for which `record` decides, all of one transport.
struct DecidedPart {
  std::size_t record = 0;  // into Cluster::hba.records
  Transport transport = Transport::local;
  std::vector<std::uint32_t> roles;      // into DecidedConnections::roles
  std::vector<std::uint32_t> databases;  // into DecidedConnections::databases
  AddressSet origin;                     // empty for local
  bool certain = true;                   // false: it may decide
};

struct DecidedConnections {
  std::vector<RoleAtom> roles;
  std::vector<DatabaseAtom> databases;
  std::vector<DecidedPart> parts;  // by record, then transport
};

/// Of the cluster's records, with what is known of its roles and databases. Transports are
/// all taken as possible: `ssl = off` today is no reason to leave a record unread.
DecidedConnections decided_connections(const Cluster& cluster, const Graph& graph);

/// The space of the graph's cluster, computed when first asked for. Not for several threads.
class Connections {
 public:
  /// Keeps a reference: the graph and its cluster must outlive it.
  explicit Connections(const Graph& graph) : graph_(graph) {}

  const DecidedConnections& decided() const {
    if (!decided_) decided_ = decided_connections(graph_.cluster(), graph_);
    return *decided_;
  }

 private:
  const Graph& graph_;
  mutable std::optional<DecidedConnections> decided_;
};

}  // namespace pgleast
