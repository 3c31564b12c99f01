// What others do for a role as owners, done on a server: views, rules, triggers, functions, foreign
// keys, parents, columns. Where reach says that app gets at the table, it does, by the statements
// as they are printed; the near miss beside it gives nothing, and nothing is told of it.

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "input/server/server_reader.hpp"
#include "pg/version.hpp"
#include "reach/route.hpp"
#include "support/catch.hpp"
#include "support/server.hpp"

using namespace pgleast;
using pgleast::test::LiveServer;

namespace {

// The tables are s.secret (id, a) and what the row makes; app has USAGE of s alone.
struct IndirectWorld {
  const char* name;
  const char* made;     // what there is
  const char* granted;  // what lets app do it
  const char* instead;  // what lets it not
  const char* target;   // table
  const char* privilege;
  const char* attack;  // by app
  int since = oldest_major;
};

const char* const definer = " SECURITY DEFINER SET search_path = pg_catalog, pg_temp ";

const IndirectWorld worlds[] = {
    {"columns to read", "", "GRANT SELECT (a) ON s.secret TO app", "", "s.secret", "SELECT",
     "SELECT a FROM s.secret"},
    {"columns to write", "", "GRANT UPDATE (a) ON s.secret TO app",
     "GRANT SELECT (a) ON s.secret TO app", "s.secret", "UPDATE", "UPDATE s.secret SET a = 'x'"},
    {"view", "CREATE VIEW s.v AS SELECT a FROM s.secret", "GRANT SELECT ON s.v TO app",
     "GRANT DELETE ON s.v TO app", "s.secret", "SELECT", "SELECT a FROM s.v"},
    {"view, deleted from", "CREATE VIEW s.v AS SELECT a FROM s.secret",
     "GRANT DELETE ON s.v TO app", "GRANT SELECT ON s.v TO app", "s.secret", "DELETE",
     "DELETE FROM s.v"},
    {"view, added to", "CREATE VIEW s.v AS SELECT a FROM s.secret", "GRANT INSERT ON s.v TO app",
     "GRANT SELECT ON s.v TO app", "s.secret", "INSERT", "INSERT INTO s.v VALUES ('x')"},
    {"view, changed", "CREATE VIEW s.v AS SELECT a FROM s.secret", "GRANT UPDATE (a) ON s.v TO app",
     "GRANT INSERT ON s.v TO app", "s.secret", "UPDATE", "UPDATE s.v SET a = 'x'"},
    {"view, not to be written", "CREATE VIEW s.v AS SELECT DISTINCT a FROM s.secret", "",
     "GRANT DELETE ON s.v TO app", "s.secret", "DELETE", "DELETE FROM s.v"},
    {"view of somebody who may not",
     "CREATE VIEW s.v AS SELECT a FROM s.secret; ALTER VIEW s.v OWNER TO other", "",
     "GRANT SELECT ON s.v TO app", "s.secret", "SELECT", "SELECT a FROM s.v"},
    {"view of its user", "CREATE VIEW s.v WITH (security_invoker) AS SELECT a FROM s.secret", "",
     "GRANT SELECT ON s.v TO app", "s.secret", "SELECT", "SELECT a FROM s.v", 15},
    {"view over a view",
     "CREATE VIEW s.v AS SELECT a FROM s.secret; CREATE VIEW s.w AS SELECT a FROM s.v;"
     "ALTER VIEW s.w OWNER TO other; GRANT DELETE ON s.v TO other",
     "GRANT DELETE ON s.w TO app", "GRANT SELECT ON s.w TO app", "s.secret", "DELETE",
     "DELETE FROM s.w"},
    {"materialized view", "CREATE MATERIALIZED VIEW s.m AS SELECT a FROM s.secret",
     "GRANT SELECT ON s.m TO app", "", "s.secret", "SELECT", "SELECT a FROM s.m"},
    {"rule",
     "CREATE TABLE s.t (a text); CREATE RULE r AS ON INSERT TO s.t DO ALSO DELETE FROM s.secret",
     "GRANT INSERT ON s.t TO app", "GRANT DELETE ON s.t TO app", "s.secret", "DELETE",
     "INSERT INTO s.t VALUES ('x')"},
    {"trigger",
     "CREATE TABLE s.t (a text); CREATE FUNCTION s.f() RETURNS trigger LANGUAGE plpgsql {definer}"
     "AS 'BEGIN DELETE FROM s.secret; RETURN NEW; END';"
     "CREATE TRIGGER t BEFORE INSERT ON s.t FOR EACH ROW EXECUTE FUNCTION s.f()",
     "GRANT INSERT ON s.t TO app", "GRANT UPDATE ON s.t TO app", "s.secret", "DELETE",
     "INSERT INTO s.t VALUES ('x')"},
    {"trigger of a function that runs as whoever writes",
     "CREATE TABLE s.t (a text); CREATE FUNCTION s.f() RETURNS trigger LANGUAGE plpgsql "
     "AS 'BEGIN DELETE FROM s.secret; RETURN NEW; END';"
     "CREATE TRIGGER t BEFORE INSERT ON s.t FOR EACH ROW EXECUTE FUNCTION s.f()",
     "", "GRANT INSERT ON s.t TO app", "s.secret", "DELETE", "INSERT INTO s.t VALUES ('x')"},
    {"view with a trigger",
     "CREATE VIEW s.v AS SELECT a FROM s.secret;"
     "CREATE FUNCTION s.f() RETURNS trigger LANGUAGE plpgsql {definer}"
     "AS 'BEGIN DELETE FROM s.secret; RETURN NEW; END';"
     "CREATE TRIGGER t INSTEAD OF INSERT ON s.v FOR EACH ROW EXECUTE FUNCTION s.f()",
     "GRANT INSERT ON s.v TO app", "GRANT SELECT ON s.v TO app", "s.secret", "DELETE",
     "INSERT INTO s.v VALUES ('x')"},
    {"function",
     "CREATE FUNCTION s.f() RETURNS void LANGUAGE sql {definer}"
     "AS 'DELETE FROM s.secret'; REVOKE ALL ON FUNCTION s.f() FROM PUBLIC",
     "GRANT EXECUTE ON FUNCTION s.f() TO app", "", "s.secret", "DELETE", "SELECT s.f()"},
    {"function of a function",
     "CREATE FUNCTION s.g() RETURNS void LANGUAGE sql AS 'DELETE FROM s.secret';"
     "CREATE FUNCTION s.f() RETURNS void LANGUAGE plpgsql {definer} AS 'BEGIN PERFORM s.g(); END';"
     "REVOKE ALL ON FUNCTION s.f() FROM PUBLIC",
     "GRANT EXECUTE ON FUNCTION s.f() TO app", "", "s.secret", "DELETE", "SELECT s.f()"},
    {"function that runs as its caller",
     "CREATE FUNCTION s.f() RETURNS void LANGUAGE sql AS 'DELETE FROM s.secret'", "",
     "GRANT EXECUTE ON FUNCTION s.f() TO app", "s.secret", "DELETE", "SELECT s.f()"},
    {"function that writes where a trigger is",
     "CREATE TABLE s.t (a text); CREATE FUNCTION s.g() RETURNS trigger LANGUAGE plpgsql "
     "AS 'BEGIN DELETE FROM s.secret; RETURN NEW; END';"
     "CREATE TRIGGER t BEFORE INSERT ON s.t FOR EACH ROW EXECUTE FUNCTION s.g();"
     "CREATE FUNCTION s.f() RETURNS void LANGUAGE sql {definer}"
     "AS 'INSERT INTO s.t VALUES (''x'')'; REVOKE ALL ON FUNCTION s.f() FROM PUBLIC",
     "GRANT EXECUTE ON FUNCTION s.f() TO app", "GRANT INSERT ON s.t TO app", "s.secret", "DELETE",
     "SELECT s.f()"},
    {"ON DELETE CASCADE",
     "CREATE TABLE s.series (id int REFERENCES s.secret ON DELETE CASCADE);"
     "INSERT INTO s.series VALUES (1); ALTER TABLE s.series ENABLE ROW LEVEL SECURITY;"
     "ALTER TABLE s.series FORCE ROW LEVEL SECURITY",
     "GRANT DELETE ON s.secret TO app", "GRANT SELECT ON s.secret TO app", "s.series", "DELETE",
     "DELETE FROM s.secret"},
    {"ON DELETE SET NULL",
     "CREATE TABLE s.series (id int REFERENCES s.secret ON DELETE SET NULL);"
     "INSERT INTO s.series VALUES (1)",
     "GRANT DELETE ON s.secret TO app", "", "s.series", "UPDATE", "DELETE FROM s.secret"},
    {"ON DELETE SET DEFAULT",
     "CREATE TABLE s.series (id int DEFAULT NULL REFERENCES s.secret ON DELETE SET DEFAULT);"
     "INSERT INTO s.series VALUES (1)",
     "GRANT DELETE ON s.secret TO app", "", "s.series", "UPDATE", "DELETE FROM s.secret"},
    {"ON UPDATE CASCADE",
     "CREATE TABLE s.series (id int REFERENCES s.secret ON UPDATE CASCADE);"
     "INSERT INTO s.series VALUES (1)",
     "GRANT UPDATE (id) ON s.secret TO app", "GRANT UPDATE (a) ON s.secret TO app", "s.series",
     "UPDATE", "UPDATE s.secret SET id = 7"},
    {"ON DELETE RESTRICT",
     "CREATE TABLE s.series (id int REFERENCES s.secret ON DELETE RESTRICT);"
     "INSERT INTO s.series VALUES (1)",
     "", "GRANT DELETE ON s.secret TO app", "s.series", "DELETE", "DELETE FROM s.secret"},
    {"foreign key whose triggers are off",
     "CREATE TABLE s.series (id int REFERENCES s.secret ON DELETE CASCADE);"
     "INSERT INTO s.series VALUES (1); ALTER TABLE s.secret DISABLE TRIGGER ALL",
     "", "GRANT DELETE ON s.secret TO app", "s.series", "DELETE", "DELETE FROM s.secret"},
    {"foreign keys in a row",
     "CREATE TABLE s.series (id int PRIMARY KEY REFERENCES s.secret ON DELETE CASCADE);"
     "CREATE TABLE s.parts (id int REFERENCES s.series ON DELETE SET NULL);"
     "INSERT INTO s.series VALUES (1); INSERT INTO s.parts VALUES (1)",
     "GRANT DELETE ON s.secret TO app", "", "s.parts", "UPDATE", "DELETE FROM s.secret"},
    {"foreign key of a view's table",
     "CREATE TABLE s.series (id int REFERENCES s.secret ON DELETE CASCADE);"
     "INSERT INTO s.series VALUES (1); CREATE VIEW s.v AS SELECT a FROM s.secret",
     "GRANT DELETE ON s.v TO app", "GRANT SELECT ON s.v TO app", "s.series", "DELETE",
     "DELETE FROM s.v"},
    {"foreign key to a partition",
     "CREATE TABLE s.p (id int PRIMARY KEY) PARTITION BY LIST (id);"
     "CREATE TABLE s.p1 PARTITION OF s.p FOR VALUES IN (1); INSERT INTO s.p VALUES (1);"
     "CREATE TABLE s.series (id int REFERENCES s.p ON DELETE CASCADE);"
     "INSERT INTO s.series VALUES (1)",
     "GRANT DELETE ON s.p1 TO app", "", "s.series", "DELETE", "DELETE FROM s.p1"},
    {"partition",
     "CREATE TABLE s.p (a text) PARTITION BY LIST (a);"
     "CREATE TABLE s.p1 PARTITION OF s.p FOR VALUES IN ('x'); INSERT INTO s.p VALUES ('x')",
     "GRANT DELETE ON s.p TO app", "GRANT INSERT ON s.p TO app", "s.p1", "DELETE",
     "DELETE FROM s.p"},
    {"rows of a partition",
     "CREATE TABLE s.p (a text) PARTITION BY LIST (a);"
     "CREATE TABLE s.p1 PARTITION OF s.p FOR VALUES IN ('gained');"
     "CREATE TABLE s.p2 PARTITION OF s.p FOR VALUES IN ('x'); INSERT INTO s.p VALUES ('gained')",
     "GRANT SELECT ON s.p1 TO app", "GRANT INSERT ON s.p1 TO app", "s.p", "SELECT",
     "SELECT a FROM s.p1"},
    {"rows of another partition",
     "CREATE TABLE s.p (a text) PARTITION BY LIST (a);"
     "CREATE TABLE s.p1 PARTITION OF s.p FOR VALUES IN ('gained');"
     "CREATE TABLE s.p2 PARTITION OF s.p FOR VALUES IN ('x'); INSERT INTO s.p VALUES ('gained')",
     "", "GRANT SELECT ON s.p1 TO app", "s.p2", "SELECT", "SELECT a FROM s.p2"},
    {"view of a partition",
     "CREATE TABLE s.p (a text) PARTITION BY LIST (a);"
     "CREATE TABLE s.p1 PARTITION OF s.p FOR VALUES IN ('gained');"
     "CREATE TABLE s.p2 PARTITION OF s.p FOR VALUES IN ('x'); INSERT INTO s.p VALUES ('gained');"
     "CREATE VIEW s.v AS SELECT a FROM s.p1",
     "GRANT SELECT, DELETE ON s.v TO app", "", "s.p", "DELETE", "DELETE FROM s.v"},
};

std::string filled(std::string text) {
  const std::string mark = "{definer}";
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark)) {
    text.replace(at, mark.size(), definer);
  }
  return text;
}

