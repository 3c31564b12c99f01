#include "sources/sources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "input/config/conf.hpp"
#include "input/config/hba.hpp"
#include "input/config/ident.hpp"
#include "input/pgbouncer/pgbouncer.hpp"
#include "input/replay/replay.hpp"
#include "input/server/server_reader.hpp"
#include "input/snapshot/snapshot.hpp"
#include "model/fresh_cluster.hpp"
#include "sources/progress.hpp"
#include "text/contained_files.hpp"
#include "text/diagnostic.hpp"
#include "text/display.hpp"
#include "text/files.hpp"

namespace fs = std::filesystem;

namespace pgleast {
namespace {

void forget_files(Cluster& cluster, ConfigKind kind) {
  std::erase_if(cluster.files, [&](const ConfigFile& f) { return f.kind == kind; });
}

void forget_remarks(Cluster& cluster, RemarkKind kind) {
  std::erase_if(cluster.remarks, [&](const Remark& r) { return r.kind == kind; });
}

// A program or an image is no configuration: said once, instead of a thousand bad lines. A
// text with a stray control character is read as the server reads it.
void refuse_binary(const std::string& path, std::string_view text, const char* what) {
  const auto begin = text.substr(0, 4096);
  const auto strange = std::count_if(begin.begin(), begin.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 && (byte < '\t' || byte > '\r');
  });
  if (strange >= 4 && static_cast<std::size_t>(strange) * 20 > begin.size()) {
    fail(path, fmt::format("is a binary file, no {}", what));
  }
}

void keep_files(Cluster& cluster, std::vector<ConfigFile>& read) {
  for (auto& file : read) {
    refuse_binary(file.path, file.text, "configuration");
    cluster.files.push_back(std::move(file));
  }
}

void read_conf_into(Cluster& cluster, const std::string& path) {
  std::vector<ConfigFile> read;
  const auto conf = read_conf(path, files_from(path), cluster.version_num, read);
  forget_files(cluster, ConfigKind::conf);
  keep_files(cluster, read);
  cluster.settings = settings_of(conf, cluster.version_num);
  cluster.hidden_settings.reset();
  cluster.setting_problems = setting_problems(conf);
  cluster.unseen.erase(Fact::settings);
  const auto problems = conf.diagnostics();
  if (!conf.starts() && !problems.empty()) {
    const auto& first = problems.front();
    cluster.unseen[Fact::settings] = {
        fmt::format("{} does not load: {}:{}: {}", displayed(path), displayed(first.file),
                    first.at ? first.at->line : 0, first.message),
        "correct the file"};
  }
}

// The file may be meant for that server, or be a copy of what it has.
void compare_records(Cluster& cluster, const HbaFile& before, const std::string& path) {
  if (!before.loads() || path == "-") return;
  const auto* const owner = cluster.server.empty() ? "the snapshot" : "the server";
  if (!cluster.hba.loads()) {
    cluster.remarks.push_back({fmt::format("{} does not load: the server keeps the records that it "
                                           "has, and nothing is said of the good lines",
                                           displayed(path)),
                               "correct the file"});
  } else if (!same_records(before, cluster.hba)) {
    cluster.remarks.push_back({fmt::format("{} is not what {} has", displayed(path), owner),
                               "`pgleast diff` says what it lets in"});
  }
}

void read_hba_into(Cluster& cluster, const std::string& path) {
  std::vector<ConfigFile> read;
  const auto before = std::move(cluster.hba);
  const bool seen_before = cluster.seen(Fact::hba);
  const auto settings =
      cluster.seen(Fact::settings) ? hba_settings(cluster.settings) : HbaSettings{};
  cluster.hba = read_hba(path, files_from(path), cluster.version_num, read, settings);
  forget_files(cluster, ConfigKind::hba);
  keep_files(cluster, read);
  cluster.unseen.erase(Fact::hba);
  // The loaded records may differ from a file that is given; what was said of them is void.
  forget_remarks(cluster, RemarkKind::text_of_hba);
  if (seen_before) compare_records(cluster, before, path);
}

void read_ident_into(Cluster& cluster, const std::string& path) {
  std::vector<ConfigFile> read;
  cluster.ident = read_ident(path, files_from(path), cluster.version_num, read);
  forget_files(cluster, ConfigKind::ident);
  keep_files(cluster, read);
  cluster.unseen.erase(Fact::ident);
  forget_remarks(cluster, RemarkKind::text_of_ident);
}

// What the server refuses is a remark; what is no SQL ends it.
void replay_into(Cluster& cluster, const std::vector<std::string>& paths) {
  std::vector<Source> scripts;
  for (const auto& path : paths) {
    scripts.emplace_back(path, read_file(path));
    refuse_binary(path, scripts.back().text(), "SQL script");
  }
  if (scripts.empty()) return;
  for (const auto& problems :
       replay_sql(scripts, cluster, contained(disk_files(), paths.front()))) {
    if (!problems.syntax.empty()) throw Error(Fault::unreadable, problems.syntax.front());
  }
}

bool looks_like_json(const std::string& path) {
  const auto text = read_file(path);
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string::npos && text[first] == '{';
}

void take(std::string& slot, const std::string& path, const char* option) {
  if (!slot.empty()) {
    fail_usage(
        fmt::format("{} is given twice: `{}` and `{}`", option, displayed(slot), displayed(path)));
  }
  slot = path;
}

// Which source a file is, by its name or, for a snapshot, by its first character.
bool recognise(SourceOptions& options, const std::string& path) {
  const auto name = fs::path(path).filename().string();
  if (name == "pg_hba.conf") return take(options.hba, path, "--hba"), true;
  if (name == "pg_ident.conf") return take(options.ident, path, "--ident"), true;
  if (name == "postgresql.conf") return take(options.conf, path, "--conf"), true;
  if (name == "pgbouncer.ini") return options.poolers.push_back(path), true;
  if (name.ends_with(".sql")) return options.sql.push_back(path), true;
  return false;
}

SourceOptions with_paths(SourceOptions options) {
  for (const auto& path : options.paths) {
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
      bool any = false;
      for (const char* const name :
           {"pg_hba.conf", "pg_ident.conf", "postgresql.conf", "pgbouncer.ini"}) {
        const auto inner = (fs::path(path) / name).string();
        if (fs::exists(inner, ignored)) any = recognise(options, inner) || any;
      }
      if (!any) fail(path, "holds no pg_hba.conf, pg_ident.conf, postgresql.conf or pgbouncer.ini");
    } else if (!recognise(options, path)) {
      // A pipe can be read once: what is in it is seen when it is read.
      if (fs::is_regular_file(path, ignored) && !looks_like_json(path)) {
        fail(path,
             "is not a kind of file that pgleast knows; say what it is with --hba, --conf, ...");
      }
      take(options.snapshot, path, "--snapshot");
    }
  }
  return options;
}

