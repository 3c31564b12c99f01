// Fixes applied for real: the fault is gone, what the model foresaw is what the server has,
// the scripts may be run twice, and undo restores the access lists.

#include <iostream>
#include <set>
#include <sstream>

#include "audit/audit.hpp"
#include "fix/script.hpp"
#include "input/server/server_reader.hpp"
#include "policy/loader.hpp"
#include "support/catch.hpp"
#include "support/server.hpp"
#include "text/files.hpp"

using namespace pgleast;
using pgleast::test::LiveServer;

namespace {

// Names that would be code if one were not quoted, several grantors, columns, options passed on.
const char* const world = R"sql(
CREATE ROLE owner NOLOGIN; CREATE ROLE "x""; DROP TABLE y; --" LOGIN;
CREATE ROLE "$pgleast$ \! touch" LOGIN; CREATE ROLE giver LOGIN; CREATE ROLE taker LOGIN;
CREATE ROLE boss NOLOGIN; CREATE ROLE climber LOGIN; CREATE ROLE maker LOGIN CREATEROLE CREATEDB;
CREATE ROLE copier LOGIN REPLICATION BYPASSRLS;
GRANT boss TO climber; GRANT pg_execute_server_program TO boss;
CREATE SCHEMA "odd "" schema" AUTHORIZATION owner;
GRANT USAGE, CREATE ON SCHEMA "odd "" schema" TO PUBLIC;
SET ROLE owner;
CREATE TABLE "odd "" schema"."y'; DROP TABLE z; --" ("a "" b" int, c int);
GRANT SELECT ON "odd "" schema"."y'; DROP TABLE z; --" TO giver WITH GRANT OPTION;
GRANT SELECT ("a "" b"), UPDATE (c) ON "odd "" schema"."y'; DROP TABLE z; --" TO PUBLIC;
GRANT SELECT (c) ON "odd "" schema"."y'; DROP TABLE z; --" TO "x""; DROP TABLE y; --";
CREATE FUNCTION "odd "" schema"."f%I"(integer, text) RETURNS int LANGUAGE sql SECURITY DEFINER
  SET work_mem = '4MB' AS 'SELECT 1';
CREATE PROCEDURE "odd "" schema".p() LANGUAGE sql SECURITY DEFINER
  SET search_path = "odd "" schema", public AS 'SELECT 1';
CREATE POLICY own ON "odd "" schema"."y'; DROP TABLE z; --" USING (c > 0);
ALTER DEFAULT PRIVILEGES FOR ROLE owner GRANT SELECT ON TABLES TO PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE owner IN SCHEMA "odd "" schema" GRANT USAGE ON SEQUENCES TO PUBLIC;
SET ROLE giver;
GRANT SELECT ON "odd "" schema"."y'; DROP TABLE z; --" TO PUBLIC;
GRANT SELECT ON "odd "" schema"."y'; DROP TABLE z; --" TO taker WITH GRANT OPTION;
SET ROLE taker;
GRANT SELECT ON "odd "" schema"."y'; DROP TABLE z; --" TO "$pgleast$ \! touch";
RESET ROLE;
CREATE SEQUENCE public.s; GRANT USAGE ON SEQUENCE public.s TO PUBLIC;
SELECT lo_create(99); GRANT SELECT ON LARGE OBJECT 99 TO PUBLIC;
)sql";

// Everything that a fix may touch: null access lists as the built-in defaults that they are, and
// that they are null.
const char* const state_query = R"sql(
SET search_path = pg_catalog;
SELECT * FROM (
SELECT 'class', c.oid::regclass::text, a.grantee::regrole::text, a.grantor::regrole::text, a.privilege_type, a.is_grantable::text
  FROM pg_class c, aclexplode(coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))) a WHERE c.oid >= 16384 AND relkind IN ('r','S','v')
