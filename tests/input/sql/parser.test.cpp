#include "input/replay/replay.hpp"
#include "input/replay/roles/role_editor.hpp"
#include "input/sql/psql_script.hpp"
#include "model/fresh_cluster.hpp"
#include "support/catch.hpp"
#include "support/memory_files.hpp"
#include "text/display.hpp"

using namespace pgleast;

namespace {

/// Roles that users made and memberships in them, one a line.
std::string told(const Cluster& c) {
  std::string result;
  for (const auto& r : c.roles) {
    if (r.dropped || r.oid < 16384) continue;
    result += r.name;
    for (const auto& a : role_attributes) {
      // INHERIT is what most have, and is said where it is missing.
      const bool value = has(r, a.attribute);
      if (a.attribute == RoleAttribute::inherit) {
        result += value ? "" : " NOINHERIT";
      } else if (value) {
        result += ' ' + std::string(a.keyword);
      }
    }
    if (r.connection_limit != -1) result += " limit " + std::to_string(r.connection_limit);
    if (!r.valid_until.empty()) result += " until " + r.valid_until;
    if (r.password != PasswordKind::none) {
      result += " password " + std::to_string(static_cast<int>(r.password));
    }
    result += '\n';
  }
  for (const auto& m : c.memberships) {
    if (c.role(m.member).name == "pg_monitor") continue;
    result += c.role(m.member).name + " in " + c.role(m.role).name;
    if (c.role_name(m.grantor) != "postgres") result += " by " + c.role_name(m.grantor);
    result += m.admin ? " ADMIN" : "";
    result += m.inherit ? "" : " NOINHERIT";
    result += m.set ? "\n" : " NOSET\n";
  }
  for (const auto& o : c.objects) {
    if (o.kind != ObjectKind::database) continue;
    const auto& d = c.databases[o.detail];
    if (o.oid >= 16384) {
      result += "database " + o.identity + " of " + c.role_name(o.owner) + " limit " +
                std::to_string(d.connection_limit) + '\n';
    }
  }
  return result;
}

struct Replayed {
  Cluster cluster;
  SqlProblems problems;
};

Replayed replayed(const std::string& script, int major = 18) {
  Replayed result{fresh_cluster(major * 10000), {}};
  result.problems = replay_sql(Source("x.sql", script), result.cluster, Beneath::known);
  return result;
}

std::string complaints(const SqlProblems& problems) {
  std::string result;
  for (const auto* const list : {&problems.syntax, &problems.refused}) {
    for (const auto& d : *list) {
      result +=
          std::to_string(d.at->line) + ':' + std::to_string(d.at->column) + ": " + d.message + '\n';
    }
  }
  return result;
}

}  // namespace

