// A plan: what comes before what, what one round leaves for the next, and the scripts of it.

#include "fix/plan.hpp"

#include <fmt/format.h>

#include "fix/script.hpp"
#include "fix/unified_diff.hpp"
#include "policies/examples.hpp"
#include "support/catch.hpp"
#include "support/script_cluster.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

// Nothing of the baseline to find in it.
const char* const quiet = "ssl = on\nlog_connections = on\nlog_disconnections = on\n";

Plan plan_of(const Cluster& cluster, const std::string& policy) {
  return make_plan(cluster, Auditor(policy_of_text("policy: 1\n" + policy), "2026-01-01"),
                   accepted_kinds({"all"}));
}

std::string shown(const Plan& plan) {
  std::string text;
  for (const auto& s : plan.sections) {
    text += fmt::format("[{}]\n{}\n-- undo\n{}\n", s.database, fmt::join(s.sql, "\n"),
                        fmt::join(s.undo, "\n"));
  }
  for (const auto& line : plan.system) text += fmt::format("[system]\n{}\n", line);
  for (const auto& line : plan.system_undo) text += fmt::format("-- undo\n{}\n", line);
  for (const auto& file : plan.files) text += unified_diff(file, ConfigKind::hba, 180000);
  return text;
}

}  // namespace

TEST_CASE("a plan changes roles, then takes, then gives", "[fix][plan]") {
  struct Case {
    const char* what;
    ScriptTexts texts;
    const char* policy;
    const char* expected;
  };
  const Case cases[] = {
      {"nothing to do", {.sql = "CREATE TABLE t (a int);"}, "extends: [model]\n", ""},
      {"a floor and a ceiling of one role",
       {.sql = "CREATE ROLE app LOGIN; CREATE TABLE t (a int); GRANT INSERT ON t TO app;"},
       "grants:\n"
       "  - {to: app, tables: {schema: public, names: [t], require: [SELECT], allow: []}}\n",
       "[postgres]\n"
       "REVOKE INSERT ON TABLE \"public\".\"t\" FROM \"app\";\n"
       "GRANT SELECT ON TABLE \"public\".\"t\" TO \"app\";\n"
       "-- undo\n"
       "REVOKE SELECT ON TABLE \"public\".\"t\" FROM \"app\";\n"
       "GRANT INSERT ON TABLE \"public\".\"t\" TO \"app\";\n"},
      {"a privilege that comes by a membership and by the list, too",
       {.sql = "CREATE ROLE app LOGIN; CREATE ROLE g; GRANT g TO app; CREATE TABLE t (a int);"
               "GRANT INSERT ON t TO app; GRANT INSERT ON t TO g;"},
       "memberships:\n  - {group: g, members: {allow: []}, exclusive: true}\n"
       "grants:\n  - {to: app, tables: {schema: public, names: [t], allow: []}}\n",
       R"([]
REVOKE "g" FROM "app" GRANTED BY "postgres";
-- undo
GRANT "g" TO "app" WITH ADMIN FALSE, INHERIT TRUE, SET TRUE GRANTED BY "postgres";
[postgres]
REVOKE INSERT ON TABLE "public"."t" FROM "app";
-- undo
GRANT INSERT ON TABLE "public"."t" TO "app";
)"},
      {"roles, defaults, records and settings",
       {.sql = "CREATE ROLE boss LOGIN SUPERUSER; CREATE TABLE t (a int);"
               "ALTER DEFAULT PRIVILEGES FOR ROLE boss GRANT SELECT ON TABLES TO PUBLIC;",
        .hba = "# who\nhost all all 10.0.0.0/8 trust\nlocal all all peer\n",
        .conf = "lo_compat_privileges = on\n"},
       "extends: [baseline]\n",
       R"([]
ALTER ROLE "boss" NOSUPERUSER;
-- undo
ALTER ROLE "boss" SUPERUSER;
[postgres]
ALTER DEFAULT PRIVILEGES FOR ROLE "boss" REVOKE SELECT ON TABLES FROM PUBLIC;
-- undo
ALTER DEFAULT PRIVILEGES FOR ROLE "boss" GRANT SELECT ON TABLES TO PUBLIC;
--- /d/postgresql.conf
+++ /d/postgresql.conf
@@ -1,1 +1,4 @@
-lo_compat_privileges = on
+lo_compat_privileges = off
+ssl = on
+log_connections = on
+log_disconnections = on
--- /d/pg_hba.conf
+++ /d/pg_hba.conf
@@ -1,3 +1,4 @@
 # who
-host all all 10.0.0.0/8 trust
+host all,replication "postgres" all reject
+hostssl all all 10.0.0.0/8 scram-sha-256
 local all all peer
)"},
      {"a waived finding is left",
       {.sql = "CREATE ROLE boss LOGIN SUPERUSER; CREATE TABLE t (a int);", .conf = quiet},
       "extends: [baseline]\nwaivers:\n  - {rule: ROL-001, subject: boss, reason: agreed}\n",
       ""},
      {"a waived finding is left by the other rules, too",
       {.sql = "CREATE ROLE boss LOGIN SUPERUSER CREATEDB; CREATE TABLE t (a int);"
               "GRANT SELECT, INSERT ON t TO PUBLIC;",
        .conf = quiet},
       "extends: [baseline]\n"
       "classes: {people: {names: [boss]}}\n"
       "attributes: {people: {superuser: forbid, createdb: forbid}}\n"
       "grants:\n  - {to: PUBLIC, tables: {schema: public, names: [t], allow: [INSERT]}}\n"
       "waivers:\n  - {rule: ROL-001, subject: boss, reason: agreed}\n"
       "  - {rule: ROL-004, subject: boss, reason: agreed}\n"
       "  - {rule: ACL-001, subject: public.t, reason: agreed}\n",
       ""},
  };
  for (const auto& c : cases) {
    INFO(c.what);
    CHECK(shown(plan_of(script_cluster(c.texts), c.policy)) == c.expected);
  }
}

