// A function whose search_path the fix pins finds what it found: asked of the server by those who
// call it, before and after; and no more what a caller puts before it.

#include <algorithm>

#include "audit/audit.hpp"
#include "fix/script.hpp"
#include "input/server/server_reader.hpp"
#include "policy/loader.hpp"
#include "support/catch.hpp"
#include "support/server.hpp"

using namespace pgleast;
using pgleast::test::LiveServer;

namespace {

struct Case {
  const char* database;
  std::string setup;
  const char* body;
  std::vector<const char*> callers;
  bool pinned = true;
};

const std::string schemas =
    "GRANT CREATE, USAGE ON SCHEMA public TO PUBLIC; CREATE SCHEMA shop; CREATE SCHEMA other; "
    "GRANT USAGE ON SCHEMA shop, other TO PUBLIC;"
    "CREATE TABLE shop.w AS SELECT 'shop.w' AS a; CREATE TABLE other.w AS SELECT 'other.w' AS a;"
    "CREATE TABLE other.v AS SELECT 'other.v' AS a; CREATE TABLE public.u AS SELECT 'public.u' AS "
    "a;"
    "CREATE FUNCTION shop.g(int) RETURNS text LANGUAGE sql AS $$ SELECT 'shop.g' $$;"
    "CREATE FUNCTION other.g(text) RETURNS text LANGUAGE sql AS $$ SELECT 'other.g' $$;";

const std::vector<Case> cases{
    {"of_database",
     "ALTER DATABASE of_database SET search_path = shop, public;",
     "SELECT a FROM w",
     {"app", "low"}},
    {"plain", "", "SELECT a FROM u", {"app", "low"}},
    {"of_role",
     "ALTER DATABASE of_role SET search_path = other; "
     "ALTER ROLE app IN DATABASE of_role SET search_path = other, shop;",
     "SELECT a FROM w",
     {"app", "low"}},
    {"of_all",
     "ALTER DATABASE of_all SET search_path = \"$user\", shop, nosuch;",
     "SELECT w.a || ' ' || g(1) FROM w",
     {"app", "low"}},
    {"overloads",
     "ALTER DATABASE overloads SET search_path = public, shop, other;",
     "SELECT g('x'::text) || g(1) || (SELECT a FROM v)",
     {"app"}},
    {"rowtype",
     "ALTER DATABASE rowtype SET search_path = public, other;",
     "DECLARE r v; n text; BEGIN SELECT * INTO r FROM other.v; n := r.a; RETURN n; END",
     {"app"}},
    {"sequence",
     "ALTER DATABASE sequence SET search_path = public, shop; CREATE SEQUENCE public.s;",
     "SELECT a || (nextval('s') > 0)::text FROM w",
     {"app"}},
    {"dynamic",
     "ALTER DATABASE dynamic SET search_path = public, shop;",
     "DECLARE n text; BEGIN EXECUTE 'SELECT a FROM ' || 'w' INTO n; RETURN n; END",
     {"app"}},
    {"differs",
     "ALTER DATABASE differs SET search_path = shop; "
     "ALTER ROLE app IN DATABASE differs SET search_path = other;",
     "SELECT a FROM w",
     {"app", "low"},
     false},
    {"session", "", "SELECT a FROM w", {}, false},
};

std::string called(const LiveServer& server, const Case& c, const std::string& role,
                   const std::string& before = "") {
  return test::run("psql -X -q -At -d " + test::shell_quoted(server.dsn(c.database, role)) +
                   " -c " + test::shell_quoted(before + "SELECT shop.f()"))
      .out;
}

Auditor only_paths() {
  auto policy = load_policy({"baseline"});
  std::erase_if(policy.rules, [](const Rule& rule) { return rule.id != "FUN-001"; });
  return {std::move(policy), "2026-01-01"};
}

}  // namespace

TEST_CASE("a function whose search_path is pinned finds what it found",
          "[live][fix][search-path]") {
  LiveServer server;
  server.sql("postgres", "CREATE ROLE app LOGIN; CREATE ROLE low LOGIN;");
  const auto auditor = only_paths();
  for (const auto& c : cases) {
    INFO(c.database);
    server.sql("postgres", std::string("CREATE DATABASE ") + c.database + " TEMPLATE template0");
    const std::string body = c.body;
    server.sql(c.database,
               schemas + c.setup +
                   "SET check_function_bodies = off; CREATE FUNCTION shop.f() RETURNS text "
                   "SECURITY DEFINER LANGUAGE " +
                   (body.starts_with("DECLARE") ? "plpgsql" : "sql") + " AS $f$" + body + "$f$;");
    std::vector<std::string> before;
    for (const auto* const caller : c.callers) before.push_back(called(server, c, caller));
    for (const auto& result : before) CHECK(result.find("ERROR") == std::string::npos);

    const auto cluster = read_live({server.dsn(c.database), {}, false});
    const auto plan = make_plan(cluster, auditor);
    CHECK((plan.statements() == 1) == c.pinned);
    server.write(server.folder() + "/fix.sql", fix_script(plan, cluster));
    REQUIRE(server.psql_file(c.database, server.folder() + "/fix.sql").code == 0);
    for (std::size_t i = 0; i < c.callers.size(); ++i) {
      CHECK(called(server, c, c.callers[i]) == before[i]);
      if (!c.pinned) continue;
      // What the caller makes or says is not looked at.
      CHECK(
          called(
              server, c, c.callers[i],
              "SET client_min_messages = error; CREATE TEMP TABLE w AS SELECT 'evil'::text AS "
              "a; CREATE TEMP TABLE v AS SELECT 'evil'::text AS a; SET search_path = pg_temp; ") ==
          before[i]);
    }
    if (!c.pinned) {
      const auto left = sorted_findings(plan.after);
      REQUIRE(left.size() == 1);
      CHECK(left.front().decision.find("choose its search_path") != std::string::npos);
    }
  }
}