TEST_CASE("a script makes the roles that the server would make", "[input][sql]") {
  struct Case {
    int major;
    std::string script;
    std::string expected;
  };
  const auto c = GENERATE(values<Case>({
      {18, "CREATE ROLE App; CREATE USER \"App\"; CREATE GROUP g;", "app\nApp LOGIN\ng\n"},
      {18, "CREATE ROLE a SUPERUSER CREATEDB CREATEROLE NOINHERIT LOGIN REPLICATION BYPASSRLS",
       "a SUPERUSER CREATEROLE CREATEDB REPLICATION BYPASSRLS LOGIN NOINHERIT\n"},
      {18, "CREATE USER a NOLOGIN CONNECTION LIMIT /* c */ 0 VALID UNTIL 'infinity'",
       "a limit 0 until infinity\n"},
      {18, "CREATE ROLE a CONNECTION LIMIT 5; ALTER ROLE a CONNECTION LIMIT -1;", "a\n"},
      {18, "CREATE ROLE u&\"\\0441\"; CREATE ROLE \"x\ny\"\"\"", "с\nx\ny\"\n"},
      {19, "REPACK (VERBOSE) t; WAIT FOR LSN '0/1'; CREATE ROLE a", "a\n"},
      {18, "CREATE ROLE a PASSWORD 'x'; CREATE ROLE b PASSWORD ''; CREATE ROLE c PASSWORD NULL;",
       "a password 3\nb\nc\n"},
      {13,
       "CREATE ROLE a PASSWORD 'x'; SET password_encryption = 'scram-sha-256';"
       "CREATE ROLE b PASSWORD 'x'; RESET password_encryption; ALTER ROLE b PASSWORD 'y'",
       "a password 2\nb password 2\n"},
      {18,
       "CREATE ROLE a PASSWORD 'md5aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'; CREATE ROLE b;"
       "ALTER ROLE b PASSWORD 'md5aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'; ALTER ROLE b RENAME TO c",
       "a password 2\nc\n"},
      {18, "CREATE ROLE a LOGIN PASSWORD :'pw'", "a LOGIN password 0\n"},
      {15, "CREATE ROLE g; CREATE ROLE a NOINHERIT IN ROLE g; CREATE ROLE b ROLE g ADMIN a",
       "g\na NOINHERIT\nb\na in g NOINHERIT\na in b ADMIN NOINHERIT\ng in b\n"},
      {15, "CREATE ROLE g; CREATE ROLE a IN ROLE g; ALTER ROLE a NOINHERIT",
       "g\na NOINHERIT\na in g NOINHERIT\n"},
      {16, "CREATE ROLE g; CREATE ROLE a IN ROLE g; ALTER ROLE a NOINHERIT",
       "g\na NOINHERIT\na in g\n"},
      {16,
       "CREATE ROLE g; CREATE ROLE a; GRANT g TO a WITH INHERIT FALSE, SET FALSE;"
       "GRANT g TO a WITH ADMIN OPTION GRANTED BY CURRENT_USER",
       "g\na\na in g ADMIN NOINHERIT NOSET\n"},
      {16,
       "CREATE ROLE g; CREATE ROLE a; CREATE ROLE b; GRANT g TO a WITH ADMIN TRUE;"
       "GRANT g TO b GRANTED BY a; GRANT g TO b; REVOKE SET OPTION FOR g FROM b;"
       "REVOKE g FROM a CASCADE;",
       "g\na\nb\nb in g NOSET\n"},
      {15,
       "CREATE ROLE g; CREATE ROLE a; CREATE ROLE b; GRANT g TO a WITH ADMIN OPTION;"
       "GRANT g TO b GRANTED BY a; REVOKE ADMIN OPTION FOR g FROM a; DROP ROLE a",
       "g\nb\nb in g by 16385\n"},
      {18,
       "CREATE ROLE g; CREATE ROLE a; ALTER GROUP g ADD USER a, CURRENT_USER;"
       "ALTER GROUP g DROP USER a; DROP ROLE IF EXISTS a, nobody;",
       "g\npostgres in g\n"},
      {18,
       "BEGIN; CREATE ROLE a; ROLLBACK; BEGIN; CREATE ROLE b; SAVEPOINT s; CREATE ROLE c;"
       "ROLLBACK TO s; CREATE ROLE d; COMMIT AND CHAIN; CREATE ROLE e; END;",
       "b\nd\ne\n"},
      {18,
       "CREATE ROLE o; CREATE DATABASE \"D 1\" OWNER o CONNECTION LIMIT = 4; CREATE DATABASE x;"
       "ALTER DATABASE x RENAME TO y; ALTER DATABASE y OWNER TO o; CREATE DATABASE z;"
       "DROP DATABASE z; DROP DATABASE IF EXISTS z; \n\\connect template1\nDROP DATABASE postgres;",
       "o\ndatabase \"D 1\" of o limit 4\ndatabase y of o limit -1\n"},
  }));
  CAPTURE(c.major, c.script);
  const auto actual = replayed(c.script, c.major);
  CHECK(told(actual.cluster) == c.expected);
  CHECK(complaints(actual.problems) == "");
  CHECK(actual.cluster.remarks.empty());
}

