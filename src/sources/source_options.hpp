#pragma once
// What a command line says of where facts come from.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "input/migrations/script_set.hpp"
#include "input/platforms/declared/declared_server.hpp"
#include "model/cluster.hpp"

namespace pgleast {

struct SourceOptions {
  std::string dsn;
  bool live = false;
  bool all_databases = false;
  std::vector<std::string> databases;
  std::chrono::seconds timeout{600};  // for all of the live server
  std::string snapshot, hba, ident, conf;
  std::vector<std::string> assume;    // scripts that say what is there before
  std::vector<std::string> sql;       // in the order in which they are run
  std::vector<std::string> poolers;   // pgbouncer.ini, each in front of the server
  std::optional<int> server_version;  // as server_version_num
  std::vector<std::string> paths;     // files and folders: found_sources.hpp says what they are
  std::string cluster;                // the one of several that is asked for

  // What a folder holds.
  std::optional<DeclaredServer> declared;  // by a document
  std::string prelude;                     // what the platform brings: `supabase`
  std::vector<Script> scripts;             // run after `sql`
  std::vector<std::string> not_followed;   // of them, and why
  std::vector<Remark> notes;
  bool of_folder = false;  // nobody named each of its files

  bool is_live() const { return live || !dsn.empty(); }
  bool has_scripts() const {
    return !sql.empty() || !scripts.empty() || !not_followed.empty() || !assume.empty() ||
           !prelude.empty() || declared.has_value();
  }
  bool is_empty() const {
    return !is_live() && snapshot.empty() && hba.empty() && ident.empty() && conf.empty() &&
           poolers.empty() && !has_scripts();
  }
};

}  // namespace pgleast
