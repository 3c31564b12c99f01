// What the code that statements run may change is unseen, and nothing else; the lines below a COPY
// that is refused are statements; what is done to something that no script makes is unseen.

#include "input/replay/replay.hpp"
#include "model/fresh_cluster.hpp"
#include "support/catch.hpp"

using namespace pgleast;

namespace {

Cluster replayed(const std::string& script, int major = 16, Beneath beneath = Beneath::known) {
  auto cluster = fresh_cluster(major * 10000);
  const auto problems = replay_sql(Source("x.sql", script), cluster, beneath);
  CHECK(problems.syntax.empty());
  return cluster;
}

/// `roles objects`: those that the script left unseen.
std::string unseen_of(const Cluster& cluster) {
  std::string result;
  for (const auto& [fact, name] :
       {std::pair(Fact::roles, "roles"), std::pair(Fact::objects, "objects"),
        std::pair(Fact::role_settings, "role_settings")}) {
    if (cluster.seen(fact)) continue;
    result += result.empty() ? "" : " ";
    result += name;
  }
  return result;
}

const std::string setup =
    "CREATE ROLE app; CREATE TABLE t (a text, b int); CREATE TABLE secret (a int);"
    "CREATE FUNCTION bad(x text) RETURNS text LANGUAGE plpgsql AS"
    "  'BEGIN GRANT SELECT ON secret TO PUBLIC; RETURN x; END';"
    "CREATE FUNCTION role(x text) RETURNS text LANGUAGE sql AS"
    "  'GRANT pg_monitor TO app; SELECT x';"
    "CREATE FUNCTION good(x text) RETURNS text LANGUAGE plpgsql AS"
    "  'BEGIN PERFORM count(*) FROM secret; RETURN x; END';"
    "CREATE FUNCTION text(x text) RETURNS text LANGUAGE plpgsql AS"
    "  'BEGIN EXECUTE x; RETURN x; END';"
    "CREATE FUNCTION trig() RETURNS trigger LANGUAGE plpgsql AS"
    "  'BEGIN PERFORM bad(''a''); RETURN NEW; END';"
    "CREATE FUNCTION log() RETURNS trigger LANGUAGE plpgsql AS"
    "  'BEGIN INSERT INTO secret VALUES (1); RETURN NEW; END';";

}  // namespace

TEST_CASE("what a statement's code may change is unseen", "[input][sql][calls]") {
  struct Case {
    std::string script, unseen;
  };
  const std::string anything = "roles objects role_settings";
  const auto c = GENERATE_COPY(values<Case>({
      {"SELECT bad('a')", "objects"},
      {"SELECT bad(a) FROM t", "objects"},
      {"SELECT role(a) FROM t", "roles"},
      {"SELECT text(a) FROM t", anything},
      {"SELECT good(a) FROM t", ""},
      {"SELECT lower(a), count(*) FROM t GROUP BY 1", ""},
      {"SELECT pg_catalog.setval('x', 1)", ""},
      {"INSERT INTO t VALUES ('a', 1)", ""},
      {"INSERT INTO t SELECT good(a) FROM t", ""},
      {"INSERT INTO t SELECT bad(a) FROM t", "objects"},
      {"CREATE TRIGGER x BEFORE INSERT ON t EXECUTE FUNCTION log(); INSERT INTO t VALUES ('a')",
       ""},
      {"CREATE TRIGGER x BEFORE INSERT ON t EXECUTE FUNCTION trig(); INSERT INTO t VALUES ('a')",
       "objects"},
      {"CREATE TRIGGER x BEFORE INSERT ON t EXECUTE FUNCTION trig(); UPDATE t SET a = 'b'",
       "objects"},
      {"CREATE TRIGGER x BEFORE DELETE ON t EXECUTE FUNCTION trig(); INSERT INTO t VALUES ('a')",
       ""},
      {"CREATE TRIGGER x BEFORE INSERT ON t EXECUTE FUNCTION trig();"
       "ALTER TABLE t DISABLE TRIGGER x; INSERT INTO t VALUES ('a')",
       ""},
      {"CREATE TRIGGER x BEFORE INSERT ON t EXECUTE FUNCTION trig(); INSERT INTO secret VALUES (1)",
       ""},
      {"CREATE VIEW v AS SELECT bad(a) FROM t", ""},
      {"CREATE VIEW v AS SELECT bad(a) FROM t; TABLE v", "objects"},
      {"CREATE VIEW v AS SELECT good(a) FROM t; TABLE v", ""},
      {"CREATE TABLE d (a text DEFAULT bad('a'))", ""},
      {"CREATE TABLE d (a text DEFAULT bad('a')); INSERT INTO d DEFAULT VALUES", "objects"},
      {"CREATE DOMAIN dm AS text CHECK (bad(VALUE) > 'a'); SELECT 'a'::dm", "objects"},
      {"PREPARE p AS SELECT bad('a')", ""},
      {"PREPARE p AS SELECT bad('a'); EXECUTE p", "objects"},
      {"CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION trig()", ""},
      {"SELECT query_to_xml('SELECT 1', true, true, '')", ""},
      {"SELECT query_to_xml('SELECT bad(''a'')', true, true, '')", "objects"},
      {"SELECT query_to_xml(a, true, true, '') FROM t", anything},
      {"SELECT set_config('role', 'app', false) FROM t", anything},
      {"SELECT set_config('app.tenant', a, false) FROM t", ""},
      {"UPDATE pg_authid SET rolsuper = true", "roles"},
      {"CREATE VIEW w AS SELECT * FROM pg_authid; UPDATE w SET rolsuper = true", anything},
      {"SELECT lo_export(1, '/tmp/x')", anything},
      {"COPY t FROM PROGRAM 'x'", anything},
      {"COPY t TO '/tmp/x'", ""},
      {"ANALYZE t; VACUUM; REINDEX TABLE t", ""},
      {"CREATE EXTENSION pgcrypto; SELECT crypt('a', gen_salt('bf'))", ""},
      {"CREATE EXTENSION other; SELECT lower('a')", ""},
      {"CREATE EXTENSION other; SELECT its_own('a')", anything},
      {"SELECT nosuch('a')", ""},
  }));
  CAPTURE(c.script);
  CHECK(unseen_of(replayed(setup + c.script + ';')) == c.unseen);
}

