#include "input/replay/replay.hpp"

#include "model/fresh_cluster.hpp"
#include "support/catch.hpp"

using namespace pgleast;

namespace {

struct Replayed {
  Cluster cluster;
  SqlProblems problems;
};

Replayed replayed(const std::string& script, int major = 18) {
  Replayed result{fresh_cluster(major * 10000), {}};
  result.problems = replay_sql(Source("x.sql", script), result.cluster, Beneath::known);
  return result;
}

/// `line:column: message`, one a line.
std::string refusals(const SqlProblems& problems) {
  std::string result;
  for (const auto* const list : {&problems.syntax, &problems.refused}) {
    for (const auto& d : *list) {
      result +=
          std::to_string(d.at->line) + ':' + std::to_string(d.at->column) + ": " + d.message + '\n';
    }
  }
  return result;
}

/// `name owner {acl}` of what scripts made in schema public, one a line.
std::string objects(const Cluster& cluster) {
  std::string result;
  for (const auto& o : cluster.objects) {
    const bool shown = o.kind == ObjectKind::table || o.kind == ObjectKind::sequence ||
                       o.kind == ObjectKind::function || o.kind == ObjectKind::schema;
    if (!shown || o.system || o.oid < 16384) continue;
    result += o.identity + ' ' + cluster.role_name(o.owner);
    if (o.acl != null_acl) {
      result += ' ' + to_string(cluster.acls[index(o.acl)],
                                [&](RoleId role) { return cluster.role_name(role); });
    }
    result += '\n';
  }
  return result;
}

std::string remarks(const Cluster& cluster) {
  std::string result;
  for (const auto& r : cluster.remarks) result += r.why + '\n';
  return result;
}

bool has_role(const Cluster& cluster, std::string_view name) {
  return cluster.find_role(name).has_value();
}

}  // namespace

