// One row or more for each kind of check: a small cluster, and all that the check says of it.

#include <fmt/format.h>

#include <array>
#include <set>

#include "checks/check.hpp"
#include "fix/finding_fix.hpp"
#include "policies/examples.hpp"
#include "support/catch.hpp"
#include "support/script_cluster.hpp"
#include "text/diagnostic.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

struct Case {
  const char* rule;
  ScriptTexts texts;     // the cluster
  const char* policy;    // beside the packs
  const char* needs;     // facts without which it is unseen
  const char* expected;  // verdict and findings
};

constexpr std::array<std::string_view, fact_count> fact_names{
    "roles", "passwords", "objects", "settings",  "role_settings",
    "hba",   "ident",     "code",    "extensions"};

std::string shown(const Finding& finding, const FindingFix& fix) {
  auto text =
      fmt::format("{} {}: {}\n", finding.subject.kind, finding.subject.name, finding.message);
  if (finding.location) {
    text += fmt::format("  at {}:{}:{}\n", finding.location->file, finding.location->line,
                        finding.location->column);
  }
  for (const auto& step : finding.path) text += "  path: " + step.text + '\n';
  for (const auto& detail : finding.detail) text += "  " + detail + '\n';
  if (!finding.decision.empty()) text += "  decide: " + finding.decision + '\n';
  for (const auto& sql : fix.sql) text += "  fix: " + sql + '\n';
  for (const auto& edit : fix.edits) {
    text += fmt::format("  fix: line {}: {}\n", edit.line, edit.after);
  }
  return text;
}

std::string shown(const Verdict& verdict, Cluster cluster) {
  auto text = std::string(to_string(verdict.kind)) + '\n';
  if (!verdict.why.empty()) text += fmt::format("{}; {}\n", verdict.why, verdict.remedy);
  Audit audit;
  audit.judgements = {{"", "", Severity::high, verdict}};
  for (const auto& [finding, fix] : findings_with_fixes(cluster, audit)) {
    text += shown(finding, fix);
  }
  return text;
}

Policy policy_of(const Case& c) {
  return policy_of_text(std::string("policy: 1\nextends: [baseline, model, escalation]\n") +
                        c.policy);
}

Cluster cluster_of(const Case& c) {
  auto texts = c.texts;
  texts.followed = false;
  return script_cluster(texts);
}

