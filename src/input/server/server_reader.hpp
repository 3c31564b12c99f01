#pragma once
// The catalogs of a running server (libpqxx through connection.hpp; one question a file
// in sql/). Needs no more than CONNECT; what the role may not see becomes unseen, with
// the grant that would let it.

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "input/server/connection.hpp"
#include "model/cluster.hpp"

namespace pgleast {

struct LiveOptions {
  std::string conninfo;
  std::vector<std::string> databases;  // empty: the one connected to
  bool all_databases = false;
  std::function<void(const std::string& phase)> done = [](const std::string&) {};  // a phase ended
  std::chrono::seconds timeout{600};             // for all of it; then the server is given up
  std::function<void()> shown_password = [] {};  // over a network, without TLS
};

/// Reads everything, again where something was dropped meanwhile. Throws Error (unreadable).
Cluster read_live(const LiveOptions& options);

/// The same through a session that is already open, for that session's database alone:
/// what `fix --prove` sees inside its transaction.
Cluster read_session(Session& session);

}  // namespace pgleast