TEST_CASE("what is refused has the condition that the server gives it", "[input][sql]") {
  const std::string setup =
      "CREATE ROLE r; CREATE ROLE r2; CREATE SCHEMA s;"
      "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a FROM t;"
      "CREATE SEQUENCE sq OWNED BY t.a; CREATE INDEX ix ON t (a);"
      "CREATE TYPE e AS ENUM ('x'); CREATE DOMAIN d AS int; CREATE TYPE ct AS (x int);"
      "CREATE TABLE typed OF ct; CREATE TABLE pt (a int) PARTITION BY LIST (a);"
      "CREATE TABLE pt1 PARTITION OF pt FOR VALUES IN (1);"
      "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';"
      "CREATE FUNCTION f(text) RETURNS int LANGUAGE sql AS 'SELECT 1';"
      "CREATE FUNCTION trf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
      "CREATE POLICY p ON t; CREATE TRIGGER tr BEFORE INSERT ON t EXECUTE FUNCTION trf();"
      "GRANT r TO r2;";
  struct Case {
    std::string statement, condition;
  };
  // As 15.18 answers.
  const auto c = GENERATE(values<Case>({
      {"CREATE ROLE r", "duplicate_object"},
      {"CREATE ROLE pg_x", "reserved_name"},
      {"CREATE ROLE x CONNECTION LIMIT -2", "invalid_parameter_value"},
      {"CREATE ROLE x LOGIN NOLOGIN", "syntax_error"},
      {"ALTER ROLE postgres RENAME TO x", "feature_not_supported"},
      {"DROP ROLE postgres", "object_in_use"},
      {"DROP ROLE pg_monitor", "dependent_objects_still_exist"},
      {"DROP ROLE CURRENT_USER", "invalid_parameter_value"},
      {"DROP ROLE nix", "undefined_object"},
      {"GRANT r2 TO r", "invalid_grant_operation"},
      {"GRANT r TO pg_database_owner", "internal_error"},
      {"GRANT r (a) TO r2", "invalid_grant_operation"},
      {"SET ROLE nix", "invalid_parameter_value"},
      {"DROP OWNED BY postgres", "dependent_objects_still_exist"},
      {"CREATE DATABASE x", "active_sql_transaction"},
      {"ALTER DATABASE nix SET a.b = 1", "invalid_catalog_name"},
      {"GRANT CONNECT ON DATABASE nix TO r", "invalid_catalog_name"},
      {"GRANT foo ON t TO r", "syntax_error"},
      {"GRANT EXECUTE ON TABLE t TO r", "invalid_grant_operation"},
      {"GRANT SELECT ON ix TO r", "wrong_object_type"},
      {"GRANT USAGE ON SEQUENCE t TO r", "wrong_object_type"},
      {"GRANT USAGE ON DOMAIN e TO r", "wrong_object_type"},
      {"GRANT SELECT ON t TO PUBLIC WITH GRANT OPTION", "invalid_grant_operation"},
      {"GRANT SELECT ON t TO r GRANTED BY r", "feature_not_supported"},
      {"GRANT SELECT ON nix TO r", "undefined_table"},
      {"GRANT SELECT ON nix.t TO r", "invalid_schema_name"},
      {"GRANT USAGE ON SCHEMA nix TO r", "invalid_schema_name"},
      {"GRANT EXECUTE ON FUNCTION nix() TO r", "undefined_function"},
      {"ALTER DEFAULT PRIVILEGES GRANT SELECT (a) ON TABLES TO r", "invalid_grant_operation"},
      {"ALTER DEFAULT PRIVILEGES IN SCHEMA nix GRANT SELECT ON TABLES TO r", "invalid_schema_name"},
      {"CREATE TABLE t (a int)", "duplicate_table"},
      {"CREATE TABLE x (a int, a int)", "duplicate_column"},
      {"CREATE TABLE e (a int)", "duplicate_object"},
      {"CREATE TABLE nix.x (a int)", "invalid_schema_name"},
      {"CREATE TABLE x (a nix)", "undefined_object"},
      {"CREATE TABLE x (a nix.nix)", "invalid_schema_name"},
      {"CREATE TABLE x (a int) INHERITS (nix)", "undefined_table"},
      {"CREATE TABLE x () INHERITS (pt)", "wrong_object_type"},
      {"CREATE TABLE x PARTITION OF t FOR VALUES IN (1)", "invalid_object_definition"},
      {"CREATE TABLE x (a int REFERENCES v)", "wrong_object_type"},
      {"CREATE TABLE x (a int REFERENCES t (nix))", "undefined_column"},
      {"CREATE TABLE x (LIKE nix.t)", "invalid_schema_name"},
      {"CREATE TEMP TABLE public.x (a int)", "invalid_table_definition"},
      {"CREATE TYPE t AS (a int)", "duplicate_object"},
      {"CREATE TYPE e AS ENUM ()", "duplicate_object"},
      {"CREATE SCHEMA s", "duplicate_schema"},
      {"CREATE SCHEMA pg_x", "reserved_name"},
      {"CREATE SCHEMA AUTHORIZATION nix", "undefined_object"},
      {"CREATE VIEW x (a, a) AS SELECT 1, 2", "duplicate_column"},
      {"CREATE OR REPLACE VIEW t AS SELECT 1", "wrong_object_type"},
      {"CREATE OR REPLACE VIEW v AS SELECT b FROM t", "invalid_table_definition"},
      {"CREATE VIEW x AS SELECT 1 FROM nix", "undefined_table"},
      {"CREATE VIEW x AS SELECT 1 FROM nix.t", "undefined_table"},
      {"CREATE SEQUENCE s.x OWNED BY t.a", "object_not_in_prerequisite_state"},
      {"CREATE INDEX ON t (nix)", "undefined_column"},
      {"CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'", "duplicate_function"},
      {"CREATE FUNCTION g() LANGUAGE sql AS 'SELECT 1'", "invalid_function_definition"},
      {"CREATE FUNCTION g() RETURNS int LANGUAGE nix AS 'x'", "undefined_object"},
      {"CREATE OR REPLACE PROCEDURE f(int) LANGUAGE sql AS 'SELECT 1'", "wrong_object_type"},
      {"CREATE TRIGGER tr BEFORE INSERT ON t EXECUTE FUNCTION trf()", "duplicate_object"},
      {"CREATE TRIGGER x BEFORE INSERT ON t EXECUTE FUNCTION nix()", "undefined_function"},
      {"CREATE POLICY p ON t", "duplicate_object"},
      {"CREATE POLICY x ON v", "wrong_object_type"},
      {"CREATE POLICY x ON t FOR SELECT WITH CHECK (true)", "syntax_error"},
      {"CREATE TABLESPACE x LOCATION 'x'", "invalid_object_definition"},
      {"CREATE SERVER x FOREIGN DATA WRAPPER nix", "undefined_object"},
      {"ALTER TABLE t ADD a int", "duplicate_column"},
      {"ALTER TABLE t DROP nix", "undefined_column"},
      {"ALTER TABLE t DROP a", "dependent_objects_still_exist"},
      {"ALTER TABLE t ALTER a TYPE text", "feature_not_supported"},
      {"ALTER TABLE t ALTER a DROP IDENTITY", "object_not_in_prerequisite_state"},
      {"ALTER TABLE t DROP CONSTRAINT nix", "undefined_object"},
      {"ALTER TABLE nix ADD x int", "undefined_table"},
      {"ALTER TABLE nix.t ADD x int", "invalid_schema_name"},
      {"ALTER TABLE pt1 DROP a", "invalid_table_definition"},
      {"ALTER TABLE typed ADD x int", "wrong_object_type"},
      {"ALTER TYPE ct ADD ATTRIBUTE y int", "dependent_objects_still_exist"},
      {"ALTER TABLE t RENAME TO v", "duplicate_table"},
      {"ALTER TABLE t RENAME a TO b", "duplicate_column"},
      {"ALTER FUNCTION f(int) RENAME TO f", "duplicate_function"},
      {"ALTER SCHEMA s RENAME TO public", "duplicate_schema"},
      {"ALTER TYPE e RENAME TO d", "duplicate_object"},
      {"ALTER INDEX nix RENAME TO x", "undefined_table"},
      {"ALTER FUNCTION nix() OWNER TO r", "undefined_function"},
      {"ALTER TYPE nix.t OWNER TO r", "invalid_schema_name"},
      {"ALTER SEQUENCE sq SET SCHEMA s", "feature_not_supported"},
      {"ALTER TABLE t SET SCHEMA nix", "invalid_schema_name"},
      {"DROP TABLE t", "dependent_objects_still_exist"},
      {"DROP TABLE nix", "undefined_table"},
      {"DROP TABLE nix.t", "invalid_schema_name"},
      {"DROP VIEW t", "wrong_object_type"},
      {"DROP INDEX nix", "undefined_object"},
      {"DROP FOREIGN TABLE nix", "undefined_object"},
      {"DROP SEQUENCE nix", "undefined_table"},
      {"DROP FUNCTION f", "ambiguous_function"},
      {"DROP FUNCTION nix", "undefined_function"},
      {"DROP FUNCTION nix.f()", "invalid_schema_name"},
      {"DROP TYPE nix", "undefined_object"},
      {"DROP DOMAIN e", "wrong_object_type"},
      {"DROP SCHEMA nix", "invalid_schema_name"},
      {"DROP POLICY nix ON t", "undefined_object"},
      {"DROP TRIGGER nix ON nix", "undefined_table"},
      {"DROP TRIGGER nix ON nix.t", "invalid_schema_name"},
      {"DROP LANGUAGE nix", "undefined_object"},
      {"nonsense", "syntax_error"},
  }));
  CAPTURE(c.statement, c.condition);
  const auto actual = replayed(
      setup + "DO $$BEGIN EXECUTE $x$" + c.statement + "$x$; EXCEPTION WHEN " + c.condition +
          " THEN CREATE ROLE caught; WHEN OTHERS THEN CREATE ROLE other; END$$",
      15);
  CHECK(refusals(actual.problems) == "");
  CHECK(actual.cluster.seen(Fact::roles));
  CHECK(has_role(actual.cluster, "caught"));
}

