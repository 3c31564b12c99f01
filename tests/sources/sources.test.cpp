// What a file is taken for, what several of them make together, and what is refused.

#include "sources/sources.hpp"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "input/snapshot/snapshot.hpp"
#include "support/catch.hpp"
#include "support/script_cluster.hpp"
#include "text/diagnostic.hpp"

using namespace pgleast;
using namespace pgleast::test;
namespace fs = std::filesystem;

namespace {

// A folder with one file of each kind, gone with the test.
class Folder {
 public:
  Folder()
      : path_(fs::temp_directory_path() /
              ("pgleast-sources-" + std::to_string(std::random_device{}()))) {
    fs::create_directories(path_ / "empty");
    fs::create_directories(path_ / "etc");
    write("etc/pg_hba.conf", "local all app peer\n");
    write("etc/pg_ident.conf", "m deploy app\n");
    write("other/pg_hba.conf", "local all all trust\n");
    write("bad/pg_hba.conf", "local all all md6\n");
    write("bad/postgresql.conf", "port = none\n");
    write("postgresql.conf", "port = 5433\n");
    write("pgbouncer.ini", "[databases]\nshop = host=10.0.0.1\n[pgbouncer]\nlisten_port = 6432\n");
    write("roles.sql", "CREATE ROLE app LOGIN;\n");
    write("more.sql", "ALTER ROLE app CREATEDB; CREATE TABLE t (a int);\n");
    write("broken.sql", "CREATE ROLE b; CREATE ROLLE c;\n");
    write("refused.sql", "DROP ROLE nobody;\n");
    write("notes.txt", "nothing\n");
    write("program.sql", std::string("\x7F"
                                     "ELF\0\1\2\3\4\0\0",
                                     11));
    write("repo/infra/pg_hba.conf", "include hba.d/app.conf\nlocal all all peer\n");
    write("repo/infra/hba.d/app.conf", "host all app 10.0.0.0/8 md5\n");
    write("repo/infra/replica.conf", "local all all trust\n");
    write("repo/infra/db/V10__more.sql", "ALTER ROLE app CREATEDB;\n");
    write("repo/infra/db/V1__roles.sql", "CREATE ROLE app;\n");
    write("repo/infra/db/U1__roles.sql", "DROP ROLE app;\n");
    write("repo/web/schema.sql", "CREATE TABLE t (a int);\n");
    write("repo/web/mysql.sql", "CREATE TABLE `t` (a int);\n");
    write("init/docker-entrypoint-initdb.d/1.sql", "CREATE ROLE app;\n");
    write("init/docker-entrypoint-initdb.d/2.sh", "psql -c 'ALTER ROLE app SUPERUSER'\n");
    write("odd/a.sql", "CREATE ROLE app;\n");
    write("odd/b.sql", "this is no SQL;\n");
    write("snapshot", write_snapshot(script_cluster(
                          {.sql = "CREATE ROLE app LOGIN;", .major = 15, .followed = false})));
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  // `a b` as the paths of a and b in it.
  std::vector<std::string> paths(const std::string& names) const {
    std::vector<std::string> result;
    std::istringstream words(names);
    for (std::string word; words >> word;) result.push_back((path_ / word).string());
    return result;
  }
  std::string path(const std::string& name) const { return (path_ / name).string(); }

  std::string without(std::string text) const {
    const auto prefix = path_.string() + '/';
    for (std::size_t at = 0; (at = text.find(prefix)) != std::string::npos;) {
      text.erase(at, prefix.size());
    }
    return text;
  }

 private:
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
  }
  fs::path path_;
};

constexpr std::array<std::string_view, fact_count> fact_names{
    "roles", "passwords", "objects", "settings", "role_settings", "hba", "ident", "code"};

// What is seen, and what it says.
std::string shown(const Cluster& cluster) {
  auto text = fmt::format("{}:", cluster.major());
  for (std::size_t f = 0; f < fact_count; ++f) {
    if (cluster.seen(static_cast<Fact>(f))) text += fmt::format(" {}", fact_names[f]);
  }
  if (const auto app = cluster.find_role("app")) {
    text += cluster.role(*app).createdb ? ", app with CREATEDB" : ", app";
  }
  for (const auto& record : cluster.hba.records) text += ", " + record.method;
  for (const auto& pooler : cluster.poolers) text += fmt::format(", port {}", pooler.listen_port);
  if (const auto* const port = cluster.find_setting("port")) text += ", port " + port->value;
  for (const auto& file : cluster.files) text += ", " + fs::path(file.path).filename().string();
  for (const auto& remark : cluster.remarks) text += "; " + remark.why;
  return text;
}

// Names are those in the folder.
struct Asked {
  std::string paths = {}, hba = {}, conf = {}, snapshot = {}, sql = {}, database = {};
  bool live = false, all_databases = false;
  std::optional<int> server_version = {};
};

SourceOptions options_of(const Folder& folder, const Asked& given) {
  const auto path = [&](const std::string& name) {
    return name.empty() ? std::string() : folder.path(name);
  };
  SourceOptions options;
  options.paths = folder.paths(given.paths);
  options.hba = path(given.hba);
  options.conf = path(given.conf);
  options.snapshot = path(given.snapshot);
  options.sql = folder.paths(given.sql);
  if (!given.database.empty()) options.databases = {given.database};
  options.live = given.live;
  options.all_databases = given.all_databases;
  options.server_version = given.server_version;
  return options;
}

std::string read(const Folder& folder, const Asked& given) {
  try {
    return folder.without(shown(read_sources(options_of(folder, given))));
  } catch (const Error& e) {
    // Which platforms there are is not the matter here.
    auto text = folder.without(e.what());
    const auto platforms = text.find(", and documents of");
    if (platforms == std::string::npos) return text;
    return text.erase(platforms, text.find(';', platforms) - platforms);
  }
}

}  // namespace

