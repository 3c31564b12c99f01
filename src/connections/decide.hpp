#pragma once
// Which record of pg_hba.conf decides for one attempt to connect: the server's own way down
// the file (hba.c, check_hba, check_db, check_role, check_hostname), on a single point.
//
//   local      all   +staff  peer                alice, by the socket: admit, if she is a
//   hostssl    shop  alice   10.0.0.0/8  cert    member of staff; by TLS from 10.1.2.3: admit;
//                                                without TLS: no record matches

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/cluster.hpp"
#include "privileges/graph.hpp"

namespace pgleast {

enum class Encryption { none, tls, gss };

/// What the server knows of a client before it asks for a credential.
struct Attempt {
  std::string user;
  std::string database;               // empty: the user's name, as the server takes it
  bool physical_replication = false;  // a logical one is a connection like any other
  std::vector<std::uint8_t> address;  // 4 or 16 bytes; empty: the Unix-domain socket
  Encryption encryption = Encryption::none;
  /// The name that the address resolves to, and that resolves to it; empty: it has none.
  /// Absent: not known, so records with a host name may match.
  std::optional<std::string> host_name;
  std::optional<bool> ssl;  // the server's setting; absent: TLS is taken as possible
};

enum class DecisionKind { admit, reject, no_match, unknown };

struct Decision {
  DecisionKind kind = DecisionKind::no_match;
  /// Into Cluster::hba.records: the one that decides; several where which of them is not
  /// certain, in their order. All of them have one outcome unless `unknown`.
  std::vector<std::size_t> records;
  std::string why;
};

/// The records must load. Unknown where something outside decides between two outcomes: a
/// host name, a network of the server's, an expression that cannot be evaluated here, roles
/// that were not read (the user's own is then taken to exist).
Decision decide(const Cluster& cluster, const Graph& graph, const Attempt& attempt);

/// "admit", "reject", "no-match", "unknown".
std::string_view to_string(DecisionKind kind);

}  // namespace pgleast