TEST_CASE("below a COPY that is refused stand statements", "[input][sql][copy]") {
  const std::string rows = "\nGRANT pg_monitor TO app;\n\\.\nCREATE ROLE last;\n";
  struct Case {
    std::string copy;
    bool refused;
  };
  const auto c = GENERATE(values<Case>({
      {"COPY t FROM STDIN;", false},
      {"COPY t (b, a) FROM STDIN WITH (FORMAT csv, HEADER);", false},
      {"COPY v FROM STDIN;", false},
      {"COPY sq FROM STDIN;", false},
      {"COPY nosuch FROM STDIN;", true},
      {"COPY nosuch.t FROM STDIN;", true},
      {"COPY t (nix) FROM STDIN;", true},
      {"COPY t (a, a) FROM STDIN;", true},
      {"COPY g (b) FROM STDIN;", true},
      {"COPY g FROM STDIN;", false},
      {"COPY ix FROM STDIN;", true},
      {"\\copy t from stdin", false},
      {"\\copy nosuch from stdin", true},
      {"COPY t FROM STDIN; COPY t FROM STDIN;\n1\n\\.", false},
      {"COPY nosuch FROM STDIN; COPY t FROM STDIN;", false},
  }));
  CAPTURE(c.copy);
  const auto cluster = replayed(
      "CREATE ROLE app; CREATE TABLE t (a text, b int); CREATE VIEW v AS SELECT a FROM t;"
      "CREATE SEQUENCE sq; CREATE INDEX ix ON t (a);"
      "CREATE TABLE g (a int, b int GENERATED ALWAYS AS (a) STORED);" +
      c.copy + rows);
  CHECK(cluster.seen(Fact::roles));
  CHECK(cluster.memberships.size() == fresh_cluster(160000).memberships.size() + c.refused);
}

