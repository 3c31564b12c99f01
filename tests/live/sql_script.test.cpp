// Random scripts of role statements, run by psql on a server and replayed on what was read of
// it before: what is refused, and the roles, memberships and databases after it, are the same.
// PGLEAST_SQL_SCRIPTS=200 runs more of them.

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "input/replay/replay.hpp"
#include "input/server/server_reader.hpp"
#include "model/fresh_cluster.hpp"
#include "support/catch.hpp"
#include "support/server.hpp"
#include "text/display.hpp"

using namespace pgleast;
using pgleast::test::LiveServer;

namespace {

class Writer {
 public:
  Writer(unsigned seed, int major) : random_(seed), major_(major) {}

  /// One statement, on one line, without its semicolon.
  std::string statement() {
    if (number(16) == 0) return block();
    switch (number(20)) {
      case 0:
      case 1:
      case 2:
        return one_of({"CREATE ROLE ", "create user ", "CREATE GROUP "}) + name() + options(true);
      case 3:
      case 4:
        if (number(12) == 0) return "ALTER ROLE CURRENT_USER" + options_of_session();
        return one_of({"ALTER ROLE ", "ALTER USER "}) + name() + options(false);
      case 5:
        return "ALTER GROUP " + role() + one_of({" ADD USER ", " DROP USER "}) + roles();
      case 6:
        return "ALTER ROLE " + name() + " RENAME TO " + name();
      case 7:
        return "CREATE ROLE " + plain_name() + " LOGIN";
      case 8:
        return one_of({"DROP ROLE ", "DROP ROLE IF EXISTS ", "DROP USER "}) + roles();
      case 9:
        return database();
      case 10:
        if (number(3) > 0) return "ALTER USER " + plain_name() + options(false);
        return one_of({"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT s", "ROLLBACK TO s", "RELEASE s",
                       "COMMIT AND CHAIN", "ROLLBACK AND CHAIN"});
      case 11:
        if (number(2) == 0)
          return "ALTER ROLE " + plain_name() + one_of({" INHERIT", " NOINHERIT"});
        return one_of({"SET password_encryption = 'md5'", "SET LOCAL password_encryption = md5",
                       "RESET password_encryption", "SELECT 1;SELECT ')'", "/* '; */ SELECT 1",
                       "CREATE ROLE", "GRANT a TO", "CREATE ROLE \"\"", "nonsense"});
      case 12:
      case 13:
      case 14:
        return revoke();
      default:
        return "GRANT " + roles() + " TO " + roles() + with() + granted_by();
    }
  }

 private:
  unsigned number(unsigned below) { return static_cast<unsigned>(random_() % below); }
  std::string one_of(const std::vector<std::string>& words) {
    return words[number(static_cast<unsigned>(words.size()))];
  }

  std::string name() {
    if (number(16) == 0) {
      return one_of({"pg_monitor", "pg_database_owner", "pg_own", "public", "none", "select",
                     "\"none\"", "session_user", "u&\"\\0441\"", std::string(70, 'n'),
                     "\"" + std::string(61, 'w') + "ццц\"", "\"CURRENT_USER\""});
    }
    return plain_name();
  }
  std::string plain_name() {
    return one_of(
        {"A", "\"A\"", "\"b\"", "\"b c\"", "Ü", "\"select\"", "\"say \"\"hi\"\"\"", "d$"});
  }
  std::string role() { return number(12) == 0 ? "CURRENT_USER" : name(); }
  std::string roles() {
    auto result = role();
    while (number(6) == 0) result += " , " + role();
    return result;
  }

  /// A block that is followed.
  std::string block() {
    const auto dollars = one_of({"$$", "$a$"});
    std::string result = "DO " + one_of({"", "LANGUAGE plpgsql "}) + dollars + " BEGIN ";
    do {
      result += one_of({"", "NULL; ", "RAISE DEBUG 'x'; "});
      result +=
          "IF " + one_of({"NOT ", ""}) + "EXISTS (SELECT " + one_of({"", "1 ", "* "}) +
          one_of({"FROM pg_roles WHERE rolname = ",
                  "FROM pg_catalog.pg_authid r WHERE "
                  "r.rolname = ",
                  "FROM pg_user WHERE usename = "}) +
          one_of({"'a'", "'A'", "'b'", "'b c'", "'ü'", "E'a'", "'" + std::string(70, 'n') + "'"}) +
          one_of({"", "", " AND rolsuper"}) + ") THEN " + in_block() + in_block() +
          one_of({"", "ELSE " + in_block()}) + "END IF; ";
    } while (number(2) == 0);
    // pg_user has other columns.
    for (auto at = result.find("usename"); at < result.size();
         at = result.find("usename", at + 1)) {
      const auto column = result.find(" AND rolsuper", at);
      if (column < result.find(')', at)) result.erase(column, 13);
    }
    return result + "END" + one_of({"", ";"}) + " " + dollars;
  }