TEST_CASE("what the server refuses changes nothing", "[input][sql]") {
  struct Case {
    int major;
    std::string script;
    std::string expected;
  };
  const auto c = GENERATE(values<Case>({
      {18, "\nCREATE ROLE a; CREATE ROLE A;", "2:28: role `a` already exists\n"},
      {18, "CREATE ROLE pg_x", "1:13: role name `pg_x` is reserved\n"},
      {18, "CREATE ROLE a LOGIN NOLOGIN", "1:1: conflicting or redundant options\n"},
      {18, "CREATE ROLE a CONNECTION LIMIT -2", "1:1: invalid connection limit: -2\n"},
      {18, "CREATE ROLE a IN ROLE b", "1:23: role `b` does not exist\n"},
      {18, "GRANT pg_monitor TO pg_read_all_stats",
       "1:21: role `pg_monitor` is a member of role `pg_read_all_stats`\n"},
      {15, "GRANT pg_monitor TO pg_monitor",
       "1:7: role `pg_monitor` is a member of role `pg_monitor`\n"},
      {18, "GRANT pg_monitor TO postgres GRANTED BY pg_checkpoint",
       "1:41: permission denied to grant privileges as role `pg_checkpoint`\n"},
      {18, "GRANT pg_monitor TO postgres WITH nothing TRUE",
       "1:35: unrecognized role option `nothing`\n"},
      {18, "DROP ROLE pg_monitor",
       "1:11: cannot drop role pg_monitor because it is required by the database system\n"},
      {18, "DROP ROLE postgres", "1:11: current user cannot be dropped\n"},
      {18, "ALTER ROLE postgres NOSUPERUSER", "1:1: permission denied to alter role\n"},
      {18, "BEGIN; DROP ROLE x; CREATE ROLE a; COMMIT;",
       "1:18: role `x` does not exist\n1:21: current transaction is aborted, commands ignored "
       "until end of transaction block\n"},
      {18, "BEGIN; CREATE ROLE a", "1:1: the transaction is never committed\n"},
      {18, "CREATE DATABASE postgres", "1:17: database `postgres` already exists\n"},
      {19, "CREATE ROLE \"x\ny\" LOGIN NOLOGIN",
       "1:13: role name `x\\ny` contains a newline or carriage return character\n"},
      {19, "CREATE ROLE a; ALTER ROLE a RENAME TO \"b\r\"",
       "1:39: role name `b\\r` contains a newline or carriage return character\n"},
      {19, "CREATE DATABASE \"d\n\" OWNER nobody",
       "1:17: database name `d\\n` contains a newline or carriage return character\n"},
      {19, "CREATE DATABASE d; ALTER DATABASE d RENAME TO \"\nd\"",
       "1:47: database name `\\nd` contains a newline or carriage return character\n"},
      {19, "CREATE TABLESPACE \"t\n\" LOCATION 'x'",
       "1:19: tablespace name `t\\n` contains a newline or carriage return character\n"},
      {18, "CREATE ROLE public", "1:13: role name \"public\" is reserved at `public`\n"},
      {18, "CREATE ROLE x PASSWORD 'hunter2' 'hunter2'", "1:34: syntax error at `'*******'`\n"},
      {18, "CREATE ROLE x PASSWORD hunter2", "1:24: syntax error at `*******`\n"},
      {18, "CREATE ROLE", "1:12: syntax error at the end of the statement\n"},
      {18, "hello world", "1:1: syntax error at `hello`\n"},
      {15, "CREATE TABEL x ()", "1:8: syntax error at `TABEL`\n"},
      {15, "GRANT a TO b WITH INHERIT FALSE", "1:27: syntax error at `FALSE`\n"},
      {15, "REVOKE SET OPTION FOR a FROM b", "1:8: syntax error at `SET`\n"},
      {18, std::string("CREATE ROLE a\0b", 15), "1:14: a NUL byte at `\\x00`\n"},
      {18, "CREATE ROLE \"\xff\"", "1:1: a byte that is no UTF-8 at `CREATE`\n"},
  }));
  CAPTURE(c.major, c.script);
  const auto actual = replayed(c.script, c.major);
  CHECK(complaints(actual.problems) == c.expected);
}