struct IndirectCount {
  int worlds = 0, attacks = 0, told = 0, as_printed = 0, false_alarms = 0;
};

class IndirectTest {
 public:
  explicit IndirectTest(const LiveServer& server) : server_(server) {
    server_.sql("postgres", "CREATE ROLE app LOGIN; CREATE ROLE other;");
    server_.sql("postgres", "CREATE DATABASE indirect");
  }

  void run(const IndirectWorld& world, const char* granted, bool works, IndirectCount& count) {
    CAPTURE(server_.major(), world.name, granted);
    ++count.worlds;
    make(world, granted);
    const auto routes = told(world);
    bool certain = false;
    for (const auto& route : routes) {
      const bool rows = !route.rows || route.rows->kind != RowAccess::Kind::none;
      certain = certain || (route.unknown.empty() && !route.needs_victim && rows);
    }
    CHECK(certain == works);
    count.told += certain && works ? 1 : 0;
    count.false_alarms += certain && !works ? 1 : 0;
    if (certain) {
      const auto ran = as_app("BEGIN;\n" + joined(routes.front().statements) + "ROLLBACK;\n");
      INFO(ran);
      CHECK(ran.find("ERROR") == std::string::npos);
      count.as_printed += ran.find("ERROR") == std::string::npos ? 1 : 0;
    }
    const bool gained = gains(world);
    CHECK(gained == works);
    count.attacks += gained ? 1 : 0;
  }