TEST_CASE("where it is not known whether a COPY is refused both are possible",
          "[input][sql][copy]") {
  struct Case {
    std::string script, unseen;
  };
  const auto c = GENERATE(values<Case>({
      {"COPY t FROM STDIN;\n1\ta;b\n\\.\n", ""},
      // Its triggers may do anything.
      {"COPY nosuch FROM STDIN;\n1\ta;b\n\\.\n", "roles objects role_settings"},
      {"COPY nosuch FROM STDIN;\nGRANT pg_monitor TO app;\n\\.\n", "roles objects role_settings"},
      {"COPY t FROM STDIN WHERE a > 1;\nGRANT pg_monitor TO app;\n\\.\n",
       "roles objects role_settings"},
      {"BEGIN READ ONLY;\nCOPY t FROM STDIN;\nROLLBACK;\nCREATE ROLE x;\n\\.\n",
       "roles objects role_settings"},
      {"BEGIN;\nSELECT 1/0;\nCOPY t FROM STDIN;\nROLLBACK; CREATE ROLE x;\n\\.\nROLLBACK;\n",
       "roles objects role_settings"},
  }));
  CAPTURE(c.script);
  const auto cluster =
      replayed("CREATE ROLE app; CREATE TABLE t (a int);" + c.script, 16, Beneath::unknown);
  CHECK(unseen_of(cluster) == c.unseen);
}

TEST_CASE("what is done to something that no script makes is unseen", "[input][sql]") {
  struct Case {
    std::string script, unseen;
  };
  const auto c = GENERATE(values<Case>({
      {"GRANT SELECT ON t TO other", "roles objects"},
      {"GRANT SELECT ON other TO a", "objects"},
      {"GRANT USAGE ON SCHEMA other TO a", "objects"},
      {"GRANT EXECUTE ON FUNCTION other() TO a", "objects"},
      {"GRANT other TO a", "roles"},
      {"GRANT a TO other", "roles"},
      {"ALTER ROLE other SUPERUSER", "roles"},
      {"ALTER TABLE t OWNER TO other", "roles objects"},
      {"SET ROLE other; GRANT SELECT ON t TO a", "roles objects"},
      {"DO $$ BEGIN GRANT other TO a; END $$", "roles objects role_settings"},
      {"DO $$ BEGIN GRANT other TO a; EXCEPTION WHEN OTHERS THEN NULL; END $$",
       "roles objects role_settings"},
      // It may be a view, and a table's triggers may do anything.
      {"INSERT INTO other VALUES (1)", "roles objects role_settings"},
      {"DELETE FROM other", "roles objects role_settings"},
      {"SELECT * FROM other", "roles objects role_settings"},
      {"WITH other AS (SELECT 1) SELECT * FROM other", ""},
      {"WITH RECURSIVE other AS (SELECT 1) INSERT INTO t SELECT * FROM other", ""},
      {"CREATE TEMP TABLE other (a int); INSERT INTO other VALUES (1)", ""},
      {"INSERT INTO t SELECT 1 FROM pg_class", ""},
      {"DROP TABLE IF EXISTS other", ""},
      {"DROP TABLE other", ""},
      {"DROP TABLE t; GRANT SELECT ON t TO a", ""},
      {"DROP ROLE a; GRANT SELECT ON t TO a", ""},
      {"ALTER TABLE t RENAME TO u; GRANT SELECT ON t TO a", ""},
      {"BEGIN; CREATE TABLE x (a int); ROLLBACK; GRANT SELECT ON x TO a", ""},
      {"GRANT SELECT (nix) ON t TO a", ""},
      {"CREATE TABLE t (a int)", ""},
  }));
  CAPTURE(c.script);
  const std::string made = "CREATE ROLE a; CREATE TABLE t (a int);";
  CHECK(unseen_of(replayed(made + c.script + ';', 16, Beneath::unknown)) == c.unseen);
  CHECK(unseen_of(replayed(made + c.script + ';', 16, Beneath::known)).empty());
}

