// Rights on the server's own catalogs that scripts hand on, by a view, a function, a rule, a
// trigger or a grant: the same script on a server and replayed. What the rules about catalogs say
// of the server they say of the script, or they say unseen.

#include <fmt/format.h>

#include <array>
#include <iostream>
#include <set>

#include "input/replay/replay.hpp"
#include "input/server/server_reader.hpp"
#include "model/fresh_cluster.hpp"
#include "policies/examples.hpp"
#include "support/server.hpp"
#include "text/files.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

constexpr std::array rules{"ACL-007",    "ACL-008",           "ESC-FILEFUNC", "ESC-HASH",
                           "ESC-SECDEF", "ESC-WRITE-CATALOG", "FUN-001",      "ROL-002"};

struct Catalog {
  std::string table, column;
  int since = 12;
};
const std::vector<Catalog> catalogs{
    {"pg_authid", "rolpassword"},        {"pg_shadow", "passwd"},
    {"pg_user_mapping", "umoptions"},    {"pg_subscription", "subconninfo"},
    {"pg_statistic", "starelid"},        {"pg_statistic_ext_data", "stxoid"},
    {"pg_largeobject", "data"},          {"pg_file_settings", "setting"},
    {"pg_hba_file_rules", "options"},    {"pg_ident_file_mappings", "sys_name", 15},
    {"pg_db_role_setting", "setconfig"},
};

/// {0} is a schema, {1} the catalog, {2} its column.
struct Road {
  std::string sql;
  int since = 12;
};
const std::vector<Road> roads{
    {"CREATE VIEW {0}.v AS SELECT {2} FROM {1}; GRANT SELECT ON {0}.v TO app;"},
    {"CREATE VIEW {0}.v AS SELECT {2} FROM pg_catalog.{1}; GRANT SELECT, UPDATE, INSERT ON {0}.v "
     "TO PUBLIC;"},
    {"CREATE VIEW {0}.w AS SELECT {2} FROM {1} a; CREATE VIEW {0}.v AS SELECT {2} FROM {0}.w; "
     "GRANT SELECT, UPDATE ({2}) ON {0}.v TO app;"},
    {"CREATE VIEW {0}.v AS WITH w AS (SELECT {2} FROM {1}) SELECT {2} FROM w; GRANT SELECT ({2}) "
     "ON {0}.v TO app;"},
    {"CREATE VIEW {0}.v AS SELECT 1 AS one; CREATE OR REPLACE VIEW {0}.v AS SELECT 1 AS one, "
     "(SELECT "
     "{2} FROM {1} LIMIT 1) AS {2}; GRANT SELECT ON {0}.v TO app;"},
    {"CREATE VIEW {0}.v AS SELECT 1 AS one FROM pg_class WHERE oid = 'pg_authid'::regclass; GRANT "
     "SELECT "
     "ON {0}.v TO app;"},
    {"CREATE MATERIALIZED VIEW {0}.v AS SELECT {2} FROM {1}; GRANT SELECT ON {0}.v TO app;"},
    {"CREATE FUNCTION {0}.f() RETURNS SETOF text SECURITY DEFINER LANGUAGE sql SET search_path = "
     "pg_catalog, pg_temp AS 'SELECT {2}::text FROM {1}';"},
    {"CREATE FUNCTION {0}.f() RETURNS text SECURITY DEFINER LANGUAGE plpgsql AS 'BEGIN RETURN "
     "(SELECT max({2}::text) FROM {1}); END'; REVOKE ALL ON FUNCTION {0}.f() FROM PUBLIC; GRANT "
     "EXECUTE ON FUNCTION {0}.f() TO app;"},
    {"CREATE FUNCTION {0}.f() RETURNS void SECURITY DEFINER LANGUAGE plpgsql AS 'BEGIN EXECUTE "
     "''SELECT {2} FROM pg_cat'' || ''alog.{1}''; END';"},
    {"CREATE FUNCTION {0}.g() RETURNS bigint LANGUAGE sql AS 'SELECT count({2}) FROM {1}'; CREATE "
     "FUNCTION {0}.f() RETURNS bigint SECURITY DEFINER LANGUAGE sql AS 'SELECT {0}.g()';"},
    {"CREATE FUNCTION {0}.f() RETURNS bigint SECURITY DEFINER RETURN (SELECT count({2}) FROM {1});",
     14},
    {"CREATE TABLE {0}.t (a text); CREATE TABLE {0}.log (a text); CREATE RULE r AS ON INSERT TO "
     "{0}.t DO ALSO INSERT INTO {0}.log SELECT {2}::text FROM {1}; GRANT INSERT ON {0}.t TO app;"},
    {"CREATE TABLE {0}.t (a text); CREATE FUNCTION {0}.tf() RETURNS trigger SECURITY DEFINER "
     "LANGUAGE plpgsql AS 'BEGIN NEW.a := (SELECT max({2}::text) FROM {1}); RETURN NEW; END'; "
     "CREATE TRIGGER tr BEFORE INSERT ON {0}.t FOR EACH ROW EXECUTE FUNCTION {0}.tf(); GRANT "
     "INSERT ON {0}.t TO app;"},
};

