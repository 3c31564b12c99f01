// Where scripts say what is so.
#include <fmt/format.h>

#include <algorithm>

#include "input/replay/replay.hpp"
#include "model/fresh_cluster.hpp"
#include "pg/default_acl_type.hpp"
#include "support/catch.hpp"

using namespace pgleast;

namespace {

std::string keywords(PrivilegeSet set) { return to_string(set); }

/// `app SELECT on public.t`, `app in staff`, `row security of public.t`, ...
std::string words(const Cluster& c, const Saying& s) {
  const auto& f = s.fact;
  const auto role = [&](std::uint32_t n) { return c.role_name(RoleId{n}); };
  const auto object = [&] { return c.object(ObjectId{f.a}); };
  switch (f.what) {
    case Said::role:
      return "role " + role(f.a);
    case Said::attribute:
      return fmt::format("{} {}", role(f.a), info(static_cast<RoleAttribute>(f.b)).keyword);
    case Said::membership:
      return fmt::format("{} in {}", role(f.b), role(f.a));
    case Said::object:
      return fmt::format("{} {}", info(object().kind).name, object().identity);
    case Said::owner:
      return fmt::format("owner of {}", object().identity);
    case Said::granted: {
      const auto column =
          f.c == 0 ? "" : fmt::format(" ({})", c.relation(object()).columns[f.c - 1].name);
      return fmt::format("{} {}{} on {}", role(f.b), keywords(s.privileges), column,
                         object().identity);
    }
    case Said::row_security:
      return "row security of " + object().identity;
    case Said::force:
      return "force of " + object().identity;
    case Said::policy:
      return "policy " + c.row_policies[f.a].name;
    case Said::default_granted:
      return fmt::format("{} {} on future {}", role(f.b), keywords(s.privileges),
                         default_acl_type(c.default_acls[f.a].type).plural);
    case Said::role_setting:
      return fmt::format("{} {}", c.role_name(c.role_settings[f.a].role),
                         c.role_settings[f.a].name);
    case Said::function:
      return "runs " + object().identity;
  }
  return "";
}

bool is_made(const Saying& s) { return s.fact.what == Said::role || s.fact.what == Said::object; }

/// A line each, sorted: `app SELECT on public.t: 3`, with the column where it is not 1 and the file
/// where there are several.
std::string said(const std::vector<Source>& scripts, bool made, int major = 18) {
  auto cluster = fresh_cluster(major * 10000);
  replay_sql(scripts, cluster, {}, Beneath::known);
  std::vector<std::string> lines;
  for (const auto& s : cluster.said.facts) {
    if (is_made(s) != made) continue;
    const auto text = words(cluster, s);
    const bool of_type = s.fact.what == Said::owner || s.fact.what == Said::object;
    if (of_type && cluster.object(ObjectId{s.fact.a}).kind == ObjectKind::type) continue;
    const auto& file = cluster.said.files[s.at.file].name;
    lines.push_back(fmt::format("{}: {}{}{}\n", text, scripts.size() > 1 ? file + ":" : "",
                                s.at.line,
                                s.at.column == 1 ? "" : fmt::format(":{}", s.at.column)));
  }
  std::sort(lines.begin(), lines.end());
  std::string result;
  for (const auto& line : lines) result += line;
  return result;
}

std::string said(const std::string& script) { return said({Source("a.sql", script)}, false); }

// Line 1 of every script.
constexpr const char* things =
    "CREATE ROLE app; CREATE ROLE staff; CREATE TABLE t (a int, b int); CREATE FUNCTION f() "
    "RETURNS int LANGUAGE sql AS 'SELECT 1';\n";

}  // namespace