const Case cases[] = {
    // Records.
    {"HBA-001",
     {.sql = R"(CREATE ROLE app LOGIN;)", .hba = R"(local all all trust
host all app 10.0.0.0/8 trust
host all all 127.0.0.1/32 trust
)"},
     "",
     "hba",
     R"(broken
record host all app 10.0.0.0/8 trust: `trust` asks for no credential
  at /d/pg_hba.conf:2:25
  lets in: app, from 10.0.0.0/8, to every database, without TLS
  for example: psql "host=SERVER user=app dbname=postgres sslmode=disable" from 10.0.0.1
  decide: set passwords first: app has none
  fix: line 2: host all app 10.0.0.0/8 scram-sha-256
)"},
    // A line before it takes whoever would come.
    {"HBA-001",
     {.sql = R"(CREATE ROLE app LOGIN;)", .hba = R"(host all all all reject
host all app 10.0.0.0/8 trust
)"},
     "",
     "hba",
     R"(holds
)"},
    {"HBA-004",
     {.hba = R"(hostssl all all 0.0.0.0/0 scram-sha-256
host all all ::1/128 md5
)"},
     "",
     "hba",
     R"(broken
record hostssl all all 0.0.0.0/0 scram-sha-256: `0.0.0.0/0` is every address of its family
  at /d/pg_hba.conf:1:17
  lets in: postgres, from any IPv4 address, to every database, encrypted
  for example: psql "host=SERVER user=postgres dbname=postgres sslmode=require" from 203.0.113.9
  decide: name the networks that clients come from (parameter client_networks); until then the record is narrowed to samenet
  fix: line 1: hostssl all all samenet   scram-sha-256
)"},
    {"HBA-011",
     {.hba = R"(local all all peer
)"},
     "",
     "hba",
     R"(holds
)"},
    {"SET-006",
     {.conf = "shared_buffers = 128MB\n"},
     "",
     "settings",
     R"(holds
)"},
    {"SET-006",
     {.conf = "port = 5433\nshared_buffers = many\n", .whole = false},
     "",
     "",
     R"(broken
setting shared_buffers: invalid value: `shared_buffers` is a number in units of 8kB; the server does not start with this file
  at /d/postgresql.conf:2:1
  decide: correct the entry, or remove it
)"},
    // The server counts a line less for what is missing at the end of a file.
    {"SET-006",
     {.conf = "wal_level =", .whole = false},
     "",
     "",
     R"(broken
setting /d/postgresql.conf: syntax error at the end of the line: the server does not start with this file
  at /d/postgresql.conf:0:0
  decide: correct the line
)"},
    {"HBA-008",
     {.hba = R"(hostssl all all 10.0.0.0/8 md5
host  all all 10.1.0.0/16 md5
host  all all 11.0.0.0/8 md5
)"},
     "",
     "hba",
     R"(broken
record host all all 10.1.0.0/16 md5: `host` accepts logins over the network without TLS
  at /d/pg_hba.conf:2:1
  lets in: postgres, from 10.1.0.0/16, to every database, without TLS
  for example: psql "host=SERVER user=postgres dbname=postgres sslmode=disable" from 10.1.0.1
  fix: line 2: hostssl all all 10.1.0.0/16 md5
record host all all 11.0.0.0/8 md5: `host` accepts logins over the network without TLS
  at /d/pg_hba.conf:3:1
  lets in: postgres, from 11.0.0.0/8, to every database, without TLS
  for example: psql "host=SERVER user=postgres dbname=postgres sslmode=disable" from 11.0.0.1
  fix: line 3: hostssl all all 11.0.0.0/8 md5
)"},
    {"HBA-010",
     {.sql = R"(CREATE ROLE app LOGIN REPLICATION PASSWORD 'x';
CREATE ROLE standby LOGIN REPLICATION PASSWORD 'x';
ALTER ROLE postgres PASSWORD 'x';)",
      .hba = R"(hostssl replication all 10.0.0.0/8 scram-sha-256
)"},
     "",
     "hba",
     R"(broken
record hostssl replication all 10.0.0.0/8 scram-sha-256: replication is open to roles that are not for it
  at /d/pg_hba.conf:1:21
  lets in: app and postgres, from 10.0.0.0/8, to replication, encrypted
  for example: psql "host=SERVER user=postgres replication=true sslmode=require" from 10.0.0.1
  fix: line 1: hostssl replication "standby" 10.0.0.0/8 scram-sha-256
)"},
    {"HBA-009",
     {.sql = R"(CREATE ROLE app LOGIN; ALTER ROLE postgres PASSWORD 'x';)",
      .hba = R"(host all all 10.0.0.0/8 md5
local all all peer
)"},
     "",
     "hba roles",
     R"(broken
role postgres: superuser postgres can log in over the network
  at /d/pg_hba.conf:1:10
  lets in: postgres, from 10.0.0.0/8, to every database, without TLS
  for example: psql "host=SERVER user=postgres dbname=postgres sslmode=disable" from 10.0.0.1
  fix: line 1: host all,replication "postgres" all reject
)"},
    // Settings.
    {"TLS-002",
     {.conf = R"(ssl_min_protocol_version = TLSv1  # old
)"},
     "",
     "settings",
     R"(broken
setting ssl_min_protocol_version: ssl_min_protocol_version is TLSv1; it should be TLSv1.2 or newer
  at /d/postgresql.conf:1:1
  fix: line 1: ssl_min_protocol_version = 'TLSv1.2'
)"},
    {"TLS-002",
     {.conf = R"(ssl_min_protocol_version = TLSv1.3
)"},
     "",
     "settings",
     R"(holds
)"},
    // Roles.
    {"ROL-003",
     {.sql = R"(CREATE ROLE "o""dd" CREATEROLE;
CREATE ROLE plain;)"},
     "",
     "roles",
     R"(broken
role o"dd: o"dd has CREATEROLE: it can create roles and change those that it administers (before version 16: every role that is no superuser)
  at script.sql:1:45
  path: o"dd is CREATEROLE (script.sql:1)
  fix: ALTER ROLE "o""dd" NOCREATEROLE;
)"},
    {"PWD-002",
     {.sql = R"(CREATE ROLE app LOGIN PASSWORD 'md5aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
CREATE ROLE b LOGIN;)"},
     "",
     "passwords roles",
     R"(broken
role app: the password of app is stored as an MD5 hash, which is as good as the password to whoever reads it
  at script.sql:1:45
  decide: set a new password for app while password_encryption is scram-sha-256: \password in psql
)"},
    {"ROL-002",
     {.sql = R"(CREATE ROLE app LOGIN;
CREATE ROLE staff;
GRANT staff TO app;
GRANT pg_execute_server_program TO staff;)"},
     "",
     "roles",
     R"(broken
role app: app can become superuser
  at script.sql:4:1
  path: app logs in by /d/pg_hba.conf:1 (peer)
  path: app runs programs as the server's operating-system user (pg_execute_server_program)  (ESC-EXECPROG, script.sql:4)
  fix: REVOKE "pg_execute_server_program" FROM "staff" GRANTED BY "postgres";
)"},
    {"ESC-SET",
     {.sql = R"(CREATE ROLE app LOGIN;
CREATE ROLE boss;
GRANT boss TO app WITH INHERIT FALSE;)"},
     "",
     "roles",
     R"(broken
role app: app may SET ROLE boss
  at script.sql:3:1
  path: app logs in by /d/pg_hba.conf:1 (peer)
  path: app may SET ROLE boss  (ESC-SET, script.sql:3)
  login roles that can: app
  fix: REVOKE "boss" FROM "app" GRANTED BY "postgres";
)"},
    // Privileges.
    {"ACL-001",
     {.sql = R"(CREATE TABLE t (a int, "b c" int);
GRANT SELECT, INSERT ON t TO PUBLIC;
GRANT UPDATE ("b c") ON t TO PUBLIC;
CREATE TABLE u (a int);)"},
     "",
     "objects",
     R"(broken
table public.t: PUBLIC, that is every role, holds INSERT, SELECT on table public.t
  at script.sql:2:1
  path: GRANT INSERT, SELECT to PUBLIC on public.t (script.sql:2)
  fix: REVOKE INSERT, SELECT ON TABLE "public"."t" FROM PUBLIC;
column public.t."b c": PUBLIC, that is every role, holds UPDATE on column public.t."b c"
  at script.sql:3:1
  path: GRANT UPDATE to PUBLIC on public.t."b c" (script.sql:3)
  fix: REVOKE UPDATE ("b c") ON TABLE "public"."t" FROM PUBLIC;
)"},
    {"ACL-003",
     {.sql = R"(CREATE ROLE maker;
ALTER DEFAULT PRIVILEGES FOR ROLE maker GRANT SELECT ON TABLES TO PUBLIC;)"},
     "",
     "objects",
     R"(broken
default-privileges tables of maker in every schema: PUBLIC will hold SELECT on future tables of maker in every schema
  at script.sql:2:1
  fix: ALTER DEFAULT PRIVILEGES FOR ROLE "maker" REVOKE SELECT ON TABLES FROM PUBLIC;
)"},
    {"FUN-002",
     {.sql = R"(CREATE FUNCTION f(int) RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
CREATE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 1';)"},
     "",
     "objects",
     R"(broken
function public.f(integer): every role may call public.f(integer), which runs as postgres
  at script.sql:1:45
  path: PUBLIC has EXECUTE on public.f(integer) (built-in default, script.sql:1)
  path: public.f(integer) is SECURITY DEFINER and owned by postgres (script.sql:1)
  decide: grant EXECUTE to the roles that call it
  fix: REVOKE EXECUTE ON ROUTINE "public"."f"(integer) FROM PUBLIC;
)"},
    {"FUN-001",
     {.sql = R"(CREATE FUNCTION f(int) RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT abs(1)';
CREATE FUNCTION g() RETURNS int LANGUAGE sql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS 'SELECT 1';)"},
     "",
     "objects",
     R"(broken
function public.f(integer): public.f(integer) runs as postgres and has no search_path of its own: it runs with its caller's
  at script.sql:1:45
  path: public.f(integer) is SECURITY DEFINER and owned by postgres, a superuser (script.sql:1)
  fix: ALTER FUNCTION "public"."f"(integer) SET search_path = pg_catalog, "public", pg_temp;
)"},
    // What the remedy leaves open is said; and where there is none, why.
    {"FUN-001",
     {.sql = R"(CREATE TABLE t (a int); GRANT CREATE ON SCHEMA public TO PUBLIC;
CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT a FROM t';
SET check_function_bodies = off;
CREATE FUNCTION g() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT a FROM nosuch';
CREATE FUNCTION h() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
  AS 'SELECT a FROM t';)"},
     "",
     "objects",
     R"(broken
function public.f(): public.f() runs as postgres and has no search_path of its own: it runs with its caller's
  at script.sql:2:1
  path: public.f() is SECURITY DEFINER and owned by postgres, a superuser (script.sql:2)
  decide: with search_path = pg_catalog, "public", pg_temp it still has schema public in its search_path, where every role may create: take CREATE there from other roles
  fix: ALTER FUNCTION "public"."f"() SET search_path = pg_catalog, "public", pg_temp;
function public.g(): public.g() runs as postgres and has no search_path of its own: it runs with its caller's
  at script.sql:4:1
  path: public.g() is SECURITY DEFINER and owned by postgres, a superuser (script.sql:4)
  decide: along the search_path of its callers there is no relation nosuch: choose its search_path, or name the schemas in its body
function public.h(): public.h() runs as postgres and has schema public in its search_path, where every role may create
  at script.sql:5:1
  path: public.h() is SECURITY DEFINER and owned by postgres, a superuser (script.sql:5)
  decide: take CREATE on the schemas of its path from other roles
)"},
    // Rows.
    {"RLS-001",
     {.sql = R"(CREATE ROLE app LOGIN;
CREATE ROLE keeper;
CREATE SCHEMA s;
GRANT USAGE ON SCHEMA s TO app;
CREATE TABLE s.t (id int, owner text);
ALTER TABLE s.t OWNER TO keeper;
CREATE POLICY mine ON s.t USING (owner = current_user);)"},
     "",
     "objects",
     R"(broken
table s.t: s.t has 1 policy, but row level security is off: 0 login roles that can read it see all rows
  at script.sql:5:1
  fix: ALTER TABLE "s"."t" ENABLE ROW LEVEL SECURITY;
)"},
    {"RLS-001",
     {.sql = R"(CREATE ROLE app LOGIN;
CREATE ROLE keeper;
CREATE SCHEMA s;
GRANT USAGE ON SCHEMA s TO app;
CREATE TABLE s.t (id int, owner text);
ALTER TABLE s.t OWNER TO keeper;
ALTER TABLE s.t ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON s.t USING (owner = current_user);
GRANT SELECT ON s.t TO app;
)"},
     "",
     "objects",
     R"(holds
)"},
    {"RLS-003",
     {.sql = R"(CREATE ROLE app LOGIN;
CREATE ROLE keeper;
CREATE SCHEMA s;
GRANT USAGE ON SCHEMA s TO app;
CREATE TABLE s.t (id int, owner text);
ALTER TABLE s.t OWNER TO keeper;
ALTER TABLE s.t ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON s.t USING (owner = current_user);
GRANT SELECT ON s.t TO app;
CREATE POLICY everything ON s.t USING (true);)"},
     "",
     "code objects",
     R"(broken
policy everything on s.t: policy everything of s.t admits every row: beside it mine says nothing, as one permissive policy suffices
  at script.sql:10:1
  decide: drop the policy, name the roles that it is for, or make it restrictive
)"},
    {"RLS-012",
     {.sql = R"(CREATE ROLE app LOGIN;
CREATE ROLE keeper;
CREATE SCHEMA s;
GRANT USAGE ON SCHEMA s TO app;
CREATE TABLE s.t (id int, owner text);
ALTER TABLE s.t OWNER TO keeper;
ALTER TABLE s.t ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON s.t USING (owner = current_user);
GRANT SELECT ON s.t TO app;
GRANT TRUNCATE ON s.t TO app;)"},
     "",
     "objects roles",
     R"(broken
table s.t: app holds TRUNCATE on s.t, whose policies do not cover that
  at script.sql:10:1
  fix: REVOKE TRUNCATE ON TABLE "s"."t" FROM "app";
)"},
    {"RLS-010",
     {.sql = R"(CREATE ROLE app LOGIN;
CREATE ROLE keeper;
CREATE SCHEMA s;
GRANT USAGE ON SCHEMA s TO app;
CREATE TABLE s.t (id int, owner text);
ALTER TABLE s.t OWNER TO keeper;
ALTER TABLE s.t ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON s.t USING (owner = current_user);
GRANT SELECT ON s.t TO app;
CREATE VIEW s.v AS SELECT * FROM s.t;
ALTER VIEW s.v OWNER TO keeper;
GRANT SELECT ON s.v TO app;)"},
     "",
     "code objects roles",
     R"(broken
table s.v: s.v shows rows of s.t as keeper sees them, whom its policies do not bind, to app, whom they do
  at script.sql:10:1
  decide: make it a security_invoker view (15 and later), force row security on the owner, or revoke SELECT on it
)"},
    // The policy's own model.
    {"MOD-001",
     {.sql = R"(CREATE ROLE app LOGIN;
CREATE ROLE stranger LOGIN;)"},
     R"(classes:
  administrators: {names: ["is:bootstrap"]}
  applications: {names: [app]}
)",
     "roles",
     R"(broken
role stranger: stranger is in no class of the policy
  at script.sql:2:1
  decide: put the role into a class, or drop it
)"},
    {"MOD-002",
     {.sql = R"(CREATE ROLE app LOGIN CREATEDB CONNECTION LIMIT 9;)"},
     R"(classes:
  applications: {names: [app], login: require}
attributes:
  applications: {createdb: forbid, connection_limit: {max: 5}}
)",
     "roles",
     R"(broken