TEST_CASE("a file is taken for what its name or its first character says", "[sources]") {
  const Folder folder;
  struct Case {
    const char* paths;
    const char* expected;
  };
  const Case cases[] = {
      {"etc/pg_hba.conf", "19: hba, peer, pg_hba.conf"},
      {"etc/pg_ident.conf", "19: ident, pg_ident.conf"},
      {"postgresql.conf", "19: settings, port 5433, postgresql.conf"},
      {"pgbouncer.ini", "19:, port 6432"},
      {"roles.sql", "19: roles passwords role_settings, app"},
      {"snapshot",
       "15: roles passwords objects settings role_settings hba ident code, app, peer, port 5432, "
       "postgresql.conf, pg_hba.conf, pg_ident.conf"},
      // A folder is all that it holds of these.
      {"etc", "19: hba ident, peer, pg_hba.conf, pg_ident.conf"},
      {"etc postgresql.conf",
       "19: settings hba ident, peer, port 5433, postgresql.conf, pg_hba.conf, pg_ident.conf"},
      // Scripts run in their order, files go over a snapshot.
      {"roles.sql more.sql", "19: roles passwords objects role_settings code, app with CREATEDB"},
      {"more.sql roles.sql",
       "19: objects role_settings code, app; refused by the server, so left out: 1 "
       "statement of more.sql (first: more.sql:1:12: role `app` does not exist)"},
      {"snapshot more.sql",
       "15: roles passwords objects settings role_settings hba ident code, app with CREATEDB, "
       "peer, port 5432, postgresql.conf, pg_hba.conf, pg_ident.conf"},
      {"snapshot other/pg_hba.conf",
       "15: roles passwords objects settings role_settings hba ident code, app, trust, port 5432, "
       "postgresql.conf, pg_ident.conf, pg_hba.conf; other/pg_hba.conf is not what the snapshot "
       "has"},
      {"refused.sql",
       "19: roles passwords role_settings; refused by the server, so left out: 1 statement of "
       "refused.sql (first: refused.sql:1:11: role `nobody` does not exist)"},
      {"bad/postgresql.conf", "19:, port 5432, postgresql.conf"},
      // Refused.
      {"",
       "no source is given: say --dsn, --live, --snapshot, --hba, --conf or --sql, or name files "
       "or folders"},
      {"etc other/pg_hba.conf", "--hba is given twice: `other/pg_hba.conf` and `etc/pg_hba.conf`"},
      {"snapshot snapshot", "--snapshot is given twice: `snapshot` and `snapshot`"},
      {"empty",
       "empty: looked at 0 files: none is known; pgleast knows pg_hba.conf, pg_ident.conf, "
       "postgresql.conf, pgbouncer.ini, userlist.txt, SQL scripts and snapshots"},
      {"notes.txt",
       "notes.txt is nothing that pgleast knows: it knows pg_hba.conf, pg_ident.conf, "
       "postgresql.conf, pgbouncer.ini, userlist.txt, SQL scripts and snapshots; say what it is "
       "with --hba, --conf, ..."},
      {"missing.sql", "missing.sql: error: cannot be read: no such file"},
      {"missing", "missing: error: cannot be read: no such file"},
      {"broken.sql",
       "broken.sql:1:23: error: syntax error at `ROLLE`\n  CREATE ROLE b; CREATE ROLLE c;\n"
       "                        ^~~~~"},
      {"program.sql", "program.sql: error: is a binary file, no SQL script"},
  };
  for (const auto& c : cases) {
    INFO(c.paths);
    CHECK(read(folder, {.paths = c.paths}) == c.expected);
  }
}

