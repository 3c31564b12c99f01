#include "sources/sources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "input/config/conf.hpp"
#include "input/config/hba.hpp"
#include "input/config/ident.hpp"
#include "input/pgbouncer/pgbouncer.hpp"
#include "input/replay/assuming_replay.hpp"
#include "input/server/server_reader.hpp"
#include "input/snapshot/snapshot.hpp"
#include "model/fresh_cluster.hpp"
#include "sources/declared_cluster.hpp"
#include "sources/progress.hpp"
#include "text/contained_files.hpp"
#include "text/diagnostic.hpp"
#include "text/display.hpp"
#include "text/embedded.hpp"
#include "text/files.hpp"

namespace pgleast {
namespace {

constexpr std::string_view preludes = "src/input/migrations/preludes/";

void forget_files(Cluster& cluster, ConfigKind kind) {
  std::erase_if(cluster.files, [&](const ConfigFile& f) { return f.kind == kind; });
}

void forget_remarks(Cluster& cluster, RemarkKind kind) {
  std::erase_if(cluster.remarks, [&](const Remark& r) { return r.kind == kind; });
}

// What is not followed may have made, granted or taken away anything.
void forget_what_scripts_do(Cluster& cluster, const std::string& what) {
  for (const auto fact :
       {Fact::roles, Fact::passwords, Fact::objects, Fact::role_settings, Fact::code}) {
    const bool nothing_yet = fact == Fact::objects && is_untouched(cluster);
    if (!cluster.seen(fact) && !nothing_yet) continue;
    cluster.unseen[fact] = {fmt::format("not followed, though this may change: {}", what),
                            "audit a server on which it was run"};
  }
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

// What is run of a folder may be no SQL at all; the rest is looked at.
void admit_no_sql(Cluster& cluster, const SqlProblems& problems, Assumptions* assumptions) {
  const auto& first = problems.syntax.front();
  const auto why =
      fmt::format("no SQL: {} (first: {}:{}:{}: {})", counted(problems.syntax.size(), "statement"),
                  displayed(first.file), first.at->line, first.at->column, first.message);
  cluster.remarks.push_back({why, ""});
  const bool seen = cluster.seen(Fact::objects);
  forget_what_scripts_do(cluster, why);
  if (assumptions == nullptr || !seen) return;
  // psql goes on after it: what the others grant is so.
  cluster.unseen.erase(Fact::objects);
  assumptions->left_out.push_back(why);
}

// What a platform has before the first script; none: it is no platform's name.
std::optional<Source> prelude_named(const std::string& name) {
  const auto path = fmt::format("{}{}.sql", preludes, name);
  const auto& files = embedded_files();
  const auto found =
      std::find_if(files.begin(), files.end(), [&](const auto& f) { return f.path == path; });
  if (name.empty() || found == files.end()) return std::nullopt;
  return Source("prelude " + name, std::string(found->text));
}

Source sql_script(const std::string& path) {
  Source script(path, read_file(path));
  refuse_binary(path, script.text(), "SQL script");
  return script;
}

// What is there before, of platforms by name and of files.
std::vector<Source> preludes_of(const SourceOptions& options) {
  std::vector<Source> scripts;
  auto names = options.assume;
  const bool said = std::find(names.begin(), names.end(), options.prelude) != names.end();
  if (!said && !options.prelude.empty()) names.insert(names.begin(), options.prelude);
  for (const auto& name : names) {
    auto prelude = prelude_named(name);
    scripts.push_back(prelude ? std::move(*prelude) : sql_script(name));
  }
  return scripts;
}

// The platforms alone.
SourceOptions platform_of(const SourceOptions& options) {
  SourceOptions platform;
  platform.prelude = options.prelude;
  for (const auto& name : options.assume) {
    if (prelude_named(name)) platform.assume.push_back(name);
  }
  platform.server_version = version_num_of(options);
  return platform;
}

// What the server refuses is a remark. What is no SQL ends it where nobody is told of what is not
// known, or where most of a script that was named is none.
void replay_into(Cluster& cluster, const SourceOptions& options, Assumptions* assumptions) {
  auto scripts = preludes_of(options);
  const auto before = scripts.size();
  for (const auto& path : options.sql) scripts.push_back(sql_script(path));
  for (const auto& script : options.scripts) {
    auto text = read_file(script.path);
    refuse_binary(script.path, text, "SQL script");
    scripts.emplace_back(script.path, run_text(script, std::move(text)));
  }
  if (!scripts.empty()) {
    // What scripts include lies where the first of them does.
    const auto& first = scripts[before < scripts.size() ? before : 0].name();
    const auto all =
        replay_sql(scripts, cluster, contained(disk_files(), first), Beneath::unknown, assumptions);
    for (const auto& problems : all) {
      if (problems.syntax.empty()) continue;
      const bool hardly_sql = 2 * problems.syntax.size() > problems.statements;
      if (!options.of_folder && (assumptions == nullptr || hardly_sql)) {
        throw Error(Fault::unreadable, problems.syntax.front());
      }
      admit_no_sql(cluster, problems, assumptions);
    }
  }
  if (options.not_followed.empty()) return;
  const auto& first = options.not_followed.front();
  forget_what_scripts_do(
      cluster, fmt::format("{} of what is run (first: {})",
                           counted(options.not_followed.size(), "part"), displayed(first)));
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
  return !options.has_scripts() ? unknown_cluster(version_num) : fresh_cluster(version_num);
}

}  // namespace

bool is_platform(const std::string& name) { return prelude_named(name).has_value(); }

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

void print_note(const std::optional<Unseen>& note) {
  if (note) print({{note->why, note->remedy}});
}

void print_version_note(const Cluster& cluster) {
  auto notes = cluster.remarks;
  std::erase_if(notes, [](const Remark& r) { return r.kind != RemarkKind::version; });
  print(notes);
}

int version_num_of(const SourceOptions& options) {
  if (options.server_version) return *options.server_version;
  const int declared = options.declared ? options.declared->major : 0;
  return declared == 0 ? newest_version_num : declared * 10000;
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
  const auto found = find_sources(options);
  const auto& facts = only_cluster(found).options;
  auto cluster = checked_first_source(facts, timings);
  if (facts.declared) replay_declared(*facts.declared, cluster, nullptr);
  replay_into(cluster, facts, nullptr);
  return cluster;
}

void print_problems(const FoundSources& found) {
  for (const auto& problem : found.problems) {
    std::fputs(("pgleast: " + to_string(problem) + '\n').c_str(), stderr);
  }
}

void print_looked(const FoundSources& found) {
  if (found.looked.empty()) return;
  std::fputs(("pgleast: " + displayed(found.looked) + '\n').c_str(), stderr);
}

Cluster read_sources(const SourceOptions& options) {
  Timings timings;
  return read_sources(options, timings);
}

Cluster read_sources(const SourceOptions& given, Timings& timings, Grounds* grounds) {
  const auto found = find_sources(given);
  print_problems(found);
  print_looked(found);
  return read_cluster(only_cluster(found).options, timings, grounds);
}

namespace {

std::optional<Cluster> bare_platform(const SourceOptions& options) {
  const auto platform = platform_of(options);
  if (platform.is_empty()) return std::nullopt;
  Timings ignored;
  return read_cluster(platform, ignored);
}

}  // namespace

Cluster read_cluster(const SourceOptions& options, Timings& timings, Grounds* grounds) {
  if ((options.all_databases || !options.databases.empty()) && !options.is_live()) {
    fail_usage("--database and --all-databases go with a live server: give --dsn or --live");
  }
  if (options.is_empty()) {
    fail_usage(
        "no source is given: say --dsn, --live, --snapshot, --hba, --conf or --sql, or name files "
        "or folders");
  }
  auto cluster = checked_first_source(options, timings);
  if (options.declared) read_declared(*options.declared, cluster);
  if (!options.conf.empty()) read_conf_into(cluster, options.conf);
  if (!options.hba.empty()) read_hba_into(cluster, options.hba);
  if (!options.ident.empty()) read_ident_into(cluster, options.ident);
  for (const auto& path : options.poolers) {
    cluster.poolers.push_back(read_pgbouncer(path, files_from(path)));
  }
  timings.phase("read");
  auto* const assumptions = grounds == nullptr ? nullptr : &grounds->assumptions;
  if (options.declared) replay_declared(*options.declared, cluster, assumptions);
  replay_into(cluster, options, assumptions);
  if (grounds != nullptr) grounds->platform = bare_platform(options);
  if (options.has_scripts()) timings.phase("replay");
  cluster.remarks.insert(cluster.remarks.end(), options.notes.begin(), options.notes.end());
  return cluster;
}

}  // namespace pgleast