TEST_CASE("dependent memberships are revoked with CASCADE alone", "[input][sql]") {
  const auto actual = replayed(
      "CREATE ROLE g; CREATE ROLE a; CREATE ROLE b; GRANT g TO a WITH ADMIN OPTION;\n"
      "GRANT g TO b WITH ADMIN OPTION GRANTED BY a;\n"
      "GRANT g TO a WITH ADMIN OPTION GRANTED BY b;\n"
      "REVOKE g FROM a; DROP ROLE a;\n");
  CHECK(complaints(actual.problems) ==
        "3:1: ADMIN option cannot be granted back to your own grantor\n"
        "4:1: dependent privileges exist\n"
        "4:28: role `a` cannot be dropped because some objects depend on it\n");
}

TEST_CASE("what psql alone understands is stepped over", "[input][sql]") {
  const auto actual = replayed(
      "\xEF\xBB\xBF\\restrict k\n\\connect shop\n\\set x 'it''s;'\nCREATE TABLE t (a int);\n"
      "COPY t (a) FROM stdin;\n1\t';\nCREATE ROLE no;\n\\.\nCREATE ROLE a;\n"
      "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; END;\n"
      "/* ; /* ' */ */ CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);\n"
      "SELECT $x$; CREATE ROLE no; $x$, e'\\'; ', '\\' \\g\nCREATE ROLE b -- ;\n;\n"
      "\\copy t from stdin\nCREATE ROLE no;\n\\.\nCREATE ROLE c\\;CREATE ROLE d\n");
  CHECK(told(actual.cluster) == "a\nb\nc\nd\ndatabase shop of postgres limit -1\n");
  CHECK(complaints(actual.problems) == "");
}

TEST_CASE("what is not followed is said once", "[input][sql]") {
  struct Case {
    std::string script;
    std::string expected;
  };
  const auto c = GENERATE(values<Case>({
      {"SET x.y = 1; SELECT 1; SELECT count(*) FROM f(1); COMMENT ON ROLE a IS 'x'", ""},
      {"SELECT pg_catalog.setval('s', 1); INSERT INTO t VALUES (f(1)); \\echo x", ""},
      {"CREATE TABLE t (a int); GRANT SELECT ON t TO PUBLIC;", ""},
      {"\nDO $$BEGIN EXECUTE f(); END$$; DO $$BEGIN EXECUTE g(); END$$;",
       "2 statements of x.sql (first: x.sql:2: DO: what f() does)"},
      {"CREATE EXTENSION x; SELECT make_roles()",
       "1 statement of x.sql (first: x.sql:1: SELECT: what make_roles() does is not known)"},
      {"SELECT f(1) \\gexec", "1 statement of x.sql (first: x.sql:1: \\gexec: what f() does)"},
      {"UPDATE pg_authid SET rolsuper = true",
       "1 statement of x.sql (first: x.sql:1: UPDATE: it writes pg_authid)"},
      {"\\ir roles.sql", "1 statement of x.sql (first: x.sql:1: \\ir)"},
      {"\\c postgres app", "1 statement of x.sql (first: x.sql:1: \\c: role `app` does not exist)"},
      {"SET ROLE :who; CREATE ROLE :\"name\"", "2 statements of x.sql (first: x.sql:1: SET ROLE)"},
  }));
  CAPTURE(c.script);
  const auto cluster = replayed(c.script).cluster;
  CHECK(cluster.remarks.size() == (c.script.starts_with("CREATE EXTENSION") ? 1 : 0));
  CHECK(cluster.seen(Fact::roles) == c.expected.empty());
  CHECK(cluster.seen(Fact::passwords) == c.expected.empty());
  if (c.expected.empty()) return;
  const Unseen expected{"not followed, though roles and memberships may change: " + c.expected,
                        "audit a server on which it was run"};
  CHECK(cluster.unseen.at(Fact::roles) == expected);
  CHECK(cluster.unseen.at(Fact::passwords) == expected);
}

