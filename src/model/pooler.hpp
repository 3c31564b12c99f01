#pragma once
// A PgBouncer in front of the server, as far as it decides who gets in: pgbouncer.ini, the names
// of its auth_file, the records of its auth_hba_file (manual of PgBouncer, config.md).
//
//   [databases]
//   shop = host=127.0.0.1 dbname=shop user=app     whoever comes in here is app there
//   [pgbouncer]
//   listen_addr = *
//   auth_type = any

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/hba.hpp"

namespace pgleast {

struct PoolerDatabase {
  std::string name;        // `*`: whatever is asked for
  std::string host;        // a list; empty or a path: the server's socket
  std::string dbname;      // at the server; empty: the name that was asked for
  std::string user;        // that everybody is there; empty: the client's name
  bool password = false;   // it has one to show for that user; the secret is never kept
  bool auth_user = false;  // users that are not in the auth_file are looked up at the server
  std::uint32_t line = 0;
  bool operator==(const PoolerDatabase&) const = default;
};

/// What the auth_file has of a user; the secret is never kept.
enum class PoolerSecret : std::uint8_t { none, plain, md5, scram_sha_256 };

/// Names of a record of the pooler's hba file: `all`, `sameuser`, and names as they are.
struct PoolerNames {
  bool all = false;
  bool same = false;
  std::vector<std::string> names;
  bool operator==(const PoolerNames&) const = default;
};

/// A record of the pooler's hba file: the first that takes a client decides, and none refuses it.
struct PoolerRecord {
  ConnectionType type = ConnectionType::local;  // local, host, hostssl, hostnossl
  PoolerNames databases;                        // as clients name them
  PoolerNames users;
  HbaAddress address;  // none for local, all, ip
  std::string method;  // trust, reject, password, md5, scram-sha-256, peer, cert, ldap
  std::string map;     // of the auth_ident_file
  std::uint32_t line = 0;
  bool replication = false;  // physical, too: since PgBouncer 1.23
  bool operator==(const PoolerRecord&) const = default;
};

struct PoolerMapping {
  std::string map, system_user;
  std::string user;  // `all`: any
  bool operator==(const PoolerMapping&) const = default;
};

struct Pooler {
  std::string file;
  std::uint32_t auth_line = 0;  // of auth_type; 0: not said
  std::string auth_type = "md5";
  std::string listen_addr;  // a list, `*`; empty: its socket alone
  std::string listen_port = "6432";
  std::string unix_socket_dir = "/tmp";
  std::string client_tls_sslmode = "disable";
  std::string server_tls_sslmode;  // empty: not said; the default differs between versions
  bool auth_user = false;          // as PoolerDatabase::auth_user, for all databases
  std::string auth_query;          // empty: the default, which knows every role with LOGIN
  std::vector<PoolerDatabase> databases;
  std::map<std::string, PoolerSecret> users;
  std::string users_unseen;  // why they are not known; empty: they are
  std::string hba_file;      // empty: none
  std::vector<PoolerRecord> records;
  std::string records_unseen;  // as users_unseen
  std::vector<PoolerMapping> mappings;
  std::vector<std::string> passed_over;  // lines of these files that PgBouncer leaves out, and why
  bool operator==(const Pooler&) const = default;
};

}  // namespace pgleast