TEST_CASE("a plan's script runs in one transaction for each database, and is undone in reverse",
          "[fix][plan]") {
  const auto cluster = script_cluster(
      {.sql =
           "CREATE ROLE \"b$pgleast$\" SUPERUSER; CREATE DATABASE \"d d\"; CREATE TABLE t (a int);"
           "GRANT SELECT ON t TO PUBLIC;\n\\connect \"dbname='d d'\"\nCREATE TABLE u (a int);"
           "GRANT SELECT ON u TO PUBLIC;",
       .conf = quiet});
  const auto plan = plan_of(cluster, "extends: [baseline]\n");
  CHECK(fix_script(plan, cluster) ==
        R"(-- Takes what the audit found too much, gives what is required, written by pgleast.
-- Run it as a superuser: psql -v ON_ERROR_STOP=1 -d 'd d' -f fix.sql
SET client_encoding = 'UTF8';

BEGIN;
SET LOCAL search_path = pg_catalog;
SET LOCAL lock_timeout = '5s';
SET LOCAL client_min_messages = error;

ALTER ROLE "b$pgleast$" NOSUPERUSER;

COMMIT;

SELECT 'd d' AS pgleast_database \gset
\connect :"pgleast_database"
SET client_encoding = 'UTF8';
BEGIN;
SET LOCAL search_path = pg_catalog;
SET LOCAL lock_timeout = '5s';
SET LOCAL client_min_messages = error;

REVOKE SELECT ON TABLE "public"."u" FROM PUBLIC;

COMMIT;

SELECT 'postgres' AS pgleast_database \gset
\connect :"pgleast_database"
SET client_encoding = 'UTF8';
BEGIN;
SET LOCAL search_path = pg_catalog;
SET LOCAL lock_timeout = '5s';
SET LOCAL client_min_messages = error;

REVOKE SELECT ON TABLE "public"."t" FROM PUBLIC;

COMMIT;
)");
  CHECK(undo_script(plan, cluster) == R"(-- Undoes what fix.sql did, written by pgleast.
-- Run it as a superuser: psql -v ON_ERROR_STOP=1 -d 'd d' -f undo.sql
SET client_encoding = 'UTF8';

SELECT 'postgres' AS pgleast_database \gset
\connect :"pgleast_database"
SET client_encoding = 'UTF8';
BEGIN;
SET LOCAL search_path = pg_catalog;
SET LOCAL lock_timeout = '5s';
SET LOCAL client_min_messages = error;

GRANT SELECT ON TABLE "public"."t" TO PUBLIC;

COMMIT;

SELECT 'd d' AS pgleast_database \gset
\connect :"pgleast_database"
SET client_encoding = 'UTF8';
BEGIN;
SET LOCAL search_path = pg_catalog;
SET LOCAL lock_timeout = '5s';
SET LOCAL client_min_messages = error;

GRANT SELECT ON TABLE "public"."u" TO PUBLIC;

COMMIT;

BEGIN;
SET LOCAL search_path = pg_catalog;
SET LOCAL lock_timeout = '5s';
SET LOCAL client_min_messages = error;

ALTER ROLE "b$pgleast$" SUPERUSER;

COMMIT;
)");
}