TEST_CASE("a block that creates roles where they are not there is followed", "[input][sql]") {
  struct Case {
    std::string body;  // of the block
    std::string expected;
  };
  const auto c = GENERATE(values<Case>({
      {"BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'a') THEN CREATE ROLE a LOGIN; "
       "END IF; END",
       "a LOGIN\n"},
      {"begin if exists (select 1 from pg_catalog.pg_authid as r where r.rolname='a') then "
       "drop role a; else create user a; grant pg_monitor to a; end if; END;",
       "a LOGIN\na in pg_monitor\n"},
      {"BEGIN NULL; RAISE NOTICE 'x %', 1; CREATE ROLE a; END", "a\n"},
      {"BEGIN CREATE ROLE a; IF EXISTS (SELECT FROM pg_user WHERE usename = 'a') THEN DROP ROLE "
       "a; END IF; END",
       "a\n"},
      {"BEGIN CREATE ROLE \"it's\"; IF EXISTS (SELECT * FROM pg_roles WHERE rolname = 'it''s' AND "
       "NOT rolcanlogin) THEN ALTER ROLE \"it's\" LOGIN; END IF; END",
       "it's LOGIN\n"},
      {"BEGIN CREATE ROLE a; IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'a' AND rolconnlimit "
       "NOT BETWEEN 0 AND 5) THEN DROP ROLE a; END IF; END",
       ""},
      {"BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'a') THEN IF NOT EXISTS (SELECT "
       "FROM pg_roles WHERE rolname = 'b') THEN CREATE ROLE a; END IF; END IF; END",
       "a\n"},
  }));
  CAPTURE(c.body);
  for (const std::string before : {"DO ", "DO LANGUAGE plpgsql "}) {
    const auto actual = replayed(before + "$x$ " + c.body + " $x$");
    CHECK(told(actual.cluster) == c.expected);
    CHECK(complaints(actual.problems).empty());
    CHECK(actual.cluster.seen(Fact::roles));
    CHECK(actual.cluster.seen(Fact::passwords));
  }
}