  /// Whether there is a way, and none that is certain.
  bool possible(const IndirectWorld& world, const char* granted) {
    make(world, granted);
    auto routes = told(world);
    std::erase_if(routes, [](const Route& route) { return route.needs_victim; });
    return !routes.empty() && std::all_of(routes.begin(), routes.end(), [](const Route& route) {
      return !route.unknown.empty();
    });
  }

  bool gains(const IndirectWorld& world) const {
    const auto before = content(world.target);
    const auto said = as_app(std::string(world.attack) + ";\n");
    INFO(said);
    const bool reads = std::string(world.privilege) == "SELECT";
    return reads ? said.find("gained") != std::string::npos : content(world.target) != before;
  }

 private:
  void make(const IndirectWorld& world, const char* granted) const {
    server_.sql("indirect",
                "DROP SCHEMA IF EXISTS s CASCADE; CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO app;"
                "CREATE TABLE s.secret (id int PRIMARY KEY DEFAULT 9, a text);"
                "INSERT INTO s.secret VALUES (1, 'gained');" +
                    filled(world.made) + ';' + granted);
  }

  std::vector<Route> told(const IndirectWorld& world) const {
    const auto cluster = read_live({server_.dsn("indirect"), {}, false});
    const Graph graph(cluster);
    const Connections connections(graph);
    const Escalations escalations(graph, connections);
    const auto target =
        targets_named(cluster, std::string("table:") + world.target, world.privilege).front();
    return Routes(graph, escalations, target)
        .from(cluster.find_role("app").value(), database_of(cluster, target));
  }