  std::string in_block() {
    return one_of({"CREATE ROLE " + plain_name() + one_of({"", " LOGIN", " LOGIN PASSWORD 'x'"}),
                   "DROP ROLE " + plain_name(), "DROP ROLE IF EXISTS " + plain_name(),
                   "ALTER ROLE " + plain_name() + " CONNECTION LIMIT 3",
                   "GRANT " + plain_name() + " TO " + plain_name(),
                   "REVOKE " + plain_name() + " FROM " + plain_name() + one_of({"", " CASCADE"}),
                   "ALTER ROLE " + plain_name() + " RENAME TO " + plain_name()}) +
           "; ";
  }

  std::string options(bool creates) {
    std::string result = one_of({"", " WITH"});
    for (unsigned left = number(3); left > 0; --left) result += ' ' + option(creates);
    return result;
  }

  /// None that would shut the tests out.
  std::string options_of_session() {
    return one_of({" PASSWORD 'x'", " NOCREATEDB CONNECTION LIMIT 50", " NOINHERIT",
                   major_ < 16 ? " SUPERUSER" : " NOSUPERUSER CREATEDB"});
  }

  std::string option(bool creates) {
    if (creates && number(3) == 0) {
      return one_of({"IN ROLE ", "IN GROUP ", "ROLE ", "USER ", "ADMIN "}) + roles();
    }
    return one_of(
        {"LOGIN",
         "NOLOGIN",
         "SUPERUSER",
         "INHERIT",
         "NOINHERIT",
         "CREATEDB",
         "NOCREATEDB",
         "CREATEROLE",
         "NOCREATEROLE",
         "REPLICATION",
         "NOREPLICATION",
         "BYPASSRLS",
         "NOBYPASSRLS",
         "CONNECTION LIMIT 5",
         "CONNECTION LIMIT -1",
         "CONNECTION LIMIT 0",
         "CONNECTION LIMIT - 7",
         "PASSWORD 'secret'",
         "ENCRYPTED PASSWORD $$se''cret$$",
         "PASSWORD NULL",
         "PASSWORD ''",
         "PASSWORD 'md5aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'",
         "PASSWORD E'\\'q'",
         "PASSWORD 'SCRAM-SHA-256$4096:c2FsdHNhbHQ=$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:"
         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='",
         "VALID UNTIL 'infinity'",
         "VALID UNTIL '2040-01-01 00:00:00+00'",
         "NOSUCHOPTION"});
  }

  std::string with() {
    if (number(2) == 0) return "";
    if (major_ < 16 && number(8) != 0) return " WITH ADMIN OPTION";
    std::string result = " WITH ";
    do {
      result +=
          one_of({"ADMIN", "INHERIT", "set", "\"set\""}) + one_of({" OPTION", " TRUE", " FALSE"});
    } while (number(3) == 0 && !(result += " , ").empty());
    return result;
  }
  std::string granted_by() { return number(4) == 0 ? " GRANTED BY " + role() : ""; }

  std::string revoke() {
    std::string result = "REVOKE ";
    if (number(2) == 0) {
      result += (major_ < 16 ? "ADMIN" : one_of({"ADMIN", "INHERIT", "SET", "other"})) +
                std::string(" OPTION FOR ");
    }
    return result + roles() + " FROM " + roles() + granted_by() +
           one_of({"", "", " CASCADE", " RESTRICT"});
  }

  std::string database() {
    const auto database = one_of({"d1", "\"D 2\""});
    switch (number(8)) {
      case 0:
        return "CREATE DATABASE " + database + " OWNER " + name();
      case 1:
        return "CREATE DATABASE " + database + " CONNECTION LIMIT = 3 IS_TEMPLATE false";
      case 2:
        return "DROP DATABASE " + one_of({"", "IF EXISTS "}) + database;
      case 3:
        return "ALTER DATABASE " + database + " RENAME TO " + one_of({"d1", "d3"});
      default:
        return "ALTER DATABASE " + database + " OWNER TO " + role();
    }
  }