// Once, however many sessions there are.
void warn_of_shown_password() {
  std::fputs(
      "pgleast: note: the connection to the server has no TLS: a password that is sent over it "
      "can be read or used by others on the way; sslmode=verify-full asks for TLS\n",
      stderr);
}

Cluster first_source(const SourceOptions& options, Timings& timings) {
  if (options.is_live()) {
    const Progress progress("reading the server's catalogs");
    return read_live({options.dsn, options.databases, options.all_databases,
                      [&](const std::string& phase) { timings.phase(phase); }, options.timeout,
                      [said = false]() mutable {
                        if (!std::exchange(said, true)) warn_of_shown_password();
                      }});
  }
  if (!options.snapshot.empty()) {
    const Progress progress("reading the snapshot");
    return read_snapshot(Source(options.snapshot, read_file(options.snapshot)));
  }
  const auto version_num = version_num_of(options);
  return options.sql.empty() ? unknown_cluster(version_num) : fresh_cluster(version_num);
}

}  // namespace

void need(const Cluster& cluster, Fact fact, std::string_view what) {
  if (cluster.seen(fact)) return;
  const auto& why = cluster.unseen.at(fact);
  fail("", fmt::format("{}: {}; {}", what, why.why, why.remedy));
}

void need_records(const Cluster& cluster) {
  need(cluster, Fact::hba, "the records cannot be read");
  if (!cluster.hba.problems.empty()) {
    auto first = cluster.hba.problems.front().diagnostic;
    first.message =
        "the server does not load this file and keeps the records that it had: " + first.message;
    throw Error(Fault::unreadable, std::move(first));
  }
  if (cluster.hba.records.empty()) {
    const auto file = std::find_if(cluster.files.begin(), cluster.files.end(),
                                   [](const ConfigFile& f) { return f.kind == ConfigKind::hba; });
    fail(file == cluster.files.end() ? "pg_hba.conf" : file->path,
         "has no records: the server does not load such a file and keeps those that it had");
  }
}