  static std::string joined(const std::vector<std::string>& statements) {
    std::string text;
    for (const auto& statement : statements) text += statement + '\n';
    return text;
  }

  std::string as_app(const std::string& script) const {
    const auto path = server_.folder() + "/app.sql";
    server_.write(path, script);
    return test::run("psql -X -q -At -d " + test::shell_quoted(server_.dsn("indirect", "app")) +
                     " -f " + test::shell_quoted(path))
        .out;
  }

  std::string content(const std::string& table) const {
    return server_.ask("indirect",
                       "SELECT string_agg(t::text, ',' ORDER BY t::text) FROM " + table + " t");
  }

  const LiveServer& server_;
};

}  // namespace

TEST_CASE("what others do for a role is told where it is done", "[live][reach][indirect]") {
  const LiveServer server;
  IndirectTest test(server);
  IndirectCount count;
  for (const auto& world : worlds) {
    if (server.major() < world.since) continue;
    if (*world.granted != '\0') test.run(world, world.granted, true, count);
    test.run(world, world.instead, false, count);
  }
  std::cout << fmt::format(
      "indirect on {}: {} worlds, {} attacks work, {} told, {} ran as printed, {} false alarms\n",
      server.major(), count.worlds, count.attacks, count.told, count.as_printed,
      count.false_alarms);
  CHECK(count.attacks == count.told);
  CHECK(count.as_printed == count.told);
  CHECK(count.false_alarms == 0);
}

