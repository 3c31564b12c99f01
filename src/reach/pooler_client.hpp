#pragma once
// What a pooler asks of a client, from where: the parts of its records that are for one name and
// one database, or all of it where one method goes for all.
//
//   10.0.0.0/8, TLS    hba.conf:3 scram-sha-256
//   the local socket   hba.conf:1 peer map=os

#include <string>
#include <vector>

#include "connections/credential.hpp"
#include "model/pooler.hpp"
#include "reach/door.hpp"

namespace pgleast {

/// Where clients reach the pooler, and how it asks them there.
struct PoolerPart {
  ClientOrigin from;
  std::vector<Transport> transports;
  std::string method;
  std::string map;
  std::string file;  // of the record, or of auth_type
  std::uint32_t line = 0;
  std::string unknown;  // why it may not be so; empty: it is
  bool operator==(const PoolerPart&) const = default;
};

class PoolerClients {
 public:
  /// Keeps references.
  PoolerClients(const Graph& graph, const Pooler& pooler, std::string today);

  /// Those where somebody may get in as `user`. `database` is the name that clients give; for
  /// physical replication records ask for that instead.
  std::vector<PoolerPart> parts(const std::string& user, const std::string& database,
                                bool replication = false) const;
  /// What a client must show there to be `user`; `role` is the one of that name that the server is
  /// asked about, where the auth_file does not have the user; else null.
  Challenge challenge(const PoolerPart& part, const std::string& user, const Role* role) const;

 private:
  ClientOrigin listening() const;
  std::vector<PoolerPart> parts_of_records(const std::string& user, const std::string& database,
                                           bool replication) const;
  Challenge password(const PoolerPart& part, const std::string& user, const Role* role) const;
  Challenge mapped(const PoolerPart& part, const std::string& user, AskedCredential asks,
                   const std::string& what) const;

  const Graph& graph_;
  const Pooler& pooler_;
  std::string today_;
  ClientOrigin listening_;
};

}  // namespace pgleast