TEST_CASE("a block does what it says", "[input][sql]") {
  struct Case {
    std::string body;
    std::string expected;  // besides `a`
    std::string complaint;
  };
  const auto c = GENERATE(values<Case>({
      {"BEGIN EXECUTE 'CREATE ROLE b'; END", "b\n", ""},
      {"BEGIN CREATE ROLE b; EXCEPTION WHEN OTHERS THEN NULL; END", "b\n", ""},
      {"BEGIN CREATE ROLE b; CREATE ROLE a; EXCEPTION WHEN duplicate_object THEN "
       "RAISE NOTICE '%', SQLERRM; CREATE ROLE c; END",
       "c\n", ""},
      {"BEGIN CREATE ROLE b; CREATE ROLE a; EXCEPTION WHEN undefined_object THEN NULL; END", "",
       "role `a` already exists"},
      {"BEGIN CREATE ROLE b; BEGIN CREATE ROLE c; DROP ROLE d; EXCEPTION WHEN undefined_object OR "
       "duplicate_object THEN NULL; END; END",
       "b\n", ""},
      {"DECLARE n int := 1; t text; BEGIN n := n + 1; t = 'r' || n; IF n = 1 THEN NULL; ELSIF n = "
       "2 "
       "THEN EXECUTE format('CREATE ROLE %I', t); ELSE CREATE ROLE no; END IF; END",
       "r2\n", ""},
      {"DECLARE r text; BEGIN FOREACH r IN ARRAY ARRAY['x', 'Y z'] LOOP EXECUTE 'CREATE ROLE ' || "
       "quote_ident(r); END LOOP; END",
       "x\nY z\n", ""},
      {"BEGIN FOR i IN 1..3 LOOP CONTINUE WHEN i = 2; EXECUTE format('CREATE ROLE r%s', i); END "
       "LOOP; "
       "END",
       "r1\nr3\n", ""},
      {"DECLARE n int := 0; BEGIN WHILE n < 9 LOOP n := n + 1; EXIT WHEN n > 1; EXECUTE 'CREATE "
       "ROLE "
       "w' || n; END LOOP; RETURN; CREATE ROLE no; END",
       "w1\n", ""},
      {"DECLARE r record; BEGIN FOR r IN SELECT rolname, oid FROM pg_roles WHERE rolname !~ '^pg_' "
       "AND "
       "NOT rolsuper LOOP EXECUTE format('ALTER ROLE %I LOGIN', r.rolname); END LOOP; END",
       "", ""},
      {"DECLARE r RECORD ; BEGIN SELECT oid, rolname INTO r FROM pg_roles WHERE rolname = 'a'; "
       "r.rolname := r.rolname || '3'; EXECUTE 'CREATE ROLE ' || r.rolname; END",
       "a3\n", ""},
      {"DECLARE r pg_catalog.pg_roles%rowtype; BEGIN FOR r IN EXECUTE 'SELECT * FROM pg_roles "
       "WHERE "
       "rolname = ''a''' LOOP EXECUTE format('CREATE ROLE %I', r.rolname || 4); END LOOP; END",
       "a4\n", ""},
      {"DECLARE n text; BEGIN SELECT rolname INTO n FROM pg_roles WHERE rolname = 'a'; IF FOUND "
       "THEN "
       "EXECUTE 'CREATE ROLE ' || n || '2'; END IF; END",
       "a2\n", ""},
      {"BEGIN IF (SELECT count(*) FROM pg_roles WHERE rolname IN ('a', 'b')) = 1 THEN CREATE ROLE "
       "one; "
       "END IF; END",
       "one\n", ""},
      {"BEGIN PERFORM 1 FROM pg_roles WHERE rolname LIKE 'a%' AND rolname <> 'ab'; IF FOUND THEN "
       "CREATE ROLE f; END IF; END",
       "f\n", ""},
      {"BEGIN IF current_setting('server_version_num')::int >= 170000 AND current_user = "
       "'postgres' "
       "AND current_database() = 'postgres' THEN CREATE ROLE v; END IF; END",
       "v\n", ""},
      {"BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = E'\\x61') THEN CREATE ROLE e; END "
       "IF; END",
       "e\n", ""},
      {"BEGIN IF to_regclass('public.t') IS NULL AND NOT EXISTS (SELECT 1 FROM pg_class WHERE "
       "relname "
       "= 't') THEN CREATE TABLE t (i int); GRANT SELECT ON t TO a; END IF; END",
       "", ""},
      {"BEGIN CREATE ROLE b; GRANT SELECT ON t TO b; END", "", "relation `t` does not exist"},
      {"BEGIN CREATE ROLE b; CREATE DATABASE b; END", "",
       "CREATE DATABASE cannot be executed from a function"},
      {"BEGIN CREATE ROLE b; RAISE EXCEPTION 'no %', 1; END", "", "no %"},
      {"BEGIN CREATE ROLE b; ASSERT 1 = 2; END", "", "assertion failed"},
      {"BEGIN EXECUTE 'CREATE ROLE'; END", "", "syntax error"},
  }));
  CAPTURE(c.body);
  const auto actual = replayed("CREATE ROLE a; DO $x$" + c.body + "$x$");
  auto told_of = told(actual.cluster);
  const auto a = told_of.find('\n') + 1;
  CHECK(told_of.substr(a) == c.expected);
  const auto complaint = c.complaint.empty() ? "" : "1:16: " + c.complaint + '\n';
  CHECK(complaints(actual.problems) == complaint);
  CHECK(actual.cluster.seen(Fact::roles));
}