role app CONNECTION LIMIT: app may hold 9 connections; at most 5 are allowed
  at script.sql:1:45
  fix: ALTER ROLE "app" CONNECTION LIMIT 5;
role app CREATEDB: app has CREATEDB, which its class applications must not have
  at script.sql:1:45
  fix: ALTER ROLE "app" NOCREATEDB;
)"},
    {"MOD-003",
     {.sql = R"(CREATE ROLE app;
CREATE ROLE g;
CREATE ROLE x;
GRANT g TO x;)"},
     R"(memberships:
  - {group: g, members: {require: [app]}, exclusive: true}
)",
     "roles",
     R"(broken
membership app in g: app is not a member of g
  fix: GRANT "g" TO "app";
membership x in g: x is a member of g, which is closed to others
  at script.sql:4:1
  fix: REVOKE "g" FROM "x" GRANTED BY "postgres";
)"},
    {"MOD-005",
     {.sql = R"(CREATE ROLE app;
CREATE TABLE t (a int);)"},
     R"(grants:
  - {to: app, tables: {schema: public, names: [t], require: [SELECT]}}
)",
     "objects roles",
     R"(broken
table public.t for app: app lacks SELECT on table public.t, which the policy requires
  fix: GRANT SELECT ON TABLE "public"."t" TO "app";
)"},
    {"MOD-004",
     {.sql = R"(CREATE ROLE app;
CREATE ROLE g;
GRANT g TO app;
CREATE TABLE t (a int);
GRANT INSERT ON t TO g;
GRANT DELETE ON t TO app;)"},
     R"(grants:
  - {to: app, tables: {schema: public, names: [t], require: [SELECT], allow: []}}
)",
     "objects roles",
     R"(broken
