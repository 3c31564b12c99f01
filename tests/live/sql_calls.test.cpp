// Scripts that call a function of their own which grants to PUBLIC, in every way that there is: run
// by psql on a server and replayed. What the server's catalogs then say is in the model, or unseen.
// The same with a function that only reads: then nothing is unseen.

#include <fmt/format.h>

#include <fstream>
#include <iostream>

#include "input/replay/replay.hpp"
#include "model/fresh_cluster.hpp"
#include "privileges/aclmask.hpp"
#include "support/catch.hpp"
#include "support/server.hpp"

using namespace pgleast;
using pgleast::test::LiveServer;

namespace {

struct Way {
  const char* statements;  // f(text), a function without arguments tf() for triggers, a table t (a)
  int since = 12;
  int until = 99;
};

// `f` and `tf` do what the body says and return what they are given.
const std::vector<Way> ways{
    {"SELECT f('a');"},
    {"SELECT f(a) FROM t;"},
    {"SELECT * FROM f('a');"},
    {"SELECT a FROM t WHERE f(a) = 'x';"},
    {"SELECT 1 FROM t ORDER BY f(a);"},
    {"SELECT count(*) FROM t GROUP BY f(a);"},
    {"SELECT 1 FROM t HAVING max(f(a)) = 'x';"},
    {"SELECT 1 LIMIT length(f('a'));"},
    {"SELECT CASE WHEN f('a') = 'a' THEN 1 END;"},
    {"SELECT coalesce(f('a'), 'b');"},
    {"SELECT lower(f('a'));"},
    {"SELECT ARRAY[f('a')], ROW(f('b'));"},
    {"SELECT (SELECT f('a'));"},
    {"SELECT 1 WHERE EXISTS (SELECT f('a'));"},
    {"SELECT 1 FROM t, LATERAL (SELECT f(t.a)) x;"},
    {"SELECT 1 FROM t JOIN t u ON f(t.a) = u.a;"},
    {"(SELECT f('a')) UNION SELECT 'b';"},
    {"TABLE v;"},
    {"SELECT * FROM v;"},
    {"CREATE VIEW v2 AS SELECT * FROM v; CREATE VIEW v3 AS SELECT * FROM v2; TABLE v3;"},
    {"VALUES (f('a'));"},
    {"WITH w AS (SELECT f('a')) SELECT * FROM w;"},
    {"WITH w AS (INSERT INTO t VALUES (f('a')) RETURNING a) SELECT 1;"},
    {"INSERT INTO t SELECT f('a');"},
    {"INSERT INTO t VALUES (f('a'));"},
    {"INSERT INTO t VALUES ('q') RETURNING f(a);"},
    {"INSERT INTO t VALUES ('k') ON CONFLICT (a) DO UPDATE SET a = f('k');"},
    {"UPDATE t SET a = f(a);"},
    {"UPDATE t SET a = 'z' WHERE f(a) = 'x';"},
    {"UPDATE t SET a = a RETURNING f(a);"},
    {"DELETE FROM t WHERE f(a) = 'x';"},
    {"DELETE FROM t RETURNING f(a);"},
    {"MERGE INTO t USING (SELECT f('a') AS b) s ON t.a = s.b WHEN NOT MATCHED THEN INSERT VALUES "
     "('m');",
     15},
    {"CREATE TABLE d (a int, b text DEFAULT f('a')); INSERT INTO d VALUES (1);"},
    {"CREATE TABLE d (a int, b text DEFAULT f('a')); INSERT INTO d DEFAULT VALUES;"},
    {"CREATE TABLE d (a int, b text DEFAULT f('a'));\nCOPY d (a) FROM STDIN;\n1\n\\.\n"},
    {"CREATE TABLE c (a text CHECK (f(a) <> 'x')); INSERT INTO c VALUES ('a');"},
    {"CREATE TABLE c (a text CHECK (f(a) <> 'x')); CREATE TABLE c2 () INHERITS (c); INSERT INTO c2 "
     "VALUES ('a');"},
    {"CREATE TABLE c (a text CHECK (f(a) <> 'x')); CREATE TABLE c2 (LIKE c INCLUDING ALL); INSERT "
     "INTO c2 VALUES ('a');"},
    {"ALTER TABLE t ADD COLUMN b text DEFAULT f('a');"},
    {"ALTER TABLE t ADD CHECK (f(a) <> 'x');"},
    {"ALTER TABLE t ALTER a TYPE varchar USING f(a);"},
    {"CREATE TABLE x AS SELECT f('a');"},
    {"CREATE TEMP TABLE x ON COMMIT DROP AS SELECT f('a');"},
    {"SELECT f('a') AS a INTO x;"},
    {"CREATE MATERIALIZED VIEW m AS SELECT f('a');"},
    {"CREATE MATERIALIZED VIEW m AS SELECT f('a') WITH NO DATA; REFRESH MATERIALIZED VIEW m;"},
    {"PREPARE p1 AS SELECT f('a'); EXECUTE p1; DEALLOCATE p1;"},
    {"PREPARE p2 (text) AS SELECT $1; EXECUTE p2 (f('a')); DEALLOCATE p2;"},
    {"PREPARE p3 AS SELECT f('a'); CREATE TABLE x AS EXECUTE p3; DEALLOCATE p3;"},
    {"EXPLAIN ANALYZE SELECT f('a');"},
    {"COPY (SELECT f('a')) TO STDOUT;"},
    {"COPY (UPDATE t SET a = f(a) RETURNING a) TO STDOUT;"},
    {"BEGIN; DECLARE c CURSOR FOR SELECT f('a'); FETCH c; COMMIT;"},
    {"DO $$ BEGIN PERFORM f('a'); END $$;"},
    {"DO $$ DECLARE x text := f('a'); BEGIN END $$;"},
    {"DO $$ BEGIN EXECUTE 'SELECT f(''a'')'; END $$;"},
    {"DO $$ BEGIN INSERT INTO t VALUES (f('a')); END $$;"},
    {"DO $$ BEGIN IF f('a') = 'a' THEN NULL; END IF; END $$;"},
    {"CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT f(''a'')'; CALL p();"},
    {"CREATE PROCEDURE p(x text) LANGUAGE plpgsql AS 'BEGIN NULL; END'; CALL p(f('a'));"},
    {"CREATE FUNCTION g() RETURNS text LANGUAGE sql AS 'SELECT f(''a'')'; SELECT g();"},
    {"CREATE FUNCTION g() RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN f(''a''); END'; CREATE "
     "FUNCTION h() RETURNS text LANGUAGE sql AS 'SELECT g()'; SELECT h();"},
    {"CREATE FUNCTION g() RETURNS text RETURN f('a'); SELECT g();", 14},
    {"CREATE FUNCTION g() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT f('a'); END; SELECT g();",
     14},
    {"CREATE FUNCTION g(x text DEFAULT f('a')) RETURNS text LANGUAGE sql AS 'SELECT x'; SELECT "
     "g();"},
    {"CREATE FUNCTION g(x text) RETURNS text LANGUAGE plpgsql AS 'BEGIN EXECUTE x; RETURN x; END'; "
     "SELECT g('SELECT f(''a'')');"},
    {"CREATE FUNCTION sf(x text, y text) RETURNS text LANGUAGE sql AS 'SELECT f(y)'; CREATE "
     "AGGREGATE ag(text) (SFUNC = sf, STYPE = text, INITCOND = ''); SELECT ag(a) FROM t;"},
    {"CREATE FUNCTION o(x text, y text) RETURNS text LANGUAGE sql AS 'SELECT f(y)'; CREATE "
     "OPERATOR "
     "+++ (LEFTARG = text, RIGHTARG = text, PROCEDURE = o); SELECT 'a' +++ 'b';"},
    {"CREATE TYPE ct AS (a int); CREATE FUNCTION cf(x ct) RETURNS text LANGUAGE sql AS 'SELECT "
     "f(''a'')'; CREATE CAST (ct AS text) WITH FUNCTION cf(ct); SELECT ROW(1)::ct::text;"},
    {"CREATE DOMAIN dm AS text CHECK (f(VALUE) <> 'x'); SELECT 'a'::dm;"},
    {"CREATE DOMAIN dm AS text CHECK (f(VALUE) <> 'x'); CREATE TABLE dt (a dm); INSERT INTO dt "
     "VALUES ('a');"},
    {"CREATE DOMAIN dm AS text CHECK (f(VALUE) <> 'x'); CREATE TABLE dt (a dm);\nCOPY dt FROM "
     "STDIN;\na\n\\.\n"},
    {"CREATE DOMAIN dm AS text; CREATE TABLE dt (a dm); INSERT INTO dt VALUES ('a'); ALTER DOMAIN "
     "dm ADD CHECK (f(VALUE) <> 'x');"},
    {"CREATE DOMAIN dm AS text; ALTER DOMAIN dm ADD CHECK (f(VALUE) <> 'x'); SELECT dm 'a';"},
    {"CREATE DOMAIN dm AS text CHECK (f(VALUE) <> 'x'); CREATE TYPE ct AS (a dm); SELECT "
     "'(a)'::ct;"},
    {"CREATE FUNCTION i(x text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT f(x)'; CREATE INDEX "
     "ON t (i(a));"},
    {"CREATE FUNCTION i(x text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN f(x); "
     "END'; CREATE TABLE it (a text); CREATE INDEX ON it (i(a)); INSERT INTO it VALUES ('a');"},
    {"CREATE FUNCTION i(x text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN f(x); "
     "END'; CREATE TABLE pt (a text) PARTITION BY LIST (a); CREATE TABLE pt1 PARTITION OF pt FOR "
     "VALUES IN (i('a'));"},
    {"CREATE FUNCTION i(x text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN f(x); "
     "END'; CREATE TABLE gt (a text, b text GENERATED ALWAYS AS (i(a)) STORED); INSERT INTO gt "
     "VALUES ('a');"},
    {"CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION tf(); INSERT INTO t "
     "VALUES "
     "('a');"},
    {"CREATE TRIGGER tr AFTER UPDATE ON t EXECUTE FUNCTION tf(); UPDATE t SET a = a;"},
    {"CREATE TRIGGER tr AFTER DELETE ON t FOR EACH ROW EXECUTE FUNCTION tf(); DELETE FROM t;"},
    {"CREATE TRIGGER tr AFTER TRUNCATE ON t EXECUTE FUNCTION tf(); TRUNCATE t;"},
    {"CREATE TRIGGER tr AFTER INSERT ON t EXECUTE FUNCTION tf();\nCOPY t FROM STDIN;\nc\n\\.\n"},
    {"CREATE TABLE p (a text) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p DEFAULT; "
     "CREATE "
     "TRIGGER tr AFTER INSERT ON p1 FOR EACH ROW EXECUTE FUNCTION tf(); INSERT INTO p VALUES "
     "('a');"},
    {"CREATE VIEW tv AS SELECT a FROM t; CREATE TRIGGER tr INSTEAD OF INSERT ON tv FOR EACH ROW "
     "EXECUTE FUNCTION tf(); INSERT INTO tv VALUES ('a');"},
    {"CREATE VIEW tv AS SELECT a FROM t; CREATE TRIGGER tr AFTER INSERT ON t FOR EACH ROW EXECUTE "
     "FUNCTION tf(); INSERT INTO tv VALUES ('a');"},
    {"CREATE TABLE ch (a text REFERENCES t ON DELETE CASCADE); INSERT INTO ch VALUES ('x'); CREATE "
     "TRIGGER tr AFTER DELETE ON ch FOR EACH ROW EXECUTE FUNCTION tf(); DELETE FROM t;"},
    {"CREATE CONSTRAINT TRIGGER tr AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
     "EXECUTE FUNCTION tf(); BEGIN; INSERT INTO t VALUES ('d'); COMMIT;"},
    {"CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW WHEN (f(NEW.a) = 'a') EXECUTE FUNCTION "
     "suppress_redundant_updates_trigger(); INSERT INTO t VALUES ('a');"},
    {"CREATE RULE r AS ON INSERT TO t DO ALSO SELECT f('a'); INSERT INTO t VALUES ('a');"},
    {"CREATE FUNCTION a2(x t) RETURNS text LANGUAGE sql AS 'SELECT f(''a'')'; SELECT t.a2 FROM t;"},
    {"SELECT query_to_xml('SELECT f(''a'')', true, true, '');"},
    {"SELECT query_to_xml('SEL' || 'ECT f(''a'')', true, true, '');"},
    {"SELECT table_to_xml('v', true, true, '');"},
    {"SELECT * FROM ts_stat('SELECT f(''a'')::tsvector');"},
    {"SELECT 'SELECT f(''a'')' \\gexec\n"},
    {"SELECT f('a') \\gset x_\n"},
    {"SELECT f('a') \\g /dev/null\n"},
    {"SELECT f('a')\\;SELECT 1;"},
    {"SELECT 1 AS one, f('a');SELECT 2;"},
    {"CREATE SEQUENCE s; SELECT setval('s', length(f('a')));"},
    {"SET ROLE NONE; SELECT f('a');"},
    {"CREATE STATISTICS st ON (f(a)), a FROM t; ANALYZE t;", 14},
    {"COPY nosuch FROM STDIN;\nGRANT SELECT ON secret TO PUBLIC;\n\\.\n"},
    {"COPY t (nix) FROM STDIN;\nGRANT SELECT ON secret TO PUBLIC;\n\\.\n"},
    {"CREATE TABLE g (a int, b int GENERATED ALWAYS AS (a) STORED);\nCOPY g (b) FROM STDIN;\nGRANT "
     "SELECT ON secret TO PUBLIC;\n\\.\n"},
    {"\\copy nosuch from stdin\nGRANT SELECT ON secret TO PUBLIC;\n\\.\n"},
    {"BEGIN READ ONLY;\nCOPY t FROM STDIN;\nROLLBACK;\nGRANT SELECT ON secret TO "
     "PUBLIC;\n\\.\nROLLBACK;"},
    {"COPY t FROM STDIN (FORMAT nosuch);\nGRANT SELECT ON secret TO PUBLIC;\n\\.\n"},
    {"COPY t FROM STDIN WHERE nix = 1;\nGRANT SELECT ON secret TO PUBLIC;\n\\.\n"},
};

// Event triggers run for all that follows, so they come last and go again.
const std::vector<Way> event_ways{
    {"CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION ef(); CREATE TABLE x (a int);"},
    {"CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION ef(); COMMENT ON TABLE t IS 'x';"},
    {"CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION ef(); DROP TABLE t CASCADE;"},
    {"CREATE EVENT TRIGGER e ON table_rewrite EXECUTE FUNCTION ef(); ALTER TABLE t ALTER a TYPE "
     "int "
     "USING 1;"},
    {"CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION ef(); SELECT 1 AS a INTO x;"},
};

struct Script {
  std::string schema, text;
  bool event = false;
};

/// The body is run once a schema: what it does again changes nothing.
Script script_of(const Way& way, std::size_t number, bool event, const std::string& body) {
  const auto schema = fmt::format("w{}", number);
  auto text = fmt::format(
      "CREATE SCHEMA {0};\nSET search_path = {0};\nCREATE TABLE secret (id int);\n"
      "CREATE TABLE t (a text PRIMARY KEY);\nINSERT INTO t VALUES ('x'), ('k');\n"
      "CREATE FUNCTION f(x text) RETURNS text LANGUAGE plpgsql AS\n"
      "  $f$BEGIN {1} RETURN x; END$f$ SET search_path = {0};\n"
      "CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS\n"
      "  $f$BEGIN PERFORM {0}.f('a'); RETURN NEW; END$f$;\n"
      "CREATE FUNCTION ef() RETURNS event_trigger LANGUAGE plpgsql AS\n"
      "  $f$BEGIN PERFORM {0}.f('a'); END$f$;\n"
      "CREATE VIEW v AS SELECT f('a') AS a;\n",
      schema, body);
  text += way.statements;
  text += event ? "\nDROP EVENT TRIGGER e;\n" : "\n";
  return {schema, text, event};
}

std::vector<Script> scripts_of(int major, const std::string& body) {
  std::vector<Script> result;
  for (const auto* const list : {&ways, &event_ways}) {
    for (const auto& way : *list) {
      if (major < way.since || major > way.until) continue;
      result.push_back(script_of(way, result.size(), list == &event_ways, body));
    }
  }
  return result;
}

bool is_public(const Cluster& cluster, const std::string& table) {
  for (const auto& o : cluster.objects) {
    if (o.kind != ObjectKind::table || o.identity != table) continue;
    return granted_to(cluster.effective_acl(o), public_role).has(Privilege::select);
  }
  return false;
}

struct Count {
  std::size_t ways = 0, granted = 0, followed = 0, unseen = 0, missed = 0, dark = 0;
};

Count compare(const LiveServer& server, const std::string& database, const std::string& body) {
  server.sql("postgres", "CREATE DATABASE " + database);
  const auto scripts = scripts_of(server.major(), body);
  const auto path = server.folder() + "/calls.sql";
  std::ofstream file(path);
  for (const auto& script : scripts) file << script.text << "\nROLLBACK;\n";
  file.close();
  test::run("psql -X -q -o /dev/null -d " + test::shell_quoted(server.dsn(database)) + " -f " +
            test::shell_quoted(path) + " > /dev/null 2>&1");
  const auto granted = ' ' +
                       server.ask(database,
                                  "SELECT string_agg(DISTINCT relnamespace::regnamespace::text, "
                                  "' ') FROM pg_class, aclexplode(relacl) a "
                                  "WHERE relname = 'secret' AND a.grantee = 0") +
                       ' ';
  Count count;
  for (const auto& script : scripts) {
    ++count.ways;
    const bool theirs = granted.find(' ' + script.schema + ' ') != std::string::npos;
    auto cluster = fresh_cluster(server.major() * 10000);
    replay_sql(Source("x.sql", script.text), cluster, Beneath::known);
    const bool ours = is_public(cluster, script.schema + ".secret");
    const bool seen = cluster.seen(Fact::objects);
    count.granted += theirs ? 1 : 0;
    count.followed += theirs && ours && seen ? 1 : 0;
    count.unseen += theirs && !seen ? 1 : 0;
    if (seen && ours != theirs) {
      ++count.missed;
      std::cout << "missed: " << script.text << '\n';
    }
    if (!seen && !theirs) {
      ++count.dark;
      std::cout << "unseen: " << cluster.unseen.at(Fact::objects).why << "\n  "
                << script.text.substr(script.text.find("AS a;") + 6) << '\n';
    }
  }
  return count;
}

void print(const char* what, const Count& c) {
  std::cout << fmt::format(
      "{} ways of calling what {}: {} granted on the server, {} followed, {} unseen, {} missed; {} "
      "unseen without need\n",
      c.ways, what, c.granted, c.followed, c.unseen, c.missed, c.dark);
}

}  // namespace

TEST_CASE("what a script's own code grants is followed or unseen", "[live][sql][calls]") {
  LiveServer server;
  const auto grants = compare(server, "grants", "GRANT SELECT ON secret TO PUBLIC;");
  print("grants", grants);
  CHECK(grants.missed == 0);
  CHECK(grants.granted > 90);
  const auto reads = compare(server, "reads", "PERFORM count(*) FROM secret;");
  print("reads", reads);
  CHECK(reads.missed == 0);
}