  std::mt19937 random_;
  int major_;
};

/// What a cluster holds, with names for numbers.
std::set<std::string> told(const Cluster& c) {
  std::set<std::string> result;
  for (const auto& r : c.roles) {
    if (r.dropped) continue;
    std::string text = "role " + r.name + ":";
    for (const auto& a : role_attributes) {
      text += has(r, a.attribute) ? " " + std::string(a.keyword) : "";
    }
    result.insert(text + " limit " + std::to_string(r.connection_limit) + " until " +
                  r.valid_until + " password " + std::to_string(static_cast<int>(r.password)));
  }
  for (const auto& m : c.memberships) {
    const bool gone = m.grantor == no_role || c.role(m.grantor).dropped;
    result.insert("member " + c.role_name(m.member) + " of " + c.role_name(m.role) + " by " +
                  (gone ? "a dropped role" : c.role_name(m.grantor)) + (m.admin ? " ADMIN" : "") +
                  (m.inherit ? " INHERIT" : "") + (m.set ? " SET" : ""));
  }
  for (const auto& o : c.objects) {
    if (o.kind != ObjectKind::database) continue;
    const auto& d = c.databases[o.detail];
    result.insert("database " + o.name + " (" + o.identity + ") of " + c.role_name(o.owner) +
                  (d.allows_connections ? " connects" : "") + (d.is_template ? " template" : "") +
                  " limit " + std::to_string(d.connection_limit) + " acl " +
                  (o.acl == null_acl ? "null" : to_string(c.acls[index(o.acl)], [&](RoleId r) {
                    return c.role_name(r);
                  })));
  }
  return result;
}

std::string joined(const std::set<std::string>& lines, const std::set<std::string>& without) {
  std::string result;
  for (const auto& line : lines) result += without.contains(line) ? "" : line + "\n";
  return result;
}

std::string comparable(std::string message) {
  for (char& c : message) c = c == '"' ? '`' : c;
  return message;
}

/// What psql says went wrong, by the line of the statement.
std::map<std::size_t, std::string> errors_of(const LiveServer& server, const std::string& path) {
  const auto ran = test::run("psql -X -q -o /dev/null -d " + test::shell_quoted(server.dsn()) +
                             " -f " + test::shell_quoted(path) + " 2> /dev/null");
  std::map<std::size_t, std::string> result;
  const std::string mark = "@@ ";
  for (auto at = ran.out.find(mark); at != std::string::npos;) {
    const auto next = ran.out.find('\n' + mark, at);
    std::istringstream answer(ran.out.substr(at + mark.size(), next - at - mark.size()));
    std::size_t line = 0;
    std::string error, message;
    answer >> line >> error >> std::ws;
    std::getline(answer, message, '\0');
    while (message.ends_with('\n')) message.pop_back();
    if (error == "true") result[line] = comparable(displayed(message));
    at = next == std::string::npos ? next : next + 1;
  }
  return result;
}

/// What initdb left is what a script alone starts from.
void check_fresh(const Cluster& read) {
  const auto fresh = fresh_cluster(read.version_num);
  CHECK(told(fresh) == told(read));
  for (const auto& r : read.roles) CHECK(fresh.role(fresh.find_role(r.name).value()).oid == r.oid);
}

// Of the objects and of what future ones get.
std::set<std::string> lists_of(const Cluster& c) {
  std::set<std::string> lines;
  const auto add = [&](const std::string& what, const Acl& acl) {
    for (const auto& item : acl) {
      lines.insert(what + ' ' + to_string({item}, [&](RoleId id) { return c.role_name(id); }));
    }
  };
  for (const auto& o : c.objects) {
    if (!o.system) add(fmt::format("{} {}", info(o.kind).name, o.identity), c.effective_acl(o));
  }
  for (const auto& d : c.default_acls) {
    add(fmt::format("future {} of {}", d.type, c.role_name(d.creator)), c.acls[index(d.acl)]);
  }
  return lines;
}

}  // namespace