table public.t for app: app holds INSERT, DELETE on table public.t, more than the policy allows
  at script.sql:5:1
  path: app holds INSERT (app > g, script.sql:5)
  path: app holds DELETE (grant, script.sql:6)
  fix: REVOKE INSERT ON TABLE "public"."t" FROM "g";
  fix: REVOKE DELETE ON TABLE "public"."t" FROM "app";
)"},
    {"MOD-006",
     {.sql = R"(CREATE ROLE app;
CREATE ROLE reader;
GRANT CREATE ON SCHEMA public TO app;
CREATE TABLE t (a int);)"},
     R"(grants:
  - {to: reader, tables: {schema: public, names: ["*"], require: [SELECT], future: true}}
)",
     "objects roles",
     R"(broken
default-privileges tables of app in public: reader lacks: reader will lack SELECT on future tables that app creates in schema public
  fix: ALTER DEFAULT PRIVILEGES FOR ROLE "app" IN SCHEMA "public" GRANT SELECT ON TABLES TO "reader";
default-privileges tables of postgres in public: reader lacks: reader will lack SELECT on future tables that postgres creates in schema public
  fix: ALTER DEFAULT PRIVILEGES FOR ROLE "postgres" IN SCHEMA "public" GRANT SELECT ON TABLES TO "reader";
)"},
    {"ACL-008",
     {.sql = R"(CREATE ROLE app LOGIN;
GRANT SELECT ON pg_catalog.pg_authid TO app;)"},
     "",
     "code objects roles",
     R"(broken
table pg_catalog.pg_authid for app: app holds SELECT on pg_catalog.pg_authid
  at script.sql:2:1
  fix: REVOKE SELECT ON TABLE "pg_catalog"."pg_authid" FROM "app";
)"},
    {"MOD-004",
     {.sql = R"(CREATE ROLE app LOGIN;
CREATE TABLE t (a int, b int);
GRANT SELECT (a, b), UPDATE (b) ON t TO app;)"},
     R"(grants:
  - to: app
    tables: {schema: public, names: ["*"], allow: []}
)",
     "objects roles",
     R"(broken