TEST_CASE("of several databases each has its own file, run in order and undone in reverse",
          "[fix][plan]") {
  const auto cluster = script_cluster(
      {.sql = "CREATE ROLE boss SUPERUSER; CREATE DATABASE \"d/ä\"; CREATE TABLE t (a int);"
              "GRANT SELECT ON t TO PUBLIC;\n\\connect \"d/ä\"\nCREATE TABLE u (a int);"
              "GRANT SELECT ON u TO PUBLIC;",
       .conf = quiet});
  const auto plan = plan_of(cluster, "extends: [baseline]\n");
  const auto heading = std::string(R"(-- Run these as a superuser, in this order:
--   psql -v ON_ERROR_STOP=1 -d 'd/ä' -f fix.sql
--   psql -v ON_ERROR_STOP=1 -d 'd/ä' -f fix-1-d___.sql
--   psql -v ON_ERROR_STOP=1 -d postgres -f fix-2-postgres.sql
SET client_encoding = 'UTF8';
)");
  const auto files = fix_files(plan, cluster);
  REQUIRE(files.size() == 3);
  const std::vector<std::string> statements{"ALTER ROLE \"boss\" NOSUPERUSER;",
                                            "REVOKE SELECT ON TABLE \"public\".\"u\" FROM PUBLIC;",
                                            "REVOKE SELECT ON TABLE \"public\".\"t\" FROM PUBLIC;"};
  for (std::size_t i = 0; i < 3; ++i) {
    CAPTURE(files[i].name);
    CHECK(files[i].text ==
          "-- Takes what the audit found too much, gives what is required, written by pgleast.\n" +
              heading + R"(
BEGIN;
SET LOCAL search_path = pg_catalog;
SET LOCAL lock_timeout = '5s';
SET LOCAL client_min_messages = error;

)" + statements[i] +
              "\n\nCOMMIT;\n");
  }
  CHECK(notes(plan, cluster) == R"(# What is left to decide

Nothing.

# In which order the files are run

    psql -v ON_ERROR_STOP=1 -d 'd/ä' -f fix.sql
    psql -v ON_ERROR_STOP=1 -d 'd/ä' -f fix-1-d___.sql
    psql -v ON_ERROR_STOP=1 -d postgres -f fix-2-postgres.sql

What undoes them:

    psql -v ON_ERROR_STOP=1 -d postgres -f undo-1-postgres.sql
    psql -v ON_ERROR_STOP=1 -d 'd/ä' -f undo-2-d___.sql
    psql -v ON_ERROR_STOP=1 -d 'd/ä' -f undo.sql
)");
  std::string undone;
  for (const auto& file : undo_files(plan, cluster)) {
    undone += file.name + (file.text.find("ALTER ROLE") != std::string::npos ? " role\n" : "\n");
  }
  CHECK(undone == "undo-1-postgres.sql\nundo-2-d___.sql\nundo.sql role\n");
}

