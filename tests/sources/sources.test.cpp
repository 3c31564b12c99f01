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
    return folder.without(e.what());
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
      {"", "no source is given: say --dsn, --live, --snapshot, --hba, --conf or --sql"},
      {"etc other/pg_hba.conf", "--hba is given twice: `etc/pg_hba.conf` and `other/pg_hba.conf`"},
      {"snapshot snapshot", "--snapshot is given twice: `snapshot` and `snapshot`"},
      {"empty",
       "empty: error: holds no pg_hba.conf, pg_ident.conf, postgresql.conf or pgbouncer.ini"},
      {"notes.txt",
       "notes.txt: error: is not a kind of file that pgleast knows; say what it is with --hba, "
       "--conf, ..."},
      {"missing.sql", "missing.sql: error: cannot be read: no such file"},
      {"missing", "missing: error: cannot be read: no such file"},
      {"broken.sql", "19:"},
      {"program.sql", "program.sql: error: is a binary file, no SQL script"},
  };
  for (const auto& c : cases) {
    INFO(c.paths);
    CHECK(read(folder, {.paths = c.paths}) == c.expected);
  }
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