table public.t for app: app holds SELECT (a and b), UPDATE (b) on table public.t, more than the policy allows
  at script.sql:3:1
  path: app holds SELECT on column a (grant, script.sql:3)
  path: app holds SELECT on column b (grant, script.sql:3)
  path: app holds UPDATE on column b (grant, script.sql:3)
  fix: REVOKE SELECT ("a") ON TABLE "public"."t" FROM "app";
  fix: REVOKE SELECT ("b") ON TABLE "public"."t" FROM "app";
  fix: REVOKE UPDATE ("b") ON TABLE "public"."t" FROM "app";
)"},
    {"RLS-017",
     {.sql = R"(CREATE ROLE app LOGIN;
GRANT USAGE ON SCHEMA public TO app;
CREATE TABLE sets (id int PRIMARY KEY);
CREATE TABLE series (id int REFERENCES sets ON DELETE CASCADE);
ALTER TABLE series ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON series USING (id = 3);
GRANT SELECT ON series TO app;
GRANT DELETE ON sets TO app;)"},
     "",
     "code objects roles",
     R"(broken
table public.sets: DELETE on public.sets deletes rows of public.series, by foreign key series_id_fkey, for app, whom the policies of public.series bind
  at script.sql:3:1
  decide: let the foreign key restrict instead, or revoke the privilege
)"},
    {"MOD-007",
     {.sql = R"(CREATE ROLE app LOGIN;
CREATE ROLE g;
GRANT g TO app;
CREATE TABLE t (a int);
GRANT INSERT ON t TO g;)"},
     R"(access:
  - {id: no-writes, who: app, cannot: [INSERT, UPDATE], tables: ["public.*"]}
)",
     "objects roles",
     R"(broken
