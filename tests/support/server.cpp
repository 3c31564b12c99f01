#include "support/server.hpp"

#include <stdlib.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace pgleast::test {
namespace {

std::string environment(const char* name) {
  const char* const value = std::getenv(name);
  if (value == nullptr) {
    throw std::runtime_error(std::string(name) + " is not set: run the live tests by ./dev test");
  }
  return value;
}

const std::string server_script = std::string(PGLEAST_SOURCE_DIR) + "/tests/support/server.sh";

}  // namespace

std::string shell_quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

Ran run(const std::string& command) {
  Ran result;
  std::FILE* const pipe = popen(("( " + command + " ) 2>&1").c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("popen: " + command);
  std::array<char, 65536> block{};
  for (std::size_t n = 0; (n = std::fread(block.data(), 1, block.size(), pipe)) > 0;) {
    result.out.append(block.data(), n);
  }
  const int status = pclose(pipe);
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

Ran pgleast(const std::string& arguments) {
  return run(shell_quoted(environment("PGLEAST_BINARY")) + " " + arguments);
}

std::string shared_name(int major, std::string name) {
  if (major < 19) return name;
  for (auto& c : name) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return name;
}

LiveServer::LiveServer(const std::string& options) {
  const char* const tmp = std::getenv("TMPDIR");
  std::string pattern = std::string(tmp == nullptr ? "/tmp" : tmp) + "/sXXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp: " + pattern);
  folder_ = pattern;
  const auto started =
      run(shell_quoted(server_script) + " start " + shell_quoted(environment("PGLEAST_PG_BIN")) +
          " " + folder_ + " " + options);
  std::istringstream words(started.out);
  for (std::string word; words >> word;) {
    if (word.starts_with("host=")) host_ = word.substr(5);
    if (word.starts_with("port=")) port_ = word.substr(5);
    if (word.starts_with("user=")) user_ = word.substr(5);
  }
  if (started.code != 0 || port_.empty()) {
    throw std::runtime_error("the server did not start: " + started.out);
  }
}

LiveServer::~LiveServer() {
  run(shell_quoted(server_script) + " stop " + folder_);
  run("rm -rf " + folder_);
}

std::string LiveServer::dsn(const std::string& database, const std::string& user) const {
  return "host=" + host_ + " port=" + port_ + " user='" + (user.empty() ? user_ : user) +
         "' dbname='" + database + "'";
}

void LiveServer::sql(const std::string& database, const std::string& statements) const {
  const auto path = folder_ + "/statements.sql";
  std::ofstream(path) << statements;
  const auto ran = psql_file(database, path);
  if (ran.code != 0) throw std::runtime_error("psql: " + ran.out + "\nin: " + statements);
}

Ran LiveServer::psql_file(const std::string& database, const std::string& path) const {
  return run("psql -X -q -v ON_ERROR_STOP=1 -d " + shell_quoted(dsn(database)) + " -f " +
             shell_quoted(path));
}

std::string LiveServer::ask(const std::string& database, const std::string& query) const {
  const auto ran = run("psql -X -At -v ON_ERROR_STOP=1 -d " + shell_quoted(dsn(database)) + " -c " +
                       shell_quoted(query));
  if (ran.code != 0) throw std::runtime_error("psql: " + ran.out + "\nin: " + query);
  auto text = ran.out;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

int LiveServer::major() const {
  return std::stoi(ask("postgres", "SELECT current_setting('server_version_num')")) / 10000;
}

void LiveServer::write(const std::string& path, const std::string& text) const {
  std::ofstream(path, std::ios::binary) << text;
  run("chown --reference=" + data() + " " + shell_quoted(path) + " && chmod 600 " +
      shell_quoted(path));
}

void LiveServer::control(const std::string& action) const {
  const auto ran = run(shell_quoted(server_script) + " " + action + " " + folder_);
  if (ran.code != 0) throw std::runtime_error(action + ": " + ran.out);
}

void LiveServer::restart() const { control("restart"); }
void LiveServer::reload() const { control("reload"); }
void LiveServer::stop() const { control("stop"); }

}  // namespace pgleast::test
