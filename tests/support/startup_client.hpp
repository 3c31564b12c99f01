#pragma once
// A client that says who it is and hears what the server asks of it, from a loopback address
// of its choice: PostgreSQL's protocol 3.0 up to the server's first refusal.

#include <memory>
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
  std::string system_user;  // whom `peer` sees, where root asks; empty: who runs this
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

/// What a statement gave.
struct Answer {
  std::string error;              // SQLSTATE and message of the first one; empty: it ran
  std::vector<std::string> rows;  // sorted, their fields with `|`; last what was done: UPDATE 3
  bool operator==(const Answer&) const = default;
};

/// A login that stays. Throws std::runtime_error when nothing listens there.
class Session {
 public:
  explicit Session(const Startup& startup);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Empty: it is in.
  const std::string& error() const { return error_; }
  /// Whether the server wanted a password.
  bool was_asked() const { return asked_; }
  Answer run(const std::string& statement);

 private:
  struct State;
  std::unique_ptr<State> state_;
  std::string error_;
  bool asked_ = false;
};

}  // namespace pgleast::test