TEST_CASE("role statements do what they do on the server", "[live][sql]") {
  LiveServer server;
  const int major = server.major();
  const char* const asked = std::getenv("PGLEAST_SQL_SCRIPTS");
  const unsigned scripts = asked == nullptr ? 4 : static_cast<unsigned>(std::atoi(asked));
  std::size_t statements = 0, refused = 0, differences = 0;
  auto cluster = read_live({server.dsn(), {}, false});
  check_fresh(cluster);
  for (unsigned seed = 0; seed < scripts; ++seed) {
    Writer writer(seed, major);
    std::string text;
    for (std::size_t line = 1; line < 160; line += 2) {
      text += writer.statement() + ";\n\\echo @@ " + std::to_string(line) +
              " :ERROR :LAST_ERROR_MESSAGE\n";
      ++statements;
    }
    const auto path = server.folder() + "/script.sql";
    std::ofstream(path) << text;
    const auto expected = errors_of(server, path);
    cluster.unseen.erase(Fact::roles);
    const auto problems = replay_sql(Source("script", text), cluster);

    std::map<std::size_t, std::string> actual;
    for (const auto& d : problems.syntax) actual[d.at->line] = "syntax";
    for (const auto& d : problems.refused) {
      if (d.message != "the transaction is never committed") {
        actual[d.at->line] = comparable(d.message);
      }
    }
    for (std::size_t line = 1; line < 160; line += 2) {
      const auto theirs = expected.contains(line) ? expected.at(line) : "";
      auto ours = actual.contains(line) ? actual.at(line) : "";
      if (ours == "syntax" && !theirs.empty()) ours = theirs;
      refused += theirs.empty() ? 0 : 1;
      if (ours == theirs) continue;
      ++differences;
      const Source source("script", text);
      UNSCOPED_INFO("seed " << seed << ": " << source.line_after(source.line_start(line))
                            << "\n  server: " << theirs << "\n  ours:   " << ours);
    }
    const auto read = read_live({server.dsn(), {}, false});
    const auto ours = told(cluster);
    const auto theirs = told(read);
    INFO("seed " << seed << "\nonly on the server:\n"
                 << joined(theirs, ours) << "only ours:\n"
                 << joined(ours, theirs) << "script:\n"
                 << text);
    CHECK(differences == 0);
    CHECK(ours == theirs);
    if (differences > 0 || ours != theirs) break;
    cluster = read;
  }
  std::cout << scripts << " scripts, " << statements << " statements (" << refused << " refused), "
            << differences << " differences\n";
}

TEST_CASE("what bootstrap writes is replayed as the server runs it", "[live][sql]") {
  LiveServer server;
  server.sql("postgres",
             "CREATE ROLE app_user SUPERUSER; CREATE ROLE db_admin NOLOGIN; CREATE ROLE \"g%I\"; "
             "CREATE SCHEMA api; CREATE TABLE api.t (i int);");
  // Names that are none of psql's or SQL's business.
  const auto hostile = server.folder() + "/hostile.yaml";
  std::ofstream(hostile) << R"(policy: 1
classes:
  people: {names: ["x\"; DROP TABLE y; --", )"
                         << (server.major() >= 19 ? "newline" : R"("new\nline")")
                         << R"(, "a$pgleast$b", "Ü"], login: require}
attributes:
  people: {createdb: forbid, connection_limit: {max: 5}}
memberships:
  - {group: "g%I", members: {require: ["\\! touch owned", "o'clock", ":x"]}}
grants:
  - {to: "g%I", tables: {schema: api, names: [":x", "t*'%I"], require: [SELECT], future: true}}
)";
  auto cluster = read_live({server.dsn(), {}, false});
  const auto path = server.folder() + "/roles.sql";
  const auto of_roles = [](const Cluster& c) {
    auto lines = told(c);
    std::erase_if(lines, [](const std::string& line) { return line.starts_with("database "); });
    return lines;
  };
  const auto mystore = std::string(PGLEAST_SOURCE_DIR) + "/samples/mystore/hardened/policy.yaml";
  for (const auto& policy : {mystore, hostile, mystore}) {
    CAPTURE(policy);
    const auto written = test::pgleast("bootstrap --policy " + test::shell_quoted(policy));
    REQUIRE(written.code == 0);
    std::ofstream(path) << written.out;
    REQUIRE(server.psql_file("postgres", path).code == 0);
    const auto problems = replay_sql(Source("roles.sql", written.out), cluster);
    CHECK(problems.syntax.empty());
    CHECK(problems.refused.empty());
    CHECK(cluster.seen(Fact::roles));
    CHECK(cluster.seen(Fact::passwords));
    CHECK(cluster.seen(Fact::objects));
    const auto live = read_live({server.dsn(), {}, false});
    const auto ours = of_roles(cluster), theirs = of_roles(live);
    CHECK(lists_of(cluster) == lists_of(live));
    INFO("only on the server:\n" << joined(theirs, ours) << "only ours:\n" << joined(ours, theirs));
    CHECK(ours == theirs);
  }
}
