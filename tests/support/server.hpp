#pragma once
// A throwaway server of PGLEAST_PG_BIN for live tests, started by tests/support/server.sh in
// a folder under TMPDIR and stopped with the object.

#include <string>
#include <vector>

namespace pgleast::test {

struct Ran {
  int code = 0;
  std::string out;  // standard output and standard error
};

/// Runs a shell command.
Ran run(const std::string& command);
/// Single quotes, so that a shell hands it on as it is.
std::string shell_quoted(const std::string& text);
/// `pgleast ARGUMENTS`, the binary under test.
Ran pgleast(const std::string& arguments);
/// `name` as a role or a database may be called: from 19 on without line breaks.
std::string shared_name(int major, std::string name);

class LiveServer {
 public:
  /// `options`: further `-c name=value` of the server. Throws std::runtime_error.
  explicit LiveServer(const std::string& options = "");
  ~LiveServer();
  LiveServer(const LiveServer&) = delete;
  LiveServer& operator=(const LiveServer&) = delete;

  /// As the bootstrap superuser unless `user` is named.
  std::string dsn(const std::string& database = "postgres", const std::string& user = "") const;
  const std::string& folder() const { return folder_; }
  std::string data() const { return folder_ + "/data"; }
  const std::string& superuser() const { return user_; }
  int major() const;

  /// Statements by psql, ON_ERROR_STOP. Throws with what psql said.
  void sql(const std::string& database, const std::string& statements) const;
  /// One value, as `psql -At` prints it.
  std::string ask(const std::string& database, const std::string& query) const;
  /// A file of psql's; the exit code and the output.
  Ran psql_file(const std::string& database, const std::string& path) const;
  void restart() const;
  void reload() const;
  void stop() const;
  /// Writes a file in the server's folder, owned by the server's user.
  void write(const std::string& path, const std::string& text) const;

 private:
  void control(const std::string& action) const;
  std::string folder_;
  std::string host_, port_, user_;
};

}  // namespace pgleast::test