TEST_CASE("what scripts say is said by the statement that made it so", "[replay][said]") {
  struct Case {
    const char* name;
    const char* script;
    const char* said;
  };
  const auto c = GENERATE(values<Case>({
      {"a grant", "GRANT SELECT ON t TO app;", "app SELECT on public.t: 2\n"},
      {"again: the first made it so", "GRANT SELECT ON t TO app;\nGRANT SELECT ON t TO app;",
       "app SELECT on public.t: 2\n"},
      {"more of it", "GRANT SELECT ON t TO app;\nGRANT SELECT, INSERT ON t TO app;",
       "app INSERT on public.t: 3\napp SELECT on public.t: 2\n"},
      {"revoked", "GRANT SELECT ON t TO app;\nREVOKE SELECT ON t FROM app;", ""},
      {"revoked and granted again",
       "GRANT SELECT ON t TO app;\nREVOKE SELECT ON t FROM app;\nGRANT SELECT ON t TO app;",
       "app SELECT on public.t: 4\n"},
      {"a part revoked", "GRANT SELECT, INSERT ON t TO app;\nREVOKE INSERT ON t FROM app;",
       "app SELECT on public.t: 2\n"},
      {"several grantees", "GRANT SELECT ON t TO app, staff;",
       "app SELECT on public.t: 2\nstaff SELECT on public.t: 2\n"},
      {"what everybody has anyway", "GRANT EXECUTE ON FUNCTION f() TO app;",
       "app EXECUTE on public.f(): 2\n"},
      {"of two grantors one stays",
       "GRANT SELECT ON t TO staff WITH GRANT OPTION;\nGRANT SELECT ON t TO app;\nSET ROLE "
       "staff;\nGRANT SELECT ON t TO app;\nRESET ROLE;\nREVOKE SELECT ON t FROM app;",
       "app SELECT on public.t: 3\nstaff SELECT on public.t: 2\n"},
      {"a column", "GRANT SELECT (b) ON t TO app;", "app SELECT (b) on public.t: 2\n"},
      {"a column whose place moves",
       "GRANT SELECT (b) ON t TO app;\nALTER TABLE t DROP COLUMN a;\nALTER TABLE t RENAME b TO c;",
       "app SELECT (c) on public.t: 2\n"},
      {"a column that goes", "GRANT SELECT (b) ON t TO app;\nALTER TABLE t DROP COLUMN b;", ""},
      {"a table that goes", "GRANT SELECT ON t TO app;\nDROP TABLE t;", ""},
      {"what lies before it goes", "CREATE TABLE u ();\nGRANT SELECT ON u TO app;\nDROP TABLE t;",
       "app SELECT on public.u: 3\n"},
      {"several in one line", "GRANT SELECT ON t TO app; /* \u00fc */ GRANT INSERT ON t TO app;",
       "app INSERT on public.t: 2:35\napp SELECT on public.t: 2\n"},
      {"in several lines", "GRANT SELECT\n  ON t\n  TO app;", "app SELECT on public.t: 2\n"},
      {"a comment before it", "-- so\n  GRANT SELECT ON t TO app;",
       "app SELECT on public.t: 3:3\n"},
      {"all tables", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO app;",
       "app SELECT on public.t: 2\n"},
      {"a schema", "GRANT USAGE ON SCHEMA public TO app;", "app USAGE on public: 2\n"},
      {"a database", "GRANT CREATE ON DATABASE postgres TO app;", "app CREATE on postgres: 2\n"},
      {"a parameter", "GRANT SET ON PARAMETER log_statement TO app;",
       "app SET on log_statement: 2\n"},
      {"of the server", "GRANT SELECT ON pg_authid TO app;",
       "app SELECT on pg_catalog.pg_authid: 2\n"},
      {"of the server, what all may read", "GRANT UPDATE ON pg_class TO app;",
       "app UPDATE on pg_catalog.pg_class: 2\n"},
      {"a refused statement", "GRANT SELECT ON t, nothing TO app;\nGRANT INSERT ON t TO app;",
       "app INSERT on public.t: 3\n"},

      {"rolled back", "BEGIN;\nGRANT SELECT ON t TO app;\nROLLBACK;", ""},
      {"rolled back and granted again",
       "BEGIN;\nGRANT SELECT ON t TO app;\nROLLBACK;\nGRANT SELECT ON t TO app;",
       "app SELECT on public.t: 5\n"},
      {"a revoke that is rolled back",
       "GRANT SELECT ON t TO app;\nBEGIN;\nREVOKE SELECT ON t FROM app;\nROLLBACK;",
       "app SELECT on public.t: 2\n"},
      {"a failed transaction", "BEGIN;\nGRANT SELECT ON t TO app;\nGRANT x ON y TO z;\nCOMMIT;",
       ""},
      {"committed", "BEGIN;\nGRANT SELECT ON t TO app;\nCOMMIT;", "app SELECT on public.t: 3\n"},
      {"back to a savepoint",
       "BEGIN;\nGRANT SELECT ON t TO app;\nSAVEPOINT s;\nREVOKE SELECT ON t FROM app;\nGRANT "
       "INSERT ON t TO app;\nROLLBACK TO s;\nCOMMIT;",
       "app SELECT on public.t: 3\n"},
      {"a savepoint that is released",
       "BEGIN;\nSAVEPOINT s;\nGRANT SELECT ON t TO app;\nRELEASE s;\nCOMMIT;",
       "app SELECT on public.t: 4\n"},

      {"an attribute", "ALTER ROLE app CREATEDB;", "app CREATEDB: 2\n"},
      {"twice", "ALTER ROLE app CREATEDB;\nALTER ROLE app CREATEDB CREATEROLE;",
       "app CREATEDB: 2\napp CREATEROLE: 3\n"},
      {"taken and given",
       "ALTER ROLE app CREATEDB;\nALTER ROLE app NOCREATEDB;\nALTER ROLE app "
       "CREATEDB;",
       "app CREATEDB: 4\n"},
      {"a new role", "CREATE ROLE boss SUPERUSER;", "boss SUPERUSER: 2\n"},
      {"a role that goes", "CREATE ROLE boss SUPERUSER;\nDROP ROLE boss;", ""},
      {"a membership", "GRANT staff TO app;\nGRANT staff TO app;", "app in staff: 2\n"},
      {"a membership that gives more later",
       "GRANT staff TO app WITH SET FALSE;\nGRANT staff TO app WITH SET TRUE;",
       "app in staff: 3\n"},
      {"a membership that ends", "GRANT staff TO app;\nREVOKE staff FROM app;", ""},
      {"one of two ends",
       "GRANT staff TO app;\nCREATE ROLE b IN ROLE staff;\nREVOKE staff FROM app;",
       "b in staff: 3\n"},
      {"an owner", "ALTER TABLE t OWNER TO app;", "owner of public.t: 2\n"},
      {"the owner that it has", "ALTER TABLE t OWNER TO postgres;", ""},
      {"row security",
       "ALTER TABLE t ENABLE ROW LEVEL SECURITY;\nALTER TABLE t FORCE ROW LEVEL SECURITY;\nALTER "
       "TABLE t ENABLE ROW LEVEL SECURITY;",
       "force of public.t: 3\nrow security of public.t: 2\n"},
      {"policies",
       "CREATE POLICY p ON t USING (true);\nCREATE POLICY q ON t USING (a = 1);\nDROP POLICY p ON "
       "t;\nALTER POLICY q ON t USING (a = 2);",
       "policy q: 5\n"},
      {"default privileges",
       "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO app;\nALTER DEFAULT PRIVILEGES GRANT "
       "SELECT, INSERT ON TABLES TO app;",
       "app INSERT on future tables: 3\napp SELECT on future tables: 2\n"},
      {"default privileges that end",
       "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO app;\nALTER DEFAULT PRIVILEGES IN "
       "SCHEMA "
       "public GRANT INSERT ON TABLES TO app;\nALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES "
       "FROM app;",
       "app INSERT on future tables: 3\n"},
      {"what default privileges give",
       "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO app;\nCREATE TABLE u ();",
       "app SELECT on future tables: 2\napp SELECT on public.u: 2\n"},
      {"a setting of a role",
       "ALTER ROLE app SET search_path = a;\nALTER ROLE staff SET search_path = b;\nALTER ROLE app "
       "SET search_path = a;\nALTER ROLE staff SET search_path = c;",
       "app search_path: 2\nstaff search_path: 5\n"},
      {"how a function runs", "ALTER FUNCTION f() SECURITY DEFINER;\nALTER FUNCTION f() STABLE;",
       "runs public.f(): 2\n"},
      {"a block", "DO $$ BEGIN\n  GRANT SELECT ON t TO app;\nEND $$;",
       "app SELECT on public.t: 3:3\n"},
      {"a block in a transaction that is rolled back",
       "BEGIN;\nDO $$ BEGIN\n  GRANT SELECT ON t TO app;\nEND $$;\nROLLBACK;", ""},
      {"a block that fails",
       "DO $$ BEGIN\n  GRANT SELECT ON t TO app;\n  GRANT SELECT ON nothing TO app;\nEND $$;", ""},
      {"a part of a block that fails",
       "DO $$ BEGIN\n  GRANT SELECT ON t TO app;\n  BEGIN GRANT INSERT ON t TO app; RAISE "
       "EXCEPTION 'x'; EXCEPTION WHEN OTHERS THEN NULL; END;\nEND $$;",
       "app SELECT on public.t: 3:3\n"},
      {"what a block puts together",
       "DO $$ BEGIN\n  EXECUTE format('GRANT SELECT ON t TO %I', 'app');\nEND $$;",
       "app SELECT on public.t: 2\n"},
      {"rows that are run", "SELECT 'GRANT SELECT ON t TO app' \\gexec",
       "app SELECT on public.t: 2\n"},
  }));
  CAPTURE(c.name);
  CHECK(said(things + std::string(c.script)) == c.said);
}