UNION ALL SELECT 'column', attrelid::regclass::text || '.' || attname, a.grantee::regrole::text, a.grantor::regrole::text, a.privilege_type, a.is_grantable::text FROM pg_attribute, aclexplode(attacl) a WHERE attrelid >= 16384
UNION ALL SELECT 'function', p.oid::regprocedure::text, a.grantee::regrole::text, a.grantor::regrole::text, a.privilege_type, a.is_grantable::text FROM pg_proc p, aclexplode(coalesce(proacl, acldefault('f', proowner))) a WHERE p.oid >= 16384
UNION ALL SELECT 'schema', n.oid::regnamespace::text, a.grantee::regrole::text, a.grantor::regrole::text, a.privilege_type, a.is_grantable::text FROM pg_namespace n, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) a
UNION ALL SELECT 'database', datname, a.grantee::regrole::text, a.grantor::regrole::text, a.privilege_type, a.is_grantable::text FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) a
UNION ALL SELECT 'lo', l.oid::text, a.grantee::regrole::text, a.grantor::regrole::text, a.privilege_type, a.is_grantable::text FROM pg_largeobject_metadata l, aclexplode(coalesce(lomacl, acldefault('L', lomowner))) a
UNION ALL SELECT 'default', defaclrole::regrole::text || ' ' || defaclnamespace::regnamespace::text || ' ' || defaclobjtype::text, a.grantee::regrole::text, a.grantor::regrole::text, a.privilege_type, a.is_grantable::text FROM pg_default_acl, aclexplode(defaclacl) a
UNION ALL SELECT 'member', roleid::regrole::text, member::regrole::text, '', admin_option::text, '' FROM pg_auth_members WHERE roleid >= 16384 OR member >= 16384
UNION ALL SELECT 'role', rolname, rolsuper::text || rolcreaterole::text || rolcreatedb::text || rolreplication::text || rolbypassrls::text, '', '', '' FROM pg_roles WHERE oid >= 16384
UNION ALL SELECT 'config', p.oid::regprocedure::text, array_to_string(ARRAY(SELECT unnest(proconfig) ORDER BY 1), ';'), '', '', '' FROM pg_proc p WHERE oid >= 16384
UNION ALL SELECT 'null list', oid::regprocedure::text, '', '', '', '' FROM pg_proc WHERE oid >= 16384 AND proacl IS NULL
UNION ALL SELECT 'null list', oid::regclass::text, '', '', '', '' FROM pg_class WHERE oid >= 16384 AND relacl IS NULL
UNION ALL SELECT 'null list', oid::regnamespace::text, '', '', '', '' FROM pg_namespace WHERE nspacl IS NULL
UNION ALL SELECT 'null list', datname, '', '', '', '' FROM pg_database WHERE datacl IS NULL
UNION ALL SELECT 'rls', oid::regclass::text, relrowsecurity::text || relforcerowsecurity::text, '', '', '' FROM pg_class WHERE oid >= 16384 AND relkind = 'r') AS t
ORDER BY 1, 2, 3, 4, 5, 6;
)sql";

std::string state(const LiveServer& server) {
  server.write(server.folder() + "/state.sql", state_query);
  const auto ran = server.psql_file("postgres", server.folder() + "/state.sql");
  CAPTURE(ran.out);
  REQUIRE(ran.code == 0);
  return ran.out;
}

std::size_t unwaived(const Audit& audit) {
  std::size_t count = 0;
  for (const auto& j : audit.judgements) count += j.verdict.findings.size();
  return count;
}

std::set<std::string> left_over(const Audit& audit) {
  std::set<std::string> result;
  for (const auto& f : sorted_findings(audit)) result.insert(f.rule + " " + f.subject.name);
  return result;
}

}  // namespace

TEST_CASE("fixes are what the model foresaw, may run twice and can be undone", "[live][fix]") {
  LiveServer server;
  server.sql("postgres", world);
  if (server.major() >= 16) {
    server.sql("postgres",
               "GRANT boss TO giver WITH ADMIN TRUE, INHERIT FALSE; SET ROLE giver; "
               "GRANT boss TO taker WITH INHERIT TRUE, SET FALSE;");
  }
  const Auditor auditor(load_policy({"baseline"}), "2026-01-01");
  const auto before = read_live({server.dsn("postgres"), {}, false});
  const auto plan = make_plan(before, auditor, accepted_kinds({"all"}));
  const auto old_state = state(server);
  server.write(server.folder() + "/fix.sql", fix_script(plan, before));
  server.write(server.folder() + "/undo.sql", undo_script(plan, before));
  const auto apply = [&](const char* name) {
    const auto ran = server.psql_file("postgres", server.folder() + name);
    CAPTURE(ran.out);
    REQUIRE(ran.code == 0);
  };

  apply("/fix.sql");
  const auto fixed_state = state(server);
  auto after = read_live({server.dsn("postgres"), {}, false});
  // Files are not what a statement changes: the patched ones stand for them.
  after.hba = plan.model.hba;
  after.settings = plan.model.settings;
  after.files = plan.model.files;
  const auto audit = auditor.audit(after);
  CHECK(left_over(audit) == left_over(plan.after));
  std::cout << "fix: " << plan.statements() << " statements, findings " << unwaived(plan.before)
            << " -> " << unwaived(audit) << "\n";
  for (const auto& name : left_over(audit)) UNSCOPED_INFO("left: " << name);
  CHECK(unwaived(audit) == 0);

  apply("/fix.sql");
  CHECK(state(server) == fixed_state);
  apply("/undo.sql");
  CHECK(state(server) == old_state);
}
