#pragma once
// A PgBouncer in front of the server, as far as it decides who gets in: pgbouncer.ini and the
// names of its auth_file (manual of PgBouncer, config.md).
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

namespace pgleast {

struct PoolerDatabase {
  std::string name;       // `*`: whatever is asked for
  std::string host;       // empty or a path: the server's socket
  std::string dbname;     // at the server; empty: the name that was asked for
  std::string user;       // that everybody is there; empty: the client's name
  bool password = false;  // it has one to show for that user; the secret is never kept
  std::uint32_t line = 0;
  bool operator==(const PoolerDatabase&) const = default;
};

/// What the auth_file has of a user; the secret is never kept.
enum class PoolerSecret : std::uint8_t { none, plain, md5, scram_sha_256 };

struct Pooler {
  std::string file;
  std::uint32_t auth_line = 0;  // of auth_type; 0: not said
  std::string auth_type = "md5";
  std::string listen_addr;  // a list, `*`; empty: its socket alone
  std::string listen_port = "6432";
  std::string unix_socket_dir = "/tmp";
  std::string client_tls_sslmode = "disable";
  bool asks_server = false;  // auth_user or auth_query: the server's own roles
  std::vector<PoolerDatabase> databases;
  std::map<std::string, PoolerSecret> users;
  std::string users_unseen;  // why they are not known; empty: they are
  bool operator==(const Pooler&) const = default;
};

}  // namespace pgleast
