// What people lose, of two scripts: the second goes on where the first ends.

#include "change/loss.hpp"

#include <fmt/format.h>

#include "support/catch.hpp"
#include "support/script_cluster.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

std::string lost(const ScriptTexts& before, ScriptTexts after) {
  after.sql = before.sql + after.sql;
  const auto was = script_cluster(before), is = script_cluster(after);
  const auto csv = losses_csv(losses(ClusterState(was, ""), ClusterState(is, "")));
  return csv.substr(csv.find('\n') + 1);
}

const char* const shop =
    "CREATE ROLE app LOGIN; CREATE ROLE readers; GRANT readers TO app; CREATE ROLE boss;"
    "CREATE TABLE t (a int, b int); GRANT SELECT ON t TO readers; GRANT UPDATE (b) ON t TO app;"
    "CREATE TABLE s (a int); ALTER TABLE s OWNER TO boss; GRANT SELECT ON s TO app;"
    "CREATE VIEW v AS SELECT a FROM t; ALTER VIEW v OWNER TO boss; GRANT SELECT ON t TO boss;"
    "GRANT SELECT ON v TO app;"
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';"
    "CREATE POLICY p ON s USING (a > f());";

}  // namespace

TEST_CASE("what people lose is told by role and object", "[change]") {
  struct Case {
    const char* what;
    ScriptTexts before, after;
    const char* expected;
  };
  const Case cases[] = {
      {"nothing", {.sql = shop}, {.sql = "GRANT INSERT ON t TO app;"}, ""},
      {"a grant to a group",
       {.sql = shop},
       {.sql = "REVOKE SELECT ON t FROM readers;"},
       "privilege,app,postgres,table,public.t,SELECT,,\n"
       "privilege,readers,postgres,table,public.t,SELECT,,\n"},
      {"a membership",
       {.sql = shop},
       {.sql = "REVOKE readers FROM app;"},
       "membership,app,,role,readers,MEMBER,,\n"
       "privilege,app,postgres,table,public.t,SELECT,,\n"},
      {"a column",
       {.sql = shop},
       {.sql = "REVOKE UPDATE (b) ON t FROM app;"},
       "privilege,app,postgres,column,public.t.b,UPDATE,,\n"},
      {"row security, of the owner only when forced",
       {.sql = shop},
       {.sql = "ALTER TABLE s ENABLE ROW LEVEL SECURITY;"},
       "rows,app,postgres,table,public.s,SELECT,all rows,the rows that policies let through\n"},
      {"what a view needs as its owner",
       {.sql = shop},
       {.sql = "REVOKE SELECT ON t FROM boss;"},
       "privilege,boss,postgres,table,public.t,SELECT,,\n"
       "rows,app,postgres,table,public.v,SELECT,all rows,no row\n"
       "rows,boss,postgres,table,public.v,SELECT,all rows,no row\n"
       "rows,postgres,postgres,table,public.v,SELECT,all rows,no row\n"
       "code,boss,postgres,table,public.v,,,it needs SELECT on public.t\n"},
      {"a function that a policy calls",
       {.sql = shop},
       {.sql = "REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC;"},
       "privilege,app,postgres,function,public.f(),EXECUTE,,\n"
       "privilege,boss,postgres,function,public.f(),EXECUTE,,\n"
       "privilege,readers,postgres,function,public.f(),EXECUTE,,\n"
       "code,app,postgres,table,public.s,,policy p,it needs EXECUTE on public.f()\n"
       "code,boss,postgres,table,public.s,,policy p,it needs EXECUTE on public.f()\n"},
      {"an attribute",
       {.sql = "CREATE ROLE copier REPLICATION;"},
       {.sql = "ALTER ROLE copier NOREPLICATION;"},
       "attribute,copier,,,,REPLICATION,,\n"},
      {"a way in",
       {.sql = "CREATE ROLE app LOGIN PASSWORD 'x';",
        .hba = "host all app 10.0.0.0/8 trust\n",
        .conf = "listen_addresses = '*'\n"},
       {.hba = "host all app 10.1.0.0/16 scram-sha-256\n", .conf = "listen_addresses = '*'\n"},
       "login,app,postgres,database,postgres,CONNECT,\"from 10.0.0.0/16 and "
       "10.2.0.0-10.255.255.255, without TLS: no credential\",\n"
       "login,app,postgres,database,postgres,CONNECT,\"from 10.1.0.0/16, without TLS: no "
       "credential\",a password\n"
       "login,app,template1,database,template1,CONNECT,\"from 10.0.0.0/16 and "
       "10.2.0.0-10.255.255.255, without TLS: no credential\",\n"
       "login,app,template1,database,template1,CONNECT,\"from 10.1.0.0/16, without TLS: no "
       "credential\",a password\n"},
      {"CONNECT",
       {.sql = "CREATE ROLE app LOGIN;", .hba = "local all all trust\n"},
       {.sql = "REVOKE CONNECT ON DATABASE postgres FROM PUBLIC;", .hba = "local all all trust\n"},
       "login,app,postgres,database,postgres,CONNECT,from the local socket: no credential,\n"
       "privilege,app,,database,postgres,CONNECT,,\n"},
  };
  for (const auto& c : cases) {
    INFO(c.what);
    CHECK(lost(c.before, c.after) == c.expected);
  }
}
