#pragma once
// The doors of a cluster: which roles a record of pg_hba.conf really lets into which databases,
// from where and for what credential. A record is a door for nobody where it asks for a password
// that nobody has.
//
//   anywhere, plain  --pg_hba.conf:27 trust-->  app_user, postgres  in  mystore, postgres

#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "connections/credential.hpp"
#include "connections/decided_connections.hpp"
#include "net/origin.hpp"

namespace pgleast {

struct DoorRole {
  std::string name;
  std::optional<RoleId> role;  // none where roles were not read
  bool anybody = false;        // any name that nothing tells apart
  Challenge demand;
};

struct DoorDatabase {
  std::string name;
  std::optional<ObjectId> database;
  bool any = false;
};

/// The pooler that a door leads through.
struct PoolerHop {
  std::string file;        // where it says how clients are asked: its own or its hba file
  std::uint32_t line = 0;  // of auth_type or of the record; 0: it is the default
  std::string method;      // an auth_type, or a method of its hba file
  std::string port;
  std::string database;              // as clients name it; empty: as the server does
  std::string user;                  // that everybody is at the server; empty: the client's name
  std::vector<std::string> clients;  // with `user`, as whom they come in; empty: under any name
  bool operator==(const PoolerHop&) const = default;
};

struct Door {
  std::size_t record = 0;  // into Cluster::hba.records
  std::vector<Transport> transports;
  ClientOrigin from;
  std::vector<DoorRole> roles;
  std::vector<DoorDatabase> databases;  // that take connections; none: physical replication
  bool replication = false;             // physical
  std::optional<PoolerHop> pooler;      // through which clients come
  std::string unknown;                  // why it may not open; empty: it does
};

/// What else decides who gets in.
struct Circumstances {
  std::string today;  // YYYY-MM-DD; empty: no password is past its end
};

class Doors {
 public:
  /// Of the cluster's connection space and of the poolers in front of it. Keeps a reference to the
  /// graph. The records must load.
  Doors(const Graph& graph, const DecidedConnections& decided, const Circumstances& circumstances);

  const std::vector<Door>& all() const { return doors_; }
  /// One that some source tells of, whether it takes connections or not.
  std::optional<ObjectId> find_database(const std::string& name) const;
  /// Whether some record or source tells the name apart from those that nobody mentions.
  bool mentions_role(const std::string& name) const { return roles_mentioned_.contains(name); }
  bool mentions_database(const std::string& name) const {
    return databases_mentioned_.contains(name);
  }
  /// What had to be taken for granted: "whether ssl is on was not read".
  const std::vector<std::string>& assumptions() const { return assumptions_; }

  /// Whether the server lets a role that has shown its credential into the database: CONNECT,
  /// connection limits of 0 (postinit.c, CheckMyDatabase; miscinit.c, InitializeSessionUserId).
  bool lets_in(RoleId role, ObjectId database) const;
  bool lets_in(const DoorRole& role, const DoorDatabase& database) const;
  /// The same for physical replication.
  bool replicates(RoleId role) const;

 private:
  ClientOrigin listening();
  bool offers(Transport transport);
  void add(const DecidedPart& part, const DecidedConnections& decided,
           const ClientOrigin& listening);
  void merge_transports();
  void add_pooler(const Pooler& pooler, const std::vector<Door>& server);

  const Graph& graph_;
  const Cluster& cluster_;
  Circumstances circumstances_;
  std::unordered_map<std::string, ObjectId> databases_;
  std::set<std::string> roles_mentioned_, databases_mentioned_;
  std::vector<Door> doors_;
  std::vector<std::string> assumptions_;
};

}  // namespace pgleast