TEST_CASE("scripts in scripts are done in their place", "[input][sql]") {
  const auto files = test::memory_files({
      {"db/roles.sql", "CREATE ROLE a;\nCREATE ROLE a;\n\\q\nCREATE ROLE no;"},
      {"db/more/x.sql", "BEGIN;\\ir y.sql\nCREATE ROLE x;"},
      {"db/more/y.sql", "CREATE ROLE y;"},
      {"loop.sql", "\\i loop.sql\n"},
      {"here.sql", "CREATE ROLE here PASSWORD 'secret' CREATE"},
  });
  const auto done = [&](const std::string& text) {
    Replayed result{fresh_cluster(180000), {}};
    result.problems =
        replay_sql(std::vector<Source>{{"db/all.sql", text}}, result.cluster, files).front();
    return result;
  };
  const auto all = done("\\ir roles.sql\nCREATE ROLE a;\n\\i more/x.sql\nCREATE ROLE b; COMMIT;");
  CHECK(told(all.cluster) == "a\ny\nx\nb\n");
  REQUIRE(all.problems.refused.size() == 2);
  CHECK(all.problems.refused[0].file == "db/roles.sql");
  CHECK(all.problems.refused[0].at->line == 2);
  CHECK(all.problems.refused[1].file == "db/all.sql");
  CHECK(all.cluster.seen(Fact::roles));
  const auto open = done("\\ir more/x.sql\n");
  REQUIRE(open.problems.refused.size() == 1);
  CHECK(open.problems.refused[0].file == "db/more/x.sql");
  const auto wrong = done("\\i here.sql");
  REQUIRE(wrong.problems.syntax.size() == 1);
  CHECK(wrong.problems.syntax[0].file == "here.sql");
  CHECK(wrong.problems.syntax[0].excerpt.find("secret") == std::string::npos);
  for (const std::string unseen : {"\\i none.sql", "\\i loop.sql", "\\i :file", "\\i -", "\\i"}) {
    CHECK_FALSE(done(unseen).cluster.seen(Fact::roles));
  }
  CHECK(done("\n\\i none.sql").cluster.unseen.at(Fact::roles).why ==
        "not followed, though roles and memberships may change: 1 statement of db/all.sql (first: "
        "db/all.sql:2: \\i: none.sql: no such file)");
}

TEST_CASE("rows that a query returns are run", "[input][sql]") {
  const std::string create =
      "SELECT 'CREATE DATABASE shop' WHERE NOT EXISTS (SELECT FROM "
      "pg_database WHERE datname = 'shop')\\gexec\n";
  const auto actual =
      replayed(create + create +
               "SELECT format('CREATE ROLE %I', n), NULL FROM (VALUES ('x'), ('y')) v(n)\\gexec\n"
               "SELECT 'DROP ROLE x' UNION ALL SELECT 'DROP ROLE z' \\gexec\n");
  CHECK(told(actual.cluster) == "y\ndatabase shop of postgres limit -1\n");
  CHECK(complaints(actual.problems) == "4:1: role `z` does not exist\n");
  CHECK(actual.cluster.seen(Fact::roles));
}

TEST_CASE("a block of another shape may change roles", "[input][sql]") {
  const std::string body = GENERATE(
      as<std::string>(), "", "BEGIN", "BEGIN END IF; END", "BEGIN CREATE ROLE b; COMMIT; END",
      "BEGIN UPDATE pg_authid SET rolsuper = true; END", "BEGIN CREATE ROLE b END; END",
      "BEGIN RAISE NOTICE '%'; END", "BEGIN NULL; END; x", "BEGIN \\q\nEND",
      "BEGIN IF now() > '2020-01-01' THEN CREATE ROLE b; END IF; END",
      "DECLARE o record := f(); BEGIN CREATE ROLE b; END");
  CAPTURE(body);
  const auto actual = replayed("CREATE ROLE a; DO $x$" + body + "$x$");
  CHECK(told(actual.cluster) == "a\n");
  CHECK_FALSE(actual.cluster.seen(Fact::roles));
  const auto another = replayed("CREATE ROLE a; DO LANGUAGE plperl 'BEGIN NULL; END'");
  CHECK_FALSE(another.cluster.seen(Fact::roles));
}

