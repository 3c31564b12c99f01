// A file that was changed and not loaded, one that does not load, and a file that is not what
// the server has: said before anything is said of the records.

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "input/server/server_reader.hpp"
#include "support/catch.hpp"
#include "support/server.hpp"

using namespace pgleast;
using pgleast::test::LiveServer;

namespace {

using Whys = std::vector<std::string>;

const std::string good = "local all all trust\nhost all all 127.0.0.1/32 trust\n";

/// What the remarks say, the server's folder left out.
Whys remarks(const LiveServer& server, const std::string& user = "") {
  Whys result;
  for (const auto& remark : read_live({server.dsn("postgres", user), {}, false}).remarks) {
    auto why = remark.why;
    for (auto at = why.find(server.data() + "/"); at != std::string::npos;
         at = why.find(server.data() + "/")) {
      why.erase(at, server.data().size() + 1);
    }
    result.push_back(why);
  }
  return result;
}

/// Writes a file as if it had been written that long ago or, with `+`, in the future.
void write_at(const LiveServer& server, const std::string& name, const std::string& text,
              const std::string& when) {
  server.write(server.data() + "/" + name, text);
  test::run("touch -d '" + when + "' " + test::shell_quoted(server.data() + "/" + name));
}

/// New sessions have what was loaded.
void reload(const LiveServer& server) {
  const auto loaded = [&] {
    return server.ask("postgres", "SELECT pg_catalog.pg_conf_load_time()");
  };
  const auto before = loaded();
  server.reload();
  for (int i = 0; i < 100 && loaded() == before; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

Whys changed(const std::string& name, const std::string& what) {
  return {name + " was changed after the server last loaded its configuration; the " + what +
          " in force may be others"};
}

// A file that pg_hba.conf includes is named.
void check_included(const LiveServer& server) {
  if (server.major() < 16) return;
  server.write(server.data() + "/more.conf", "host all all 10.0.0.0/8 reject\n");
  write_at(server, "pg_hba.conf", good + "include more.conf\n", "1 hour ago");
  test::run("touch -d '1 hour ago' " + test::shell_quoted(server.data() + "/more.conf"));
  reload(server);
  CHECK(remarks(server).empty());
  write_at(server, "more.conf", "host all all 10.0.0.0/8 trust\n", "+1 minute");
  CHECK(remarks(server) == changed("more.conf", "records"));
}

// A file that is not what the server has.
void check_compared(const LiveServer& server) {
  write_at(server, "pg_hba.conf", "local all all trust # all\nhost all all 127.0.0.1/32 trust\n",
           "1 hour ago");
  reload(server);
  struct Row {
    std::string text;
    int code;
    std::string says;  // empty: nothing
  };
  const Row rows[] = {
      {"# the same\n\nlocal  \"all\"" + std::string(" all trust\n"), 0,
       " is not what the server has"},
      {"# the same\n\nlocal   all all trust\nhost all all 127.0.0.1 255.255.255.255 trust\n", 0,
       ""},
      {good + "host all all 10.0.0.0/8 trust\n", 0, " is not what the server has; `pgleast diff`"},
      {"host all all 127.0.0.1/32 trust\nlocal all all trust\n", 0, " is not what the server has"},
      {good + "host all all 10.0.0.0/8 trsut\n", 4,
       "the server does not load this file and keeps the records that it had"},
  };
  const auto path = server.folder() + "/new.conf";
  for (const auto& row : rows) {
    CAPTURE(row.text);
    std::ofstream(path) << row.text;
    const auto arguments =
        " --dsn " + test::shell_quoted(server.dsn()) + " --hba " + test::shell_quoted(path);
    const auto ran = test::pgleast("hba decide --user app --database app --local" + arguments);
    CAPTURE(ran.out);
    if (row.says.empty()) {
      CHECK(ran.out.find("note") == std::string::npos);
    } else {
      CHECK(ran.out.find(row.says) < ran.out.size());
    }
    if (row.code == 4) CHECK(ran.code == 4);
    const auto audited = test::pgleast("audit" + arguments);
    CHECK((audited.out.find(path + " is not what the server has") < audited.out.size()) ==
          (row.says.find("is not what") < row.says.size()));
    CHECK((audited.out.find(path + " does not load: the server keeps the records that it has") <
           audited.out.size()) == (row.code == 4));
  }
}

}  // namespace

TEST_CASE("a file that the server has not loaded, and another one, is said to be",
          "[live][loaded]") {
  LiveServer server;
  for (const std::string name : {"pg_hba.conf", "pg_ident.conf", "postgresql.conf"}) {
    test::run("touch -d '1 hour ago' " + test::shell_quoted(server.data() + "/" + name));
  }
  write_at(server, "pg_hba.conf", good, "1 hour ago");
  reload(server);
  CHECK(remarks(server).empty());

  write_at(server, "pg_hba.conf", good + "host all all 10.0.0.0/8 trust\n", "+1 minute");
  CHECK(remarks(server) == changed("pg_hba.conf", "records"));
  write_at(server, "pg_hba.conf", good + "host all all 10.0.0.0/8 trust\n", "1 minute ago");
  reload(server);
  CHECK(remarks(server).empty());

  write_at(server, "pg_ident.conf", "m a b\n", "+1 minute");
  CHECK(remarks(server) == changed("pg_ident.conf", "maps"));
  write_at(server, "pg_ident.conf", "m a\n", "1 minute ago");
  reload(server);
  CHECK(remarks(server) == Whys{"pg_ident.conf does not load: the server keeps the maps that it "
                                "had, and nothing is said of the good lines"});
  write_at(server, "pg_ident.conf", "", "1 minute ago");

  // The good lines of a bad file are not in force: what was there before is.
  write_at(server, "pg_hba.conf", good + "host all all 10.0.0.0/8 trsut\n", "1 minute ago");
  reload(server);
  CHECK(remarks(server) == Whys{"pg_hba.conf does not load: the server keeps the records that it "
                                "had, and nothing is said of the good lines"});
  for (const std::string command : {"hba lint", "hba decide --user app --local"}) {
    CAPTURE(command);
    const auto ran = test::pgleast(command + " --dsn " + test::shell_quoted(server.dsn()));
    CHECK(ran.code == 4);
    CHECK(ran.out.find("the server does not load this file and keeps the records that it had") <
          ran.out.size());
  }
  write_at(server, "pg_hba.conf", good, "1 minute ago");
  reload(server);
  CHECK(remarks(server).empty());

  check_included(server);
  check_compared(server);

  server.sql("postgres", "ALTER SYSTEM SET max_connections = 50");
  reload(server);
  CHECK(remarks(server) == Whys{"changed in the files and not yet in force: max_connections"});
}

TEST_CASE("whoever may not ask is told what to grant", "[live][loaded]") {
  LiveServer server;
  write_at(server, "pg_hba.conf", good, "+1 minute");
  server.sql("postgres", "CREATE ROLE audit_ro LOGIN");
  // Neither the records nor the file: they are unseen as a whole, and nothing more is said.
  CHECK(remarks(server, "audit_ro").empty());
  server.sql("postgres",
             "GRANT pg_read_all_settings TO audit_ro; "
             "GRANT SELECT ON pg_catalog.pg_hba_file_rules TO audit_ro; "
             "GRANT EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules() TO audit_ro;");
  const auto said = remarks(server, "audit_ro");
  REQUIRE(said.size() == 2);
  CHECK(said.front().starts_with("the text of pg_hba.conf was not read"));
  CHECK(said.back() ==
        "whether the files were changed after the server last loaded its configuration is not "
        "known (permission denied for function pg_stat_file)");
  const auto cluster = read_live({server.dsn("postgres", "audit_ro"), {}, false});
  server.sql("postgres", cluster.remarks.back().remedy);
  const auto then = remarks(server, "audit_ro");
  CHECK(std::count(then.begin(), then.end(), changed("pg_hba.conf", "records").front()) == 1);
}
