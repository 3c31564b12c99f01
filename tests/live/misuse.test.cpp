// What a hostile or unlucky user does to pgleast and to its server: each ends in one message and
// the documented exit code, or works like any other.

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "support/run_as_told.hpp"
#include "support/server.hpp"

using namespace pgleast::test;
namespace test = pgleast::test;

namespace {

const std::vector<std::string> odd_names{"x\"; DROP TABLE y; --",
                                         "$pgleast$",
                                         "new\nline",
                                         "back\\slash",
                                         "%I",
                                         "o'clock",
                                         ":x",
                                         ":'x'",
                                         "\\! touch owned",
                                         "\x1b[31mred",
                                         "$(touch own)",
                                         "`touch owned`",
                                         "'; DROP ROLE y; --",
                                         "bidi\u202etxt",
                                         "critical  HBA-001  forged\n\nhigh  HBA-002",
                                         "\r\nreturn",
                                         "a,b{c}",
                                         "*",
                                         "\"all\"",
                                         "{0}%s"};

std::string quoted(const std::string& name) {
  std::string result = "\"";
  for (const char c : name) result.append(c == '"' ? 2 : 1, c);
  return result + '"';
}

std::string dsn_option(const std::string& dsn) { return " --dsn " + shell_quoted(dsn); }

std::string contents(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

// Nothing that a terminal obeys, and nothing that turns the direction of what follows.
bool is_plain(const std::string& text) {
  return text.find("\u202e") == std::string::npos &&
         std::none_of(text.begin(), text.end(), [](char c) {
           return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f;
         });
}

void check_one_message(const Ran& ran, const std::string& holds) {
  INFO(ran.out);
  CHECK(ran.code == 4);
  CHECK(ran.out.starts_with("pgleast: "));
  CHECK(ran.out.find(holds) != std::string::npos);
  CHECK(lines_of(ran.out) == 1);
}

void make_odd_world(const LiveServer& server) {
  std::string sql = "CREATE TABLE y (i int);\n";
  for (const auto& name : odd_names) {
    const auto n = quoted(name);
    const auto role = quoted(shared_name(server.major(), name));
    sql += "CREATE ROLE " + role + " LOGIN CREATEDB; CREATE SCHEMA " + n + "; CREATE TABLE " + n +
           "." + n + " (" + n + " int); GRANT SELECT ON " + n + "." + n +
           " TO PUBLIC; GRANT INSERT (" + n + ") ON " + n + "." + n + " TO " + role +
           "; GRANT CREATE ON SCHEMA " + n + " TO PUBLIC; CREATE POLICY " + n + " ON " + n + "." +
           n + " USING (true);\n";
  }
  server.sql("postgres", sql);
  // One database each would take half a minute.
  for (const auto& name : {odd_names[0], odd_names[2], odd_names[8]}) {
    server.sql("postgres", "CREATE DATABASE " + quoted(shared_name(server.major(), name)));
  }
}

std::size_t odd_grants(const LiveServer& server) {
  return std::stoul(server.ask(
      "postgres",
      "SELECT count(*) FROM pg_class WHERE oid >= 16384 AND relkind = 'r' AND relname <> 'y' "
      "AND has_table_privilege('public', oid, 'SELECT')"));
}

}  // namespace

TEST_CASE("who is not let in is told so in one line", "[live][misuse]") {
  LiveServer server;
  server.sql("postgres",
             "SET password_encryption = 'scram-sha-256';"  // not the default before 14
             "CREATE ROLE low LOGIN PASSWORD 's3cret-right'; CREATE DATABASE closed;");
  server.sql("postgres", "REVOKE CONNECT ON DATABASE closed FROM PUBLIC");
  const auto as_low = [&](const std::string& database) {
    return "audit" + dsn_option(server.dsn(database, "low"));
  };
  check_one_message(test::pgleast(as_low("closed")), "permission denied for database \"closed\"");
  check_one_message(test::pgleast(as_low("missing")), "database \"missing\" does not exist");
  check_one_message(test::pgleast(as_low("postgres") + " --database closed"), "permission denied");
  check_one_message(test::pgleast("audit" + dsn_option(server.dsn("postgres", "nobody_here"))),
                    "role \"nobody_here\" does not exist");

  server.write(server.data() + "/pg_hba.conf",
               "local all " + quoted(server.superuser()) + " trust\nlocal all all scram-sha-256\n");
  server.reload();
  const auto wrong =
      test::pgleast("audit" + dsn_option(server.dsn("postgres", "low") + " password=s3cret-wrong"));
  check_one_message(wrong, "password authentication failed");
  CHECK(wrong.out.find("s3cret") == std::string::npos);
  check_one_message(test::pgleast(as_low("postgres")), "no password supplied");
  CHECK(test::pgleast("audit" +
                      dsn_option(server.dsn("postgres", "low") + " password=s3cret-right") +
                      " --fail-on never")
            .code == 0);
}

TEST_CASE("a role without rights is told what it does not see", "[live][misuse]") {
  LiveServer server;
  server.sql("postgres", "CREATE ROLE low LOGIN");
  const auto ran = test::pgleast("audit" + dsn_option(server.dsn("postgres", "low")));
  INFO(ran.out);
  CHECK(ran.out.find("pg_hba_file_rules cannot be read by low; GRANT SELECT ON") !=
        std::string::npos);
  CHECK(ran.out.find("pg_authid cannot be read by low; GRANT SELECT (") != std::string::npos);
  CHECK(ran.out.find("HBA-001") != std::string::npos);
  // Only what low is not shown is left, and then that is what the exit code says.
  const auto quiet =
      test::pgleast("audit --fail-on critical" + dsn_option(server.dsn("postgres", "low")));
  CHECK(quiet.code == 3);
}

TEST_CASE("a server that dies half way leaves no report", "[live][misuse]") {
  LiveServer server;
  server.sql("postgres", "CREATE DATABASE other");
  // Whoever reads the policies of `other` waits for this lock, and is ended there.
  server.write(server.folder() + "/ambush.sql", R"sql(
BEGIN;
LOCK TABLE pg_policy IN ACCESS EXCLUSIVE MODE;
DO $$ BEGIN
  FOR i IN 1..400 LOOP
    PERFORM pg_stat_clear_snapshot(), pg_sleep(0.025);
    EXIT WHEN (SELECT bool_or(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE application_name = 'pgleast' AND wait_event_type = 'Lock');
  END LOOP;
END $$;
)sql");
  for (const std::string databases : {" --all-databases", " --database other", ""}) {
    INFO(databases);
    std::thread ambush([&] { server.psql_file("other", server.folder() + "/ambush.sql"); });
    while (server.ask("other",
                      "SELECT count(*) FROM pg_locks WHERE relation = 3256 AND granted AND "
                      "mode = 'AccessExclusiveLock'") == "0") {
      run("sleep 0.02");
    }
    const auto ran = test::pgleast(
        "audit" + databases + dsn_option(server.dsn(databases.empty() ? "other" : "postgres")));
    ambush.join();
    check_one_message(ran, "pgleast: the server ");
  }
}

TEST_CASE("only questions are sent, by pgleast from the first moment", "[live][misuse]") {
  LiveServer server("-c log_statement=all -c log_connections=on -c log_line_prefix=%a@");
  REQUIRE(
      test::pgleast("audit --all-databases -q --fail-on never" + dsn_option(server.dsn())).code ==
      0);
  REQUIRE(test::pgleast("access" + dsn_option(server.dsn())).code == 0);
  std::istringstream log(contents(server.folder() + "/log"));
  int statements = 0;
  int connections = 0;
  for (std::string line; std::getline(log, line);) {
    connections += line.find("application_name=pgleast") != std::string::npos ? 1 : 0;
    const std::string prefix = "pgleast@LOG:  statement: ";
    if (!line.starts_with(prefix)) continue;
    ++statements;
    const auto sql = line.substr(prefix.size());
    INFO(sql);
    const std::vector<std::string> allowed{
        "SELECT",
        "SET client_encoding",
        "SET LOCAL ",
        "SAVEPOINT",
        "RELEASE SAVEPOINT",
        "ROLLBACK TO SAVEPOINT",
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY, NOT DEFERRABLE;",
        "--",
        "WITH",
        "DECLARE answer NO SCROLL CURSOR FOR SELECT ",
        "DECLARE answer NO SCROLL CURSOR FOR WITH ",
        "DECLARE answer NO SCROLL CURSOR FOR -- ",
        "FETCH 4000 FROM answer",
        "CLOSE answer"};
    CHECK(std::any_of(allowed.begin(), allowed.end(),
                      [&](const auto& word) { return sql.starts_with(word) || sql.empty(); }));
  }
  CHECK(statements > 20);
  CHECK(connections >= 2);
}

TEST_CASE("a standby is read, and no secret of it is told", "[live][misuse]") {
  LiveServer server;
  server.sql("postgres", "CREATE ROLE app LOGIN PASSWORD 's3cret-role'");
  server.write(server.data() + "/standby.signal", "");
  const std::string with_secret =
      server.major() >= 19 ? "ldap ldapserver=127.0.0.1 ldapbasedn=dc=shop ldapbindpasswd=s3cret"
                           : "radius radiusservers=127.0.0.1 radiussecrets=s3cret";
  server.write(server.data() + "/pg_hba.conf",
               "local all all trust\nhost all app 10.0.0.0/8 " + with_secret + '\n');
  server.write(server.data() + "/postgresql.auto.conf",
               "primary_conninfo = 'host=127.0.0.1 port=1 user=r password=s3cret-primary'\n"
               "ssl_passphrase_command = 'echo s3cret-passphrase'\n");
  server.restart();
  REQUIRE(server.ask("postgres", "SELECT pg_is_in_recovery()") == "t");
  const auto source = dsn_option(server.dsn());
  const auto snapshot = server.folder() + "/snapshot.json";
  const auto fixes = server.folder() + "/fixes";
  REQUIRE(test::pgleast("snapshot" + source + " -o " + snapshot).code == 0);
  const auto live = test::pgleast("audit" + source);
  CHECK(live.out == test::pgleast("audit --snapshot " + snapshot).out);
  CHECK(live.out.find("HBA-002") != std::string::npos);
  std::string told = live.out + contents(snapshot);
  for (const std::string format : {"json", "sarif"}) {
    told += test::pgleast("audit --verbose --format " + format + source).out;
  }
  told +=
      test::pgleast("fix" + source).out + test::pgleast("fix --output-dir " + fixes + source).out;
  told += run("cat " + fixes + "/*.diff " + fixes + "/*.sql " + fixes + "/notes.md").out;
  told += test::pgleast("access --format csv" + source).out;
  for (const std::string format : {"text", "json", "csv"}) {
    told += test::pgleast("hba dump --format " + format + " --snapshot " + snapshot).out;
  }
  CHECK(told.size() > 100000);
  CHECK(told.find("s3cret") == std::string::npos);
}

TEST_CASE("names of any characters are names", "[live][misuse]") {
  LiveServer server;
  make_odd_world(server);
  const auto source = " --all-databases" + dsn_option(server.dsn());
  const auto text = test::pgleast("audit" + source).out;
  CHECK(is_plain(text));
  CHECK(text.find("\nhigh  HBA-002") == std::string::npos);  // as the forged name would have it
  CHECK(text.find("forged\\n\\nhigh  HBA-002") != std::string::npos);
  for (const auto& arguments :
       {"access --explain", "access --format text", "fix --quiet --output-dir fixes"}) {
    const auto ran = run("cd " + server.folder() + " && " +
                         shell_quoted(std::getenv("PGLEAST_BINARY")) + " " + arguments + source);
    INFO(arguments);
    CHECK(ran.code <= 1);
    CHECK(is_plain(ran.out));
  }
  const auto snapshot = server.folder() + "/snapshot.json";
  REQUIRE(test::pgleast("snapshot" + source + " -o " + snapshot).code == 0);
  CHECK(test::pgleast("audit --snapshot " + snapshot).out == text);

  const auto of_snapshot = " --snapshot " + snapshot;
  for (const auto& name : odd_names) {
    const auto rows = test::pgleast("access --format csv --privilege INSERT --role " +
                                    shell_quoted(shared_name(server.major(), name)) + of_snapshot);
    INFO(name);
    CHECK(rows.code == 0);
    CHECK(rows.out.find(",column,") != std::string::npos);
  }

  // The scripts do what they say, twice, and nothing else; undo.sql tells how to take it back.
  const auto fixes = server.folder() + "/fixes";
  const auto before = odd_grants(server);
  CHECK(before == odd_names.size());
  for (int i = 0; i < 2; ++i) {
    const auto ran = test::run_as_told(server, fixes, "fix.sql");
    INFO(ran.out);
    CHECK(ran.code == 0);
  }
  CHECK(odd_grants(server) == 0);
  CHECK(run("ls " + fixes + "/own*").code != 0);
  CHECK(server.ask("postgres", "SELECT count(*) FROM pg_class WHERE relname = 'y'") == "1");
  CHECK(test::run_as_told(server, fixes, "undo.sql").code == 0);
  CHECK(odd_grants(server) == before);
}

TEST_CASE("bootstrap makes roles of any name, and only them", "[live][misuse]") {
  LiveServer server;
  server.sql("postgres", "CREATE TABLE y (i int)");
  std::string names;
  for (const auto& name : odd_names) {
    if (name == "*" || name.front() == '$') continue;  // patterns to a policy
    names += names.empty() ? "\"" : ", \"";
    for (const char c : shared_name(server.major(), name)) {
      if (static_cast<unsigned char>(c) < 0x20) {
        const char* const digits = "0123456789abcdef";
        names += std::string("\\x") + digits[c / 16] + digits[c % 16];
      } else {
        if (c == '"' || c == '\\') names += '\\';
        names += c;
      }
    }
    names += '"';
  }
  const auto policy = server.folder() + "/policy.yaml";
  std::ofstream(policy)
      << "policy: 1\nname: \"evil\\n\\\\! touch owned\"\nextends: [baseline]\nclasses:\n"
         "  people: {names: ["
      << names
      << "], login: require}\n"
         "memberships:\n  - {group: \"g"
      << (server.major() >= 19 ? " " : "\\n") << "\\\\! touch owned\", members: {require: ["
      << names
      << "]}}\n"
         "grants:\n  - {to: ["
      << names
      << "], tables: {schema: public, names: [\"y*\", \"it's%I\"], "
         "require: [SELECT], future: true}}\n";
  const auto script = server.folder() + "/roles.sql";
  const auto made =
      test::pgleast("bootstrap --policy " + policy + " -o " + script + " --database " +
                    shell_quoted(shared_name(server.major(), "d\n\\! touch owned")));
  INFO(made.out);
  REQUIRE(made.code == 0);
  for (int i = 0; i < 2; ++i) {
    const auto ran = run("cd " + server.folder() + " && psql -X -q -v ON_ERROR_STOP=1 -d " +
                         shell_quoted(server.dsn()) + " -f " + script);
    INFO(ran.out);
    CHECK(ran.code == 0);
    CHECK(ran.out.empty());
  }
  CHECK(server.ask("postgres",
                   "SELECT count(*) FROM pg_roles WHERE NOT rolsuper AND rolcanlogin AND "
                   "has_table_privilege(oid, 'y', 'SELECT')") ==
        std::to_string(odd_names.size() - 3));
  CHECK(run("ls " + server.folder() + "/own*").code != 0);
}