TEST_CASE("a handler takes what the server's would take", "[input][sql]") {
  struct Case {
    std::string block;
    std::string expected;  // the role that it makes, or the refusal
  };
  const auto c = GENERATE(values<Case>({
      {"BEGIN CREATE ROLE pg_x; EXCEPTION WHEN SQLSTATE '42939' THEN CREATE ROLE a; END", "a"},
      {"BEGIN CREATE ROLE pg_x; EXCEPTION WHEN syntax_error_or_access_rule_violation THEN "
       "CREATE ROLE a; END",
       "a"},
      {"BEGIN CREATE ROLE pg_x; EXCEPTION WHEN duplicate_object OR reserved_name THEN "
       "CREATE ROLE a; END",
       "a"},
      {"BEGIN CREATE ROLE pg_x; EXCEPTION WHEN duplicate_object THEN CREATE ROLE a; END",
       "1:1: role name `pg_x` is reserved\n"},
      {"BEGIN CREATE ROLE a; CREATE ROLE pg_x; EXCEPTION WHEN OTHERS THEN CREATE ROLE b; END", "b"},
      {"BEGIN RAISE 'no'; EXCEPTION WHEN plpgsql_error THEN CREATE ROLE a; END", "a"},
      {"BEGIN RAISE unique_violation; EXCEPTION WHEN unique_violation THEN CREATE ROLE a; END",
       "a"},
      {"BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '22012'; EXCEPTION WHEN division_by_zero THEN "
       "CREATE ROLE a; END",
       "a"},
      {"BEGIN RAISE SQLSTATE '12345'; EXCEPTION WHEN SQLSTATE '12000' THEN CREATE ROLE a; END",
       "a"},
      {"BEGIN BEGIN CREATE ROLE pg_x; EXCEPTION WHEN reserved_name THEN RAISE; END; "
       "EXCEPTION WHEN reserved_name THEN CREATE ROLE a; END",
       "a"},
      {"BEGIN RAISE; END",
       "1:1: RAISE without parameters cannot be used outside an exception handler\n"},
      {"BEGIN ASSERT false; EXCEPTION WHEN OTHERS THEN CREATE ROLE a; END",
       "1:1: assertion failed\n"},
      {"BEGIN ASSERT false; EXCEPTION WHEN assert_failure THEN CREATE ROLE a; END", "a"},
      {"DECLARE n int; BEGIN SELECT 1 INTO STRICT n WHERE false; "
       "EXCEPTION WHEN no_data_found THEN CREATE ROLE a; END",
       "a"},
      {"BEGIN EXECUTE NULL; EXCEPTION WHEN null_value_not_allowed THEN CREATE ROLE a; END", "a"},
      {"BEGIN PERFORM 'nix'::regclass; EXCEPTION WHEN undefined_table THEN CREATE ROLE a; END",
       "a"},
      {"BEGIN PERFORM 'nix'::regnamespace; EXCEPTION WHEN invalid_schema_name THEN "
       "CREATE ROLE a; END",
       "a"},
      {"BEGIN PERFORM format('%I', NULL); EXCEPTION WHEN null_value_not_allowed THEN "
       "CREATE ROLE a; END",
       "a"},
  }));
  CAPTURE(c.block);
  const auto actual = replayed("DO $$" + c.block + "$$");
  CHECK(actual.cluster.seen(Fact::roles));
  const auto said = refusals(actual.problems);
  const bool refused = c.expected.find(':') < c.expected.size();
  CHECK(said == (refused ? c.expected : ""));
  CHECK(has_role(actual.cluster, "a") == (c.expected == "a"));
  CHECK(has_role(actual.cluster, "b") == (c.expected == "b"));
}