table no-writes: public.t by app: app has INSERT on public.t, which `no-writes` rules out
  at script.sql:5:1
  path: app  --member of (inherits, script.sql:3)-->  g
  path: --GRANT by postgres (script.sql:5)-->  public.t
  fix: REVOKE INSERT ON TABLE "public"."t" FROM "g";
)"},
};

}  // namespace

TEST_CASE("what each kind of check says", "[checks]") {
  for (const auto& c : cases) {
    INFO(c.rule << "\n" << c.texts.sql);
    const auto cluster = cluster_of(c);
    CHECK(shown(verdict_of_rule(policy_of(c), c.rule, cluster), cluster) == c.expected);
  }
}

TEST_CASE("a check is unseen without what it needs, and only then", "[checks]") {
  for (const auto& c : cases) {
    INFO(c.rule << "\n" << c.texts.sql);
    const auto cluster = cluster_of(c);
    const auto policy = policy_of(c);
    std::set<std::string> needed;
    for (std::size_t f = 0; f < fact_count; ++f) {
      auto partly = cluster;
      partly.unseen[static_cast<Fact>(f)] = {"not read", "read it"};
      const auto verdict = verdict_of_rule(policy, c.rule, partly);
      if (verdict.kind != Verdict::Kind::unseen) continue;
      needed.emplace(fact_names[f]);
      CHECK(verdict.findings.empty());
      CHECK(verdict.why.ends_with("not read"));
      CHECK(verdict.remedy == "read it");
    }
    CHECK(fmt::format("{}", fmt::join(needed, " ")) == c.needs);
  }
}

