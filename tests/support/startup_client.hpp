#pragma once
// A client that says who it is and hears what the server asks of it, from a loopback address
// of its choice: PostgreSQL's protocol 3.0 up to the server's first refusal.

#include <optional>
#include <string>
#include <vector>

namespace pgleast::test {

struct Startup {
  std::string server;  // 127.0.0.1 or ::1; empty: the socket in `folder`
  std::string folder;
  int port = 0;
  std::string source;  // the client's own address
  bool tls = false;
  std::string user;
  std::string database;
  std::string replication;  // "true": physical; "database": logical
  std::string password;     // by session_error() alone
  std::string certificate;  // with `tls`, a PEM file with its key; empty: none
};

/// "trust"; "password", "md5" or "scram-sha-256", after a wrong answer to it and the server's
/// word on that; "no TLS"; or the message of the server's error. Throws std::runtime_error
/// when nothing listens there.
std::string first_answer(const Startup& startup);

/// Logs in and runs the statements in a transaction that is never committed. Empty, or the message
/// of the first error; "another method" where more is asked for than a password, in clear, by md5
/// or by SCRAM.
std::string session_error(const Startup& startup, const std::vector<std::string>& statements);

/// In one session: the first of `attempts` whose statements all run; none is ever committed.
std::optional<std::size_t> first_that_runs(const Startup& startup,
                                           const std::vector<std::vector<std::string>>& attempts);

}  // namespace pgleast::test
