#pragma once
// What the head of a script says to do, done.

#include <fstream>
#include <string>

#include "support/server.hpp"

namespace pgleast::test {

/// The commands that the head of a script in that folder tells, in their order, typed there.
inline Ran run_as_told(const LiveServer& server, const std::string& folder,
                       const std::string& script) {
  std::string commands = "set -e\n";
  std::ifstream lines(folder + "/" + script);
  for (std::string line; std::getline(lines, line) && line.starts_with("--");) {
    if (const auto at = line.find(" psql "); at != std::string::npos) {
      commands += line.substr(at) + "\n";
    }
  }
  const auto word = [dsn = server.dsn()](const std::string& key) {
    const auto begin = dsn.find(key + "=") + key.size() + 1;
    return dsn.substr(begin, dsn.find(' ', begin) - begin);
  };
  return run("cd " + shell_quoted(folder) + " && export PGHOST=" + word("host") + " PGPORT=" +
             word("port") + " PGUSER=" + word("user") + " && bash -c " + shell_quoted(commands));
}

}  // namespace pgleast::test