TEST_CASE("settings of the server are the cluster's: in fix.sql, and undone first there",
          "[fix][plan]") {
  Plan plan;
  plan.sections = {{"a", {"GRANT 1;"}, {"REVOKE 1;"}}, {"b", {"GRANT 2;"}, {"REVOKE 2;"}}};
  plan.system = {"ALTER SYSTEM SET x = 1;"};
  plan.system_undo = {"ALTER SYSTEM RESET x;"};
  const Cluster cluster;
  for (const auto& files : {fix_files(plan, cluster), undo_files(plan, cluster)}) {
    for (const auto& file : files) {
      CAPTURE(file.name);
      const bool of_cluster = file.name == "fix.sql" || file.name == "undo.sql";
      CHECK((file.text.find("\nALTER SYSTEM ") != std::string::npos) == of_cluster);
      CHECK((file.text.find("\nBEGIN;") != std::string::npos) != of_cluster);
    }
  }
}

TEST_CASE("what a pinned path leaves open is left to decide where it is found afterwards",
          "[fix][plan]") {
  Finding finding;
  finding.rule = "FUN-001";
  finding.subject.name = "public.f()";
  finding.remedies = {PinSearchPath{}};
  finding.decision = "it still has schema public";
  Plan plan;
  plan.before.judgements.resize(1);
  plan.before.judgements[0].verdict.findings = {finding};
  CHECK(notes(plan, {}) == "# What is left to decide\n\nNothing.\n");
  finding.remedies.clear();
  finding.decision = "take CREATE from others";
  plan.after.judgements.resize(1);
  plan.after.judgements[0].verdict.findings = {finding};
  CHECK(notes(plan, {}) ==
        "# What is left to decide\n\n- FUN-001 public.f(): take CREATE from others\n");
}

TEST_CASE("an access list that was null is null again", "[fix][plan]") {
  const auto cluster = script_cluster(
      {.sql = "CREATE ROLE app; CREATE SCHEMA \"s's\";"
              "CREATE FUNCTION \"s's\".f(int, text) RETURNS int LANGUAGE sql SECURITY DEFINER SET "
              "search_path = pg_catalog, pg_temp AS 'SELECT 1';"
              "CREATE FUNCTION public.g() RETURNS int LANGUAGE sql SECURITY DEFINER SET "
              "search_path = pg_catalog, pg_temp AS 'SELECT 1'; GRANT ALL ON FUNCTION g() TO app;",
       .conf = quiet});
  const auto undo = undo_script(plan_of(cluster, "extends: [baseline]\n"), cluster);
  CHECK(undo.substr(undo.find("GRANT")) ==
        R"(GRANT EXECUTE ON ROUTINE "public"."g"() TO PUBLIC;
GRANT EXECUTE ON ROUTINE "s's"."f"(integer,pg_catalog.text) TO PUBLIC;
UPDATE pg_proc SET proacl = NULL WHERE oid = '"s''s"."f"(integer,pg_catalog.text)'::regprocedure AND proacl @> acldefault('f', proowner) AND proacl <@ acldefault('f', proowner);

COMMIT;
)");
}

TEST_CASE("a plan that was carried out leaves nothing to plan", "[fix][plan]") {
  const char* const script =
      "CREATE ROLE boss LOGIN SUPERUSER; CREATE ROLE app LOGIN CREATEROLE; CREATE TABLE t (a int);"
      "GRANT ALL ON t TO PUBLIC; ALTER DEFAULT PRIVILEGES FOR ROLE app GRANT SELECT ON TABLES TO "
      "PUBLIC;";
  const auto cluster = script_cluster(script);
  const auto plan = plan_of(cluster, "extends: [baseline]\n");
  std::string done = script;
  for (const auto& section : plan.sections) {
    done += fmt::format("\nBEGIN;\n{}\nCOMMIT;\n", fmt::join(section.sql, "\n"));
  }
  CHECK(state_of(script_cluster(done)) == state_of(plan.model));
  for (const auto& section : plan.sections) {
    done += fmt::format("\nBEGIN;\n{}\nCOMMIT;\n", fmt::join(section.undo, "\n"));
  }
  CHECK(state_of(script_cluster(done)) == state_of(cluster));
  CHECK(plan_of(plan.model, "extends: [baseline]\n").statements() == 0);
}