TEST_CASE("a block that cannot be followed leaves what it cannot change", "[input][sql]") {
  const std::string body = GENERATE(
      as<std::string>(), "BEGIN PERFORM f(); END",
      "BEGIN IF EXISTS (SELECT f() FROM pg_roles WHERE rolname = 'a') THEN NULL; END IF; END",
      "BEGIN IF EXISTS (SELECT FROM mine.pg_roles WHERE rolname = 'a') THEN NULL; END IF; END",
      "BEGIN IF EXISTS (SELECT FROM pg_proc WHERE proname = 'a') THEN NULL; END IF; END",
      "BEGIN IF EXISTS (SELECT FROM pg_class WHERE relname = 'tables') THEN NULL; END IF; END",
      "BEGIN IF EXISTS (SELECT FROM pg_class WHERE relkind = 'v') THEN NULL; END IF; END",
      "BEGIN RAISE NOTICE '%', a; END", "BEGIN RAISE NOTICE '%', f(); END",
      "BEGIN ALTER SYSTEM SET port = 1; END",
      "DECLARE n int; BEGIN DECLARE n int := 1; BEGIN NULL; END; END",
      "BEGIN LOOP NULL; END LOOP; END", "BEGIN IF 'a' ~ '\\d' THEN NULL; END IF; END",
      "DECLARE o record; BEGIN FOR o IN SELECT f() LOOP NULL; END LOOP; END",
      "DECLARE o record; BEGIN o.x := 1; END",
      "BEGIN INSERT INTO t SELECT 1 FROM generate_series(1, 3); END",
      "DECLARE r record; BEGIN FOR r IN SELECT i FROM t LOOP UPDATE t SET i = r.i; END LOOP; END");
  CAPTURE(body);
  const auto actual = replayed("CREATE ROLE a; CREATE TABLE t (i int); DO $x$" + body + "$x$");
  CHECK(told(actual.cluster) == "a\n");
  CHECK(actual.cluster.seen(Fact::roles));
  CHECK(actual.cluster.seen(Fact::objects));
}

TEST_CASE("what a block that cannot be followed may change is not known", "[input][sql]") {
  struct Row {
    const char* setup;
    const char* body;
  };
  const auto row = GENERATE(values<Row>({
      {"", "BEGIN FOR i IN 1..(SELECT count(*) FROM t) LOOP CREATE ROLE b; END LOOP; END"},
      {"", "DECLARE r record; BEGIN FOR r IN SELECT i FROM t LOOP EXECUTE r.i; END LOOP; END"},
      {"",
       "BEGIN IF (SELECT count(*) FROM t) > 0 THEN GRANT a TO PUBLIC; CREATE ROLE b; END IF; END"},
      {"CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS "
       "$$BEGIN CREATE ROLE b; RETURN NEW; END$$;"
       "CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();",
       "BEGIN INSERT INTO t SELECT i FROM t; END"},
  }));
  CAPTURE(row.setup, row.body);
  const auto actual = replayed("CREATE ROLE a; CREATE TABLE t (i int); " + std::string(row.setup) +
                               " DO $x$" + row.body + "$x$");
  CHECK_FALSE(actual.cluster.seen(Fact::roles));
}

TEST_CASE("a block as deep as it likes", "[input][sql]") {
  std::string deep = "DO $$BEGIN ";
  for (int i = 0; i < 100000; ++i) {
    deep += "IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'a') THEN ";
  }
  CHECK_FALSE(replayed(deep + "$$").cluster.seen(Fact::roles));
}

TEST_CASE("facts that a script may have changed are unseen", "[input][sql]") {
  auto cluster = fresh_cluster(180000);
  cluster.unseen.clear();
  replay_sql(Source("x.sql", "CREATE ROLE a; ALTER ROLE a CONNECTION LIMIT 3;"), cluster);
  CHECK(cluster.unseen.empty());
  replay_sql(Source("x.sql",
                    "CREATE FUNCTION f(a x.y%TYPE) RETURNS int LANGUAGE sql AS ''; ALTER ROLE a "
                    "SET work_mem FROM CURRENT;"),
             cluster);
  CHECK_FALSE(cluster.seen(Fact::objects));
  CHECK_FALSE(cluster.seen(Fact::role_settings));
  CHECK(cluster.seen(Fact::roles));
  CHECK(cluster.unseen.at(Fact::objects).why ==
        "not followed, though this may change: 1 statement of x.sql (first: x.sql:1: CREATE "
        "FUNCTION: a type that is written as another's %TYPE)");
}

TEST_CASE("an expression may be as deep as it likes", "[input][sql]") {
  std::string deep = "SELECT 1";
  for (int i = 0; i < 100000; ++i) deep += "+1";
  const std::string open(100000, '(');
  CHECK(complaints(replayed(deep + "; SELECT " + open + "1; CREATE ROLE a").problems).empty());
}