TEST_CASE("who is no superuser changes roles as the server lets him", "[input][sql][roles]") {
  struct Case {
    std::string statement;
    int major;
    bool done;
  };
  // As 12 and 16 answer.
  const auto c = GENERATE(values<Case>({
      {"SET ROLE maker; CREATE ROLE x", 15, true},
      {"SET ROLE maker; CREATE ROLE x", 16, true},
      {"SET ROLE plain; CREATE ROLE x", 15, false},
      {"SET ROLE plain; CREATE ROLE x", 16, false},
      {"SET ROLE maker; CREATE ROLE x CREATEDB", 15, true},
      {"SET ROLE maker; CREATE ROLE x CREATEDB", 16, false},
      {"SET ROLE maker; CREATE ROLE x SUPERUSER", 15, false},
      {"SET ROLE maker; CREATE ROLE x SUPERUSER", 16, false},
      {"SET ROLE maker; CREATE ROLE x IN ROLE g", 15, true},
      {"SET ROLE maker; CREATE ROLE x IN ROLE g", 16, false},
      {"SET ROLE maker; ALTER GROUP g ADD USER app", 15, true},
      {"SET ROLE maker; ALTER GROUP g ADD USER app", 16, false},
      {"SET ROLE boss; ALTER GROUP g ADD USER app", 15, false},
      {"SET ROLE boss; ALTER GROUP g ADD USER app", 16, true},
      {"SET ROLE boss; GRANT g TO app", 15, true},
      {"SET ROLE boss; GRANT g TO app", 16, true},
      {"SET ROLE maker; ALTER ROLE app CREATEROLE", 15, true},
      {"SET ROLE maker; ALTER ROLE app CREATEROLE", 16, false},
      {"SET ROLE maker; ALTER ROLE chief LOGIN", 15, false},
      {"SET ROLE app; ALTER ROLE app PASSWORD 'x'", 15, true},
      {"SET ROLE app; ALTER ROLE app PASSWORD 'x'", 16, true},
      {"SET ROLE app; ALTER ROLE plain PASSWORD 'x'", 16, false},
      {"SET ROLE maker; CREATE ROLE x; ALTER ROLE x LOGIN", 16, true},
      {"SET ROLE maker; CREATE ROLE x; DROP ROLE x", 16, true},
      {"SET ROLE maker; DROP ROLE app", 15, true},
      {"SET ROLE maker; DROP ROLE app", 16, false},
      {"SET ROLE maker; ALTER ROLE app RENAME TO y", 15, true},
      {"SET ROLE maker; ALTER ROLE app RENAME TO y", 16, false},
      {"SET ROLE maker; ALTER ROLE app SET work_mem = 64", 15, true},
      {"SET ROLE maker; ALTER ROLE app SET work_mem = 64", 16, false},
  }));
  CAPTURE(c.statement, c.major);
  auto cluster = fresh_cluster(c.major * 10000);
  const auto problems = replay_sql(
      Source("x.sql",
             "CREATE ROLE maker CREATEROLE; CREATE ROLE plain; CREATE ROLE app; CREATE ROLE g;"
             "CREATE ROLE boss; CREATE ROLE chief SUPERUSER; GRANT g TO boss WITH ADMIN OPTION;" +
                 c.statement + ';'),
      cluster);
  CHECK(problems.refused.empty() == c.done);
  CHECK(cluster.seen(Fact::roles));
}

TEST_CASE("a role that nothing needs any more is dropped", "[input][sql][roles]") {
  const auto script = GENERATE(values<std::string>({
      "CREATE TABLE t (a int); GRANT SELECT ON t TO u; DROP TABLE t;",
      "CREATE TABLE t (a int); GRANT SELECT (a) ON t TO u; DROP TABLE t;",
      "CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO u; DROP SCHEMA s;",
      "CREATE SCHEMA s; CREATE TABLE s.t (a int); GRANT SELECT ON s.t TO u; DROP SCHEMA s CASCADE;",
      "CREATE SCHEMA s; ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO u;"
      "DROP SCHEMA s;",
      "CREATE SEQUENCE s; GRANT USAGE ON SEQUENCE s TO u; DROP SEQUENCE s;",
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';"
      "GRANT EXECUTE ON FUNCTION f() TO u; DROP FUNCTION f();",
      "CREATE TYPE e AS ENUM ('a'); GRANT USAGE ON TYPE e TO u; DROP TYPE e;",
      "CREATE TABLE t (a int); CREATE POLICY p ON t TO u; DROP TABLE t;",
      "CREATE TABLE t (a int); CREATE POLICY p ON t TO u; DROP POLICY p ON t;",
      "CREATE TABLE t (a int); ALTER TABLE t OWNER TO u; DROP OWNED BY u;",
      "CREATE TABLE t (a int); GRANT SELECT ON t TO u; DROP OWNED BY u;",
      "CREATE DATABASE d OWNER u; DROP DATABASE d;",
      "BEGIN; CREATE TABLE t (a int); GRANT SELECT ON t TO u; ROLLBACK;",
  }));
  CAPTURE(script);
  const auto cluster = replayed("CREATE USER u;" + script + "DROP USER u;");
  CHECK(!cluster.find_role("u").has_value());
}