namespace {

void print(const std::vector<Remark>& notes) {
  for (const auto& note : notes) {
    const auto* const separator = note.remedy.empty() ? "" : "; ";
    const auto line = displayed(note.why) + separator + displayed(note.remedy);
    std::fputs(("pgleast: note: " + line + '\n').c_str(), stderr);
  }
}

}  // namespace

void print_notes(const Cluster& cluster) {
  auto notes = cluster.remarks;
  // A script was given, and some of it cannot be followed.
  const bool partly = !cluster.seen(Fact::roles) && !cluster.roles.empty();
  if (partly) {
    const auto& roles = cluster.unseen.at(Fact::roles);
    notes.push_back({roles.why, roles.remedy});
  }
  print(notes);
}

void print_version_note(const Cluster& cluster) {
  auto notes = cluster.remarks;
  std::erase_if(notes, [](const Remark& r) { return r.kind != RemarkKind::version; });
  print(notes);
}

int version_num_of(const SourceOptions& options) {
  return options.server_version.value_or(newest_version_num);
}

FileReader files_from(const std::string& first) {
  auto files = contained(disk_files(), first);
  files.read = [disk = files.read](const std::string& path) -> FileText {
    if (path == "-") return {read_file(path), "", false};
    return disk(path);
  };
  return files;
}

namespace {

// What is new in a version that is not known is not looked for. A snapshot may have it said by an
// older pgleast.
void remark_on_version(Cluster& cluster) {
  forget_remarks(cluster, RemarkKind::version);
  if (!is_newer_than_known(cluster.version_num)) return;
  cluster.remarks.insert(cluster.remarks.begin(),
                         {fmt::format("PostgreSQL {} is newer than this pgleast: it is read as {}",
                                      cluster.version_num / 10000, newest_major),
                          "look for a newer pgleast", RemarkKind::version});
}

// A server, a snapshot, or nothing but a version.
Cluster checked_first_source(const SourceOptions& options, Timings& timings) {
  if (options.is_live() && !options.snapshot.empty()) {
    fail_usage("--snapshot and a live server are two clusters: give one of them");
  }
  auto cluster = first_source(options, timings);
  if (options.server_version && (options.is_live() || !options.snapshot.empty()) &&
      cluster.version_num / 10000 != *options.server_version / 10000) {
    fail_usage(fmt::format("--server-version {} contradicts the server's own version {}",
                           *options.server_version / 10000, cluster.version_num / 10000));
  }
  remark_on_version(cluster);
  return cluster;
}

}  // namespace

Cluster read_facts(const SourceOptions& options) {
  Timings timings;
  auto cluster = checked_first_source(options, timings);
  replay_into(cluster, options.sql);
  return cluster;
}

Cluster read_sources(const SourceOptions& options) {
  Timings timings;
  return read_sources(options, timings);
}

Cluster read_sources(const SourceOptions& given, Timings& timings) {
  const auto options = with_paths(given);
  if ((options.all_databases || !options.databases.empty()) && !options.is_live()) {
    fail_usage("--database and --all-databases go with a live server: give --dsn or --live");
  }
  const bool any = options.is_live() || !options.snapshot.empty() || !options.hba.empty() ||
                   !options.ident.empty() || !options.conf.empty() || !options.sql.empty() ||
                   !options.poolers.empty();
  if (!any) {
    fail_usage("no source is given: say --dsn, --live, --snapshot, --hba, --conf or --sql");
  }
  auto cluster = checked_first_source(options, timings);
  if (!options.conf.empty()) read_conf_into(cluster, options.conf);
  if (!options.hba.empty()) read_hba_into(cluster, options.hba);
  if (!options.ident.empty()) read_ident_into(cluster, options.ident);
  for (const auto& path : options.poolers) {
    cluster.poolers.push_back(read_pgbouncer(path, files_from(path)));
  }
  timings.phase("read");
  replay_into(cluster, options.sql);
  if (!options.sql.empty()) timings.phase("replay");
  return cluster;
}

}  // namespace pgleast