const char* const roles =
    "CREATE ROLE app LOGIN; CREATE ROLE other LOGIN; CREATE ROLE hashed LOGIN PASSWORD "
    "'md5bed128365216c019988915ed3add75fb';\n";

/// What is no product of the two.
const char* const others =
    "CREATE SCHEMA o;\n"
    "CREATE VIEW o.sup AS SELECT rolname, rolsuper FROM pg_authid; GRANT SELECT, UPDATE ON o.sup "
    "TO app;\n"
    "CREATE VIEW o.set AS SELECT setdatabase, setrole, setconfig FROM pg_db_role_setting; GRANT "
    "INSERT ON o.set TO other;\n"
    "CREATE VIEW o.own AS WITH pg_authid AS (SELECT 1 AS rolpassword) SELECT rolpassword FROM "
    "pg_authid; GRANT SELECT ON o.own TO other;\n"
    "CREATE VIEW o.num AS SELECT count(*) AS n FROM pg_authid; GRANT UPDATE ON o.num TO other;\n"
    "CREATE FUNCTION o.up(x text) RETURNS void SECURITY DEFINER LANGUAGE sql SET search_path = "
    "pg_catalog, pg_temp AS 'UPDATE pg_authid SET rolsuper = true WHERE rolname = x';\n"
    "GRANT SELECT (rolname) ON pg_authid TO other;\n"
    "GRANT UPDATE (rolsuper) ON pg_authid TO other;\n"
    "GRANT SELECT ON pg_user_mapping TO other;\n"
    "GRANT SELECT ON pg_shadow TO PUBLIC;\n"
    "GRANT EXECUTE ON FUNCTION lo_export(oid, text) TO other;\n"
    "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO PUBLIC;\n";

/// Each in a world of its own: it is followed, or unseen.
const std::vector<std::string> worlds{
    "GRANT SELECT ON ALL TABLES IN SCHEMA pg_catalog TO app;",
    "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pg_catalog TO app;",
    "GRANT EXECUTE ON FUNCTION lo_export TO app;",
    "CREATE VIEW public.v AS SELECT * FROM pg_authid; GRANT SELECT, UPDATE ON public.v TO app;",
    "GRANT SELECT ON pg_authid TO other; CREATE VIEW public.v AS SELECT * FROM pg_authid; GRANT "
    "SELECT ON "
    "public.v TO app;",
    "CREATE TABLE public.t (a int); CREATE VIEW public.v AS SELECT pg_shadow.* FROM public.t, "
    "pg_shadow; GRANT SELECT "
    "ON "
    "public.v TO PUBLIC;",
    "ALTER FUNCTION pg_read_file(text) OWNER TO app;",
    "GRANT USAGE ON SCHEMA public TO app; CREATE FUNCTION public.f(t regclass) RETURNS void "
    "SECURITY "
    "DEFINER LANGUAGE plpgsql AS 'BEGIN EXECUTE format(''SELECT FROM %s'', t); END';",
};