TEST_CASE("a view over a catalog may show its secret by another name", "[checks]") {
  struct Row {
    const char* sql;
    Verdict::Kind expected;
  };
  const auto row = GENERATE(values<Row>({
      {"CREATE VIEW v AS SELECT rolpassword FROM pg_authid; GRANT SELECT ON v TO app;",
       Verdict::Kind::broken},
      {"CREATE VIEW v AS SELECT rolpassword AS p FROM pg_authid; GRANT SELECT ON v TO app;",
       Verdict::Kind::unseen},
      {"CREATE VIEW v AS SELECT rolname FROM pg_authid; GRANT SELECT (rolname) ON v TO app;",
       Verdict::Kind::unseen},
      {"CREATE VIEW v AS SELECT rolpassword AS p FROM pg_authid;", Verdict::Kind::holds},
      {"CREATE VIEW v AS SELECT oid FROM pg_class; GRANT SELECT ON v TO app;",
       Verdict::Kind::holds},
  }));
  INFO(row.sql);
  const auto cluster = script_cluster("CREATE ROLE app LOGIN; " + std::string(row.sql));
  CHECK(verdict_of_rule(load_policy({"baseline"}), "ACL-008", cluster).kind == row.expected);
}

TEST_CASE("a step that code may lead to is unseen where code was not read", "[checks]") {
  const auto policy = load_policy({"escalation"});
  auto cluster = script_cluster("CREATE ROLE app LOGIN");
  for (const auto& edge : escalations()) {
    INFO(edge.id);
    cluster.unseen.erase(Fact::code);
    const auto id = std::string(edge.id);
    if (!edge.also_by_code) continue;
    CHECK(verdict_of_rule(policy, id, cluster).kind == Verdict::Kind::holds);
    cluster.unseen[Fact::code] = {"not read", "read it"};
    CHECK(verdict_of_rule(policy, id, cluster).kind == Verdict::Kind::unseen);
  }
}

TEST_CASE("a role may become another in a way that cannot be followed", "[checks]") {
  const auto cluster = script_cluster(
      "CREATE ROLE app LOGIN; CREATE FUNCTION f(q text) RETURNS void SECURITY DEFINER LANGUAGE "
      "plpgsql SET search_path = pg_catalog, pg_temp AS 'BEGIN UPDATE pg_authid SET rolsuper = "
      "true "
      "WHERE rolname = q; END';");
  const auto policy = policy_of_text(
      "policy: 1\nextends: [model]\naccess:\n  - {id: stays, who: app, cannot_become: postgres}\n");
  const auto verdict = verdict_of_rule(policy, "MOD-007", cluster);
  CHECK(verdict.kind == Verdict::Kind::unseen);
  CHECK(verdict.why.starts_with("whether app can become postgres, which `stays` rules out"));
}

TEST_CASE("every kind of check has a row", "[checks]") {
  const auto policy = policy_of(cases[0]);
  std::set<std::string_view> with_row, kinds;
  for (const auto& c : cases) with_row.insert(kind_of(*policy.find_rule(c.rule)).name);
  for (const auto& kind : check_kinds()) kinds.insert(kind.name);
  CHECK(with_row == kinds);
}

TEST_CASE("what a rule says wrong is refused at its place", "[checks]") {
  struct Wrong {
    const char* rule;
    const char* message;
  };
  const auto w = GENERATE(values<Wrong>({
      {"check: hba_forbid\n",
       "rule.yaml:1:8: error: unknown check `hba_forbid`; did you mean `hba_forbids`?\n"
       "  check: hba_forbid\n"
       "         ^~~~~~~~~~"},
      {"check: role_attribute\nwith: {attribute: superusers, except: []}\n",
       "rule.yaml:2:19: error: unknown attribute `superusers`; did you mean `superuser`?\n"
       "  with: {attribute: superusers, except: []}\n"
       "                    ^~~~~~~~~~"},
      {"check: role_attribute\nwith: {attribute: superuser, except: [a], exept: [a]}\n",
       "rule.yaml:2:43: error: unknown key `exept`\n"
       "  with: {attribute: superuser, except: [a], exept: [a]}\n"
       "                                            ^~~~~"},
      {"check: hba_loads\nfix: {revoke: true}\n",
       "rule.yaml:2:7: error: unknown key `revoke`\n"
       "  fix: {revoke: true}\n"
       "        ^~~~~~"},
  }));
  INFO(w.rule);
  const auto yaml = read_yaml(Source("rule.yaml", w.rule));
  MapReader reader(yaml, "a rule");
  Rule rule;
  rule.check_node = reader.need("check");
  rule.check = scalar_text(rule.check_node);
  if (const auto* const with = reader.find("with")) rule.with = *with;
  if (const auto* const fix = reader.find("fix")) rule.fix = *fix;
  std::string message = "no error";
  try {
    compile(rule);
  } catch (const Error& e) {
    message = e.what();
  }
  CHECK(message == w.message);
}