// Whether it gets in there hangs on records and passwords that are not looked at: never certain.
TEST_CASE("what a foreign table leads back to is told as possible", "[live][reach][indirect]") {
  const LiveServer server;
  const auto offered = server.ask(
      "postgres", "SELECT count(*) FROM pg_available_extensions WHERE name = 'postgres_fdw'");
  if (server.major() < 13 || offered == "0") {
    std::cout << "foreign tables: skipped, for only a superuser needs no password\n";
    return;
  }
  IndirectTest test(server);
  const auto made = [&](const std::string& port) {
    return "CREATE EXTENSION IF NOT EXISTS postgres_fdw; DROP SERVER IF EXISTS back CASCADE;"
           "CREATE SERVER back FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '" +
           server.folder() + "', port '" + port +
           "', dbname 'indirect');"
           "CREATE USER MAPPING FOR app SERVER back OPTIONS (user '" +
           server.superuser() +
           "', password_required 'false');"
           "CREATE FOREIGN TABLE s.f (id int, a text) SERVER back OPTIONS (schema_name 's', "
           "table_name 'secret')";
  };
  const auto here = made(server.ask("postgres", "SHOW port"));
  const auto elsewhere = made("1");
  IndirectWorld world{"foreign table", here.c_str(),       "", "", "s.secret",
                      "SELECT",        "SELECT a FROM s.f"};
  CHECK(test.possible(world, "GRANT SELECT ON s.f TO app"));
  CHECK(test.gains(world));
  CHECK_FALSE(test.possible(world, "GRANT UPDATE ON s.f TO app"));
  CHECK_FALSE(test.gains(world));
  world.made = elsewhere.c_str();
  CHECK_FALSE(test.possible(world, "GRANT SELECT ON s.f TO app"));
}
