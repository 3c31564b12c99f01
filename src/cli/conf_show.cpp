// pgleast conf show: settings in force for a session, where each comes from, and who may change it.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "cli/command.hpp"
#include "cli/options.hpp"
#include "model/named_role.hpp"
#include "model/objects_of.hpp"
#include "report/setting_report.hpp"
#include "text/diagnostic.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

struct ConfShowOptions {
  SourceOptions sources;  // its paths are names of settings, too
  OutputOptions output;
  std::string user, database;
};

constexpr int exit_unseen = 3;

bool is_known_somewhere(const std::string& word) {
  for (int major = oldest_major; major <= newest_major; ++major) {
    if (find_setting_info(word, major) != nullptr) return true;
  }
  return false;
}

bool is_setting_name(const std::string& word) {
  if (is_known_somewhere(word)) return true;
  std::error_code ignored;
  return word != "-" && word.find('/') == std::string::npos &&
         !std::filesystem::exists(word, ignored);
}

ObjectId database_named(const Cluster& cluster, const std::string& name) {
  std::vector<std::string> known;
  for (const auto id : objects_of(cluster, ObjectKind::database)) {
    if (cluster.object(id).name == name) return id;
    known.push_back(cluster.object(id).name);
  }
  fail_usage(
      fmt::format("there is no database `{}`{}", displayed(name), did_you_mean(name, known)));
}

SessionOf session_of(const Cluster& cluster, const ConfShowOptions& options) {
  SessionOf session;
  if (!options.user.empty()) session.role = role_asked_for(cluster, options.user);
  if (!options.database.empty()) session.database = database_named(cluster, options.database);
  return session;
}

int write(const ConfShowOptions& options, const SettingReport& report) {
  write_output(options.output, write_table(report.table, options.output.format));
  return report.unseen ? exit_unseen : 0;
}

int conf_show(ConfShowOptions options) {
  auto& paths = options.sources.paths;
  const auto names_begin = std::stable_partition(paths.begin(), paths.end(),
                                                 [](const auto& p) { return !is_setting_name(p); });
  const std::vector<std::string> names(names_begin, paths.end());
  paths.erase(names_begin, paths.end());
  const auto cluster = read_sources(options.sources);
  print_version_note(cluster);
  if (!options.user.empty() || !options.database.empty()) {
    need(cluster, Fact::role_settings, "settings of roles and databases cannot be told");
  }
  const auto session = session_of(cluster, options);
  if (!cluster.seen(Fact::settings) && !cluster.setting_problems.empty()) {
    write(options, setting_problems(cluster, session, names));
  }
  need(cluster, Fact::settings, "no setting is known");
  return write(options, setting_report(cluster, session, names));
}

}  // namespace

void add_conf_show(CLI::App& conf, Run& run) {
  const auto options = std::make_shared<ConfShowOptions>();
  auto& command = add_command(
      conf, run, "show",
      "settings in force: value, origin, who may change it; of those named after SOURCES",
      [options] { return conf_show(*options); });
  add_value(command, "--user", options->user, "in sessions of this role", "U");
  add_value(command, "--database", options->database, "in sessions in this database", "D");
  add_source_options(command, options->sources, false);
  add_output_options(command, options->output, {"text", "csv", "json"});
}

}  // namespace pgleast
