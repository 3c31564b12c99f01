#include "input/server/loaded_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "pg/identifier.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

struct LoadedKind {
  ConfigKind kind;
  Fact fact;
  std::string_view setting;  // names the first file
  std::string_view others;   // what may be otherwise than in the file
};

constexpr std::array loaded_kinds{
    LoadedKind{ConfigKind::hba, Fact::hba, "hba_file", "the records in force may be others"},
    LoadedKind{ConfigKind::ident, Fact::ident, "ident_file", "the maps in force may be others"},
    LoadedKind{ConfigKind::conf, Fact::settings, "config_file",
               "the settings in force may be others"},
};

void add_path(std::vector<std::string>& paths, const std::string& path) {
  if (path.empty() || path.front() != '/') return;
  if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
}

/// The first file and those that it includes, as far as they are known.
std::vector<std::string> paths_of(const Cluster& cluster, const LoadedKind& kind) {
  std::vector<std::string> paths;
  if (const auto* const first = cluster.find_setting(kind.setting)) add_path(paths, first->value);
  for (const auto& file : cluster.files) {
    if (file.kind == kind.kind) add_path(paths, file.path);
  }
  if (kind.kind == ConfigKind::hba) {
    for (const auto& record : cluster.hba.records) add_path(paths, record.at.file);
  }
  if (kind.kind == ConfigKind::ident) {
    for (const auto& record : cluster.ident.records) add_path(paths, record.at.file);
  }
  return paths;
}

class Remarks {
 public:
  Remarks(Session& session, Cluster& cluster) : session_(session), cluster_(cluster) {}

  void add_all() {
    if (cluster_.seen(Fact::hba) && !cluster_.hba.loads()) {
      does_not_load("hba_file", "pg_hba.conf", "records");
    }
    if (cluster_.seen(Fact::ident) && !cluster_.ident.loads()) {
      does_not_load("ident_file", "pg_ident.conf", "maps");
    }
    for (const auto& kind : loaded_kinds) {
      if (cluster_.seen(kind.fact)) changed(kind);
    }
    if (!refused_.empty()) {
      cluster_.remarks.push_back(
          {fmt::format("whether the files were changed after the server last loaded its "
                       "configuration is not known ({})",
                       refused_),
           fmt::format("GRANT pg_read_server_files, pg_read_all_settings TO {0}; GRANT EXECUTE "
                       "ON FUNCTION pg_catalog.pg_stat_file(text, boolean) TO {0}",
                       quote_identifier(cluster_.reader))});
    }
    pending_restart();
  }

 private:
  void does_not_load(std::string_view setting, const char* file, const char* what) {
    const auto* const path = cluster_.find_setting(setting);
    cluster_.remarks.push_back(
        {fmt::format("{} does not load: the server keeps the {} that it had, and nothing is said "
                     "of the good lines",
                     path == nullptr ? file : displayed(path->value), what),
         "correct the file"});
  }

  void changed(const LoadedKind& kind) {
    const auto paths = paths_of(cluster_, kind);
    // What is in force of the settings is in pg_settings, whatever the files say.
    if (paths.empty() && refused_.empty() && kind.kind != ConfigKind::conf) {
      refused_ = fmt::format("{} is not shown", kind.setting);
    }
    for (const auto& path : paths) {
      const auto answer =
          session_.try_ask(fmt::format("SELECT (pg_catalog.pg_stat_file({}, true)).modification "
                                       "> pg_catalog.pg_conf_load_time()",
                                       quote_literal(path)));
      if (!answer.rows && refused_.empty()) refused_ = displayed(answer.why);
      if (!answer.rows || answer.rows->front().front() != "t") continue;
      cluster_.remarks.push_back(
          {fmt::format("{} was changed after the server last loaded its configuration; {}",
                       displayed(path), kind.others),
           "SELECT pg_reload_conf()"});
    }
  }

  void pending_restart() {
    const auto answer = session_.try_ask(
        "SELECT name FROM pg_catalog.pg_settings WHERE pending_restart ORDER BY name COLLATE "
        "\"C\"");
    if (!answer.rows || answer.rows->empty()) return;
    std::vector<std::string> names;
    for (const auto& row : *answer.rows) names.push_back(displayed(row.front().value_or("")));
    cluster_.remarks.push_back(
        {fmt::format("changed in the files and not yet in force: {}", listed(names)),
         "restart the server"});
  }

  Session& session_;
  Cluster& cluster_;
  std::string refused_;  // why the first question was refused
};

}  // namespace

void remark_on_loaded_files(Session& session, Cluster& cluster) {
  Remarks(session, cluster).add_all();
}

}  // namespace pgleast