std::string product(int major) {
  std::string sql;
  std::size_t number = 0;
  for (const auto& catalog : catalogs) {
    for (const auto& road : roads) {
      if (major < catalog.since || major < road.since) continue;
      const auto schema = fmt::format("r{}", number++);
      sql += fmt::format("CREATE SCHEMA {0}; GRANT USAGE ON SCHEMA {0} TO PUBLIC;\n", schema);
      sql += fmt::format(fmt::runtime(road.sql), schema, catalog.table, catalog.column) + '\n';
    }
  }
  return sql;
}

struct Count {
  int worlds = 0, findings = 0, unseen = 0, missed = 0, alarms = 0;
};

Cluster replayed(const LiveServer& server, const std::string& sql, const Cluster& seen) {
  auto cluster = fresh_cluster(server.major() * 10000);
  cluster.roles.front().name = server.superuser();
  replay_sql(Source("x.sql", "CREATE DATABASE roads;\n\\connect roads\n" + sql), cluster,
             Beneath::known);
  cluster.unseen.erase(Fact::hba);
  cluster.hba = seen.hba;
  return cluster;
}

std::multiset<std::string> told_by(const Verdict& verdict) {
  std::multiset<std::string> result;
  for (const auto& f : verdict.findings) result.insert(f.subject.name + ": " + f.message);
  return result;
}

void print_missing(const char* rule, const char* who, const std::multiset<std::string>& in,
                   const std::multiset<std::string>& of, int& count) {
  for (const auto& message : of) {
    if (in.contains(message)) continue;
    ++count;
    std::cout << rule << ' ' << who << ' ' << message << '\n';
  }
}

void compare(const LiveServer& server, const Policy& policy, const std::string& sql, Count& count) {
  Session session(server.dsn("roads"), "", Access::rolled_back_writes);
  session.ask(sql, "world");
  const auto seen = read_session(session);
  const auto ours = replayed(server, sql, seen);
  ++count.worlds;
  for (const auto* const rule : rules) {
    const auto theirs = verdict_of_rule(policy, rule, seen);
    const auto mine = verdict_of_rule(policy, rule, ours);
    count.findings += static_cast<int>(theirs.findings.size());
    if (mine.kind == Verdict::Kind::unseen) {
      ++count.unseen;
      continue;
    }
    if (theirs.kind != Verdict::Kind::holds && mine.kind == Verdict::Kind::holds) {
      ++count.missed;
      std::cout << rule << " holds of a script: " << sql << '\n';
    }
    const auto by_server = told_by(theirs), by_script = told_by(mine);
    print_missing(rule, "of the server alone:", by_script, by_server, count.missed);
    print_missing(rule, "of the script alone:", by_server, by_script, count.alarms);
  }
}

}  // namespace

TEST_CASE("rights on catalogs that scripts hand on are told as of a server",
          "[live][sql][catalogs]") {
  LiveServer server;
  server.sql("postgres", "CREATE DATABASE roads");
  const auto hba = server.data() + "/pg_hba.conf";
  server.write(hba, "local roads hashed md5\n" + read_file(hba));
  server.reload();
  server.sql("postgres", "SELECT pg_sleep(0.2)");
  const auto policy = load_policy({"baseline", "escalation"});
  Count all;
  compare(server, policy, roles + product(server.major()) + others, all);
  CHECK(all.unseen == 0);
  CHECK(all.findings > 150);
  for (const auto& world : worlds) compare(server, policy, roles + world, all);
  std::cout << fmt::format(
      "{} worlds, {} findings of servers, {} rules unseen of scripts, {} findings missed, {} of "
      "scripts alone\n",
      all.worlds, all.findings, all.unseen, all.missed, all.alarms);
  CHECK(all.missed == 0);
  CHECK(all.alarms == 0);
}