TEST_CASE("what scripts make says where", "[replay][said]") {
  CHECK(said({Source("a.sql",
                     "CREATE ROLE app;\nCREATE DATABASE shop;\nCREATE SCHEMA s;\n"
                     "CREATE TABLE s.t ();\nDROP ROLE app;\nCREATE ROLE app;")},
             true) == "database shop: 2\nrole app: 6\nschema s: 3\ntable s.t: 4\n");
}

TEST_CASE("of several scripts each says its own", "[replay][said]") {
  CHECK(said({Source("a.sql", things + std::string("GRANT SELECT ON t TO app;")),
              Source("b.sql", "GRANT INSERT ON t TO app;"), Source("c.sql", "SELECT 1;")},
             false) == "app INSERT on public.t: b.sql:1\napp SELECT on public.t: a.sql:2\n");
}

TEST_CASE("before 16 a membership is one, whoever grants it", "[replay][said]") {
  const std::string script =
      "CREATE ROLE app;\nCREATE ROLE staff;\nGRANT staff TO app;\nGRANT staff TO app WITH ADMIN "
      "OPTION;";
  CHECK(said({Source("a.sql", script)}, false, 15) == "app in staff: 4\n");
}

TEST_CASE("the texts of scripts are kept without their secrets", "[replay][said]") {
  auto cluster = fresh_cluster(180000);
  replay_sql(Source("a.sql", "CREATE ROLE app PASSWORD 'hunter2';"), cluster, Beneath::known);
  REQUIRE(cluster.said.files.size() == 1);
  CHECK(cluster.said.files[0].name == "a.sql");
  CHECK(cluster.said.files[0].text == "CREATE ROLE app PASSWORD *********;");
}