TEST_CASE("a transaction takes back what it did to objects", "[input][sql]") {
  struct Case {
    std::string script, objects, refusals;
  };
  const std::string aborted =
      "current transaction is aborted, commands ignored until end of transaction block\n";
  const auto c = GENERATE_COPY(values<Case>({
      {"CREATE TABLE t (a int); BEGIN; GRANT SELECT ON t TO PUBLIC; ROLLBACK;",
       "public.t postgres\n", ""},
      {"CREATE TABLE t (a int); BEGIN; GRANT SELECT ON t TO PUBLIC; COMMIT;",
       "public.t postgres {postgres=arwdDxtm/postgres,=r/postgres}\n", ""},
      {"BEGIN; CREATE TABLE t (); SAVEPOINT s; CREATE TABLE u (); ROLLBACK TO s; "
       "CREATE SCHEMA v; RELEASE s; COMMIT;",
       "public.t postgres\nv postgres\n", ""},
      {"BEGIN; CREATE TABLE t ();\nDROP TABLE u;\nCREATE TABLE v (); COMMIT; CREATE TABLE w ();",
       "public.w postgres\n", "2:12: table `u` does not exist\n3:1: " + aborted},
      {"CREATE TABLE t (); BEGIN; DROP TABLE t; ALTER TABLE t RENAME TO u; ROLLBACK;",
       "public.t postgres\n", "1:53: relation `t` does not exist\n"},
      {"BEGIN; CREATE TABLE t ();\nCOMMIT AND CHAIN; CREATE TABLE u ();", "public.t postgres\n",
       "1:1: the transaction is never committed\n"},
      {"SAVEPOINT s;", "", "1:1: SAVEPOINT can only be used in transaction blocks\n"},
      {"BEGIN; ROLLBACK TO s;\nROLLBACK;", "", "1:20: savepoint `s` does not exist\n"},
      {"BEGIN; CREATE DATABASE x;\nROLLBACK;", "",
       "1:8: CREATE DATABASE cannot run inside a transaction block\n"},
      {"CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t;\nDROP TABLE t;\n"
       "BEGIN; DROP TABLE t CASCADE; ROLLBACK; ALTER TABLE t RENAME TO u;",
       "public.u postgres\npublic.v postgres\n",
       "2:12: cannot drop what other objects depend on\n"},
      {"CREATE TABLE t (a serial); DROP TABLE t; CREATE TABLE t (b int); CREATE SEQUENCE t_a_seq;",
       "public.t postgres\npublic.t_a_seq postgres\n", ""},
  }));
  CAPTURE(c.script);
  const auto actual = replayed(c.script);
  CHECK(objects(actual.cluster) == c.objects);
  CHECK(refusals(actual.problems) == c.refusals);
}

TEST_CASE("a script that is not followed whole is remarked on", "[input][sql]") {
  struct Case {
    std::string script, remarks;
  };
  const auto c = GENERATE(values<Case>({
      {"CREATE TABLE t ();", ""},
      {"CREATE TABLE t ();\nCREATE TABLE t (); DROP TABLE u;",
       "refused by the server, so left out: 2 statements of x.sql (first: x.sql:2:14: relation "
       "`t` already exists)\n"},
      {"\\c shop\nCREATE TABLE t ();", "no script makes database shop: taken as new\n"},
      {"CREATE EXTENSION hstore;", "what extension hstore brings is not in x.sql\n"},
  }));
  CAPTURE(c.script);
  CHECK(remarks(replayed(c.script).cluster) == c.remarks);
}