TEST_CASE("each folder of a folder is a cluster", "[sources]") {
  const Folder folder;
  const auto shown_found = [&](const std::string& paths, const std::string& cluster) {
    SourceOptions options;
    options.paths = folder.paths(paths);
    if (!cluster.empty()) options.cluster = folder.path(cluster);
    try {
      const auto found = find_sources(options);
      std::string text = found.looked;
      for (const auto& one : found.clusters) {
        Timings timings;
        text += fmt::format("\n{} is {}", one.name, shown(read_cluster(one.options, timings)));
      }
      return folder.without(text);
    } catch (const Error& e) {
      return folder.without(e.what());
    }
  };
  CHECK(shown_found("repo", "") ==
        "looked at 8 files: 3 pg_hba.conf, 4 SQL scripts (Flyway in repo/infra/db); passed over: 1 "
        "SQL script for other servers or programs\n"
        "repo/infra is 19: roles passwords role_settings hba, app with CREATEDB, md5, peer, "
        "pg_hba.conf, app.conf; repo/infra/db: not run by Flyway: repo/infra/db/U1__roles.sql\n"
        "repo/infra/replica.conf is 19: hba, trust, replica.conf\n"
        "repo/web is 19: roles passwords objects role_settings code");
  CHECK(shown_found("repo", "repo/web") ==
        "looked at 8 files: 3 pg_hba.conf, 4 SQL scripts (Flyway in repo/infra/db); passed over: 1 "
        "SQL script for other servers or programs\n"
        "repo/web is 19: roles passwords objects role_settings code");
  CHECK(shown_found("repo", "repo/nothing") ==
        "--cluster: there is no `repo/nothing` among `repo/infra`, `repo/infra/replica.conf` and "
        "`repo/web`");
  CHECK(read(folder, {.paths = "repo"}) ==
        "the paths describe several clusters: pick one with --cluster: `repo/infra`, "
        "`repo/infra/replica.conf` and `repo/web`");
  CHECK(read(folder, {.paths = "repo roles.sql"}) ==
        "the folders describe several clusters, and it is not known which one the other sources "
        "are of: pick one with --cluster: `repo/infra`, `repo/infra/replica.conf` and `repo/web`");
  // Folders that say different things are one.
  CHECK(read(folder, {.paths = "etc repo/infra/db"}) ==
        "19: roles passwords role_settings hba ident, app with CREATEDB, peer, pg_hba.conf, "
        "pg_ident.conf; repo/infra/db: not run by Flyway: repo/infra/db/U1__roles.sql");
  // What is not followed of a folder is unseen, and the rest is looked at.
  CHECK(read(folder, {.paths = "init"}) == "19:, app");
  CHECK(read(folder, {.paths = "odd"}) ==
        "19:, app; no SQL: 1 statement (first: odd/b.sql:1:1: syntax error at `this`); odd: no "
        "tool that is known runs these scripts: they are taken by name, numbers in names as "
        "numbers");
  CHECK(read(folder, {.sql = "repo/infra/db"}) ==
        "19: roles passwords role_settings, app with CREATEDB; repo/infra/db: not run by Flyway: "
        "repo/infra/db/U1__roles.sql");
}

TEST_CASE("options that contradict each other are refused", "[sources]") {
  const Folder folder;
  const char* const hba = "etc/pg_hba.conf";
  struct Case {
    Asked given;
    const char* expected;
  };
  const Case cases[] = {
      {{.hba = hba, .server_version = 130000}, "13: hba, peer, pg_hba.conf"},
      {{.snapshot = "snapshot", .server_version = 150000},
       "15: roles passwords objects settings role_settings hba ident code, app, peer, port 5432, "
       "postgresql.conf, pg_hba.conf, pg_ident.conf"},
      {{.snapshot = "snapshot", .server_version = 160000},
       "--server-version 16 contradicts the server's own version 15"},
      {{.snapshot = "snapshot", .live = true},
       "--snapshot and a live server are two clusters: give one of them"},
      {{.hba = hba, .database = "shop"},
       "--database and --all-databases go with a live server: give --dsn or --live"},
      {{.snapshot = "snapshot", .all_databases = true},
       "--database and --all-databases go with a live server: give --dsn or --live"},
      {{.paths = hba, .hba = hba}, "--hba is given twice: `etc/pg_hba.conf` and `etc/pg_hba.conf`"},
  };
  for (const auto& c : cases) CHECK(read(folder, c.given) == c.expected);
}

TEST_CASE("what was not read is said where it is needed", "[sources]") {
  const Folder folder;
  const auto message = [&](const Asked& given, void (*needs)(const Cluster&)) {
    try {
      needs(read_sources(options_of(folder, given)));
    } catch (const Error& e) {
      return folder.without(e.what());
    }
    return std::string("no error");
  };
  const auto roles = [](const Cluster& cluster) { need(cluster, Fact::roles, "nothing is told"); };
  CHECK(message({.hba = "etc/pg_hba.conf"}, roles) ==
        "nothing is told: no server or snapshot was given; give --dsn, --live or --snapshot");
  CHECK(message({.sql = "roles.sql"}, roles) == "no error");
  CHECK(message({.hba = "etc/pg_hba.conf"}, need_records) == "no error");
  CHECK(message({.hba = "bad/pg_hba.conf"}, need_records) ==
        "bad/pg_hba.conf:1:15: error: the server does not load this file and keeps the records "
        "that it had: unknown authentication method `md6`; did you mean `md5`?\n  local all all "
        "md6\n                ^~~");
  CHECK(message({.conf = "postgresql.conf"}, need_records) ==
        "the records cannot be read: no pg_hba.conf or server was given; give --hba, --dsn or "
        "--snapshot");
}
