// From a role to a table, to rows and to the cluster: by what it holds, by what others do for it as
// owners, by steps up. On clusters that scripts make; live/indirect.test.cpp asks servers.

#include "reach/route.hpp"

#include <fmt/format.h>

#include "reach/ways.hpp"
#include "support/catch.hpp"
#include "support/script_cluster.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

std::string shown(const Route& route) {
  std::string text = "app";
  for (const auto& leg : route.legs) {
    text += fmt::format("  --{}{}>  {}", leg.how, leg.how.empty() ? "" : "--", leg.to);
  }
  if (route.rows) text += "; " + route.rows->words;
  if (!route.unknown.empty()) text += "; unknown: " + route.unknown;
  if (route.needs_victim) text += "; needs a victim";
  text += '\n';
  for (const auto& statement : route.statements) text += "  " + statement + '\n';
  return text;
}

std::string ways_of(const Cluster& cluster, const char* target, const char* privilege) {
  const Graph graph(cluster);
  const Connections connections(graph);
  const Escalations escalations(graph, connections);
  std::string text;
  for (const auto& to : targets_named(cluster, target, privilege)) {
    const Routes routes(graph, escalations, to);
    for (const auto& route : routes.from(role_of(cluster, "app"), database_of(cluster, to))) {
      text += shown(route);
    }
  }
  return text;
}

struct Row {
  const char* sql;
  const char* target;
  const char* privilege;
  const char* expected;
};

const char* const world =
    "CREATE ROLE app LOGIN; CREATE ROLE boss; REVOKE ALL ON SCHEMA public FROM PUBLIC;"
    "GRANT USAGE ON SCHEMA public TO PUBLIC; REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC;"
    "CREATE TABLE public.secret (id int PRIMARY KEY, a text, b text);"
    "ALTER TABLE public.secret OWNER TO boss;";

const Row rows[] = {
    // Columns.
    {"GRANT SELECT (a, b) ON public.secret TO app;", "table:public.secret", "SELECT",
     R"(app  --GRANT on the column by boss-->  public.secret.a; all rows
  SELECT "a" FROM "public"."secret";
)"},
    {"GRANT UPDATE (b) ON public.secret TO app;", "table:public.secret", "UPDATE",
     R"(app  --GRANT on the column by boss-->  public.secret.b; all rows
  UPDATE "public"."secret" SET "b" = DEFAULT;
)"},
    {"GRANT SELECT (a) ON public.secret TO app;", "table:public.secret", "UPDATE", ""},
    // Views.
    {"CREATE VIEW public.v AS SELECT a FROM public.secret; GRANT SELECT ON public.v TO app;",
     "table:public.secret", "SELECT",
     R"(app  --GRANT by postgres-->  public.v  --view, as postgres-->  public.secret; rows that public.v leads to
  SELECT * FROM "public"."v";
)"},
    {"CREATE VIEW public.v AS SELECT a FROM public.secret; GRANT SELECT ON public.v TO app;",
     "table:public.secret", "DELETE", ""},
    {"CREATE VIEW public.v AS SELECT a FROM public.secret;"
     "GRANT INSERT, DELETE ON public.v TO app;",
     "table:public.secret", "DELETE",
     R"(app  --GRANT by postgres-->  public.v  --view, as postgres-->  public.secret; rows that public.v leads to
  DELETE FROM "public"."v";
)"},
    {"CREATE VIEW public.v AS SELECT a FROM public.secret;"
     "CREATE VIEW public.w AS SELECT a FROM public.v; ALTER VIEW public.w OWNER TO boss;"
     "GRANT SELECT ON public.v TO boss; GRANT SELECT (a) ON public.w TO app;",
     "table:public.secret", "SELECT",
     R"(app  --GRANT on the column by boss-->  public.w.a  --view, as boss-->  public.v  --view, as postgres-->  public.secret; rows that public.w leads to
  SELECT "a" FROM "public"."w";
)"},
    // Its owner may not read it.
    {"CREATE VIEW public.v AS SELECT a FROM public.secret; CREATE ROLE other;"
     "ALTER VIEW public.v OWNER TO other; GRANT SELECT ON public.v TO app;",
     "table:public.secret", "SELECT", ""},
    {"CREATE VIEW public.v WITH (security_invoker) AS SELECT a FROM public.secret;"
     "GRANT SELECT ON public.v TO app;",
     "table:public.secret", "SELECT", ""},
    {"CREATE MATERIALIZED VIEW public.m AS SELECT a FROM public.secret;"
     "GRANT SELECT ON public.m TO app;",
     "table:public.secret", "SELECT",
     R"(app  --GRANT by postgres-->  public.m  --materialized view, as postgres-->  public.secret; rows that public.m leads to
  SELECT * FROM "public"."m";
)"},
    {"CREATE VIEW public.v AS SELECT a FROM public.secret; GRANT SELECT ON public.v TO app;",
     "column:public.secret.b", "SELECT",
     R"(app  --GRANT by postgres-->  public.v  --view, as postgres-->  public.secret; rows that public.v leads to; unknown: which columns it uses is not told apart
  SELECT * FROM "public"."v";
)"},
    // Rules and triggers.
    {"CREATE TABLE public.t (a text);"
     "CREATE RULE r AS ON DELETE TO public.t DO INSTEAD DELETE FROM public.secret;"
     "GRANT DELETE ON public.t TO app;",
     "table:public.secret", "DELETE",
     R"(app  --GRANT by postgres-->  public.t  --rule r, as postgres-->  public.secret; rows that public.t leads to
  DELETE FROM "public"."t";
)"},
    {"CREATE TABLE public.t (a text); CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql"
     " SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
     " AS 'BEGIN DELETE FROM public.secret; RETURN NEW; END';"
     "REVOKE ALL ON FUNCTION public.f() FROM PUBLIC;"
     "CREATE TRIGGER gone BEFORE INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION public.f();"
     "GRANT INSERT ON public.t TO app;",
     "table:public.secret", "DELETE",
     R"(app  --GRANT by postgres-->  public.t  --trigger gone, as postgres-->  public.secret; rows that public.t leads to
  INSERT INTO "public"."t" DEFAULT VALUES;
)"},
    // Functions, also by others that run as their caller.
    {"CREATE FUNCTION public.g() RETURNS void LANGUAGE sql AS 'DELETE FROM public.secret';"
     "CREATE FUNCTION public.f() RETURNS void LANGUAGE sql SECURITY DEFINER"
     " SET search_path = pg_catalog, pg_temp AS 'SELECT public.g()';"
     "REVOKE ALL ON FUNCTION public.f(), public.g() FROM PUBLIC;"
     "GRANT EXECUTE ON FUNCTION public.f() TO app;",
     "table:public.secret", "DELETE",
     R"(app  --GRANT by postgres-->  public.f()  --SECURITY DEFINER, as postgres-->  public.secret; rows that public.f() works on
  SELECT "public"."f"();
)"},
    {"CREATE FUNCTION public.f() RETURNS void LANGUAGE sql"
     " AS 'DELETE FROM public.secret'; GRANT EXECUTE ON FUNCTION public.f() TO app;",
     "table:public.secret", "DELETE", ""},
    // Foreign keys.
    {"CREATE TABLE public.series (id int REFERENCES public.secret ON DELETE CASCADE);"
     "GRANT DELETE ON public.secret TO app;",
     "table:public.series", "DELETE",
     R"(app  --GRANT by boss-->  public.secret  --foreign key series_id_fkey, as postgres-->  public.series; rows that public.secret leads to
  DELETE FROM "public"."secret";
)"},
    {"CREATE TABLE public.series (id int REFERENCES public.secret ON DELETE SET NULL);"
     "GRANT DELETE ON public.secret TO app;",
     "table:public.series", "UPDATE",
     R"(app  --GRANT by boss-->  public.secret  --foreign key series_id_fkey, as postgres-->  public.series; rows that public.secret leads to
  DELETE FROM "public"."secret";
)"},
    {"CREATE TABLE public.series (id int REFERENCES public.secret ON DELETE SET NULL);"
     "GRANT DELETE ON public.secret TO app;",
     "table:public.series", "DELETE", ""},
    {"CREATE TABLE public.series (id int REFERENCES public.secret);"
     "GRANT ALL ON public.secret TO app;",
     "table:public.series", "DELETE", ""},
    {"CREATE TABLE public.series (id int REFERENCES public.secret ON UPDATE CASCADE);"
     "GRANT UPDATE (id) ON public.secret TO app;",
     "table:public.series", "UPDATE",
     R"(app  --GRANT on the column by boss-->  public.secret.id  --foreign key series_id_fkey, as postgres-->  public.series; rows that public.secret leads to
  UPDATE "public"."secret" SET "id" = DEFAULT;
)"},
    {"CREATE TABLE public.series (id int REFERENCES public.secret ON UPDATE CASCADE);"
     "GRANT UPDATE (a) ON public.secret TO app;",
     "table:public.series", "UPDATE", ""},
    // What is set to null is no key of the next one.
    {"CREATE TABLE public.series (id int PRIMARY KEY,"
     " of int REFERENCES public.secret ON DELETE SET NULL);"
     "CREATE TABLE public.parts (id int REFERENCES public.series ON UPDATE CASCADE);"
     "GRANT DELETE ON public.secret TO app;",
     "table:public.parts", "UPDATE", ""},
    {"CREATE TABLE public.series (id int PRIMARY KEY REFERENCES public.secret ON DELETE CASCADE);"
     "CREATE TABLE public.parts (id int REFERENCES public.series ON DELETE SET DEFAULT);"
     "CREATE VIEW public.v AS SELECT a FROM public.secret; GRANT DELETE ON public.v TO app;",
     "table:public.parts", "UPDATE",
     R"(app  --GRANT by postgres-->  public.v  --view, as postgres-->  public.secret  --foreign key series_id_fkey, as postgres-->  public.series  --foreign key parts_id_fkey, as postgres-->  public.parts; rows that public.v leads to
  DELETE FROM "public"."v";
)"},
    // Partitions.
    {"CREATE TABLE public.p (a int) PARTITION BY LIST (a);"
     "CREATE TABLE public.p1 PARTITION OF public.p FOR VALUES IN (1);"
     "GRANT DELETE ON public.p TO app;",
     "table:public.p1", "DELETE",
     R"(app  --GRANT by postgres-->  public.p  --parent-->  public.p1; rows that public.p leads to
  DELETE FROM "public"."p";
)"},
    {"CREATE TABLE public.p (a int) PARTITION BY LIST (a);"
     "CREATE TABLE public.p1 PARTITION OF public.p FOR VALUES IN (1);"
     "GRANT SELECT ON public.p1 TO app;",
     "table:public.p", "SELECT",
     R"(app  --GRANT by postgres-->  public.p1  --partition-->  public.p; rows that public.p1 leads to
  SELECT * FROM "public"."p1";
)"},
    {"CREATE TABLE public.p (a int) PARTITION BY LIST (a);"
     "CREATE TABLE public.p1 PARTITION OF public.p FOR VALUES IN (1);"
     "CREATE TABLE public.p2 PARTITION OF public.p FOR VALUES IN (2);"
     "GRANT SELECT ON public.p1 TO app;",
     "table:public.p2", "SELECT", ""},
    // Somebody else must act.
    {"CREATE SCHEMA s AUTHORIZATION app; CREATE TABLE s.t (a int); ALTER TABLE s.t OWNER TO app;"
     "GRANT INSERT ON s.t TO boss; GRANT USAGE ON SCHEMA s TO boss;",
     "table:public.secret", "DELETE",
     R"(app  --ESC-DUMP-->  superuser  -->  public.secret; all rows; needs a victim
  CREATE FUNCTION "s".f(int) RETURNS bool LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RAISE NOTICE ''%'', current_user; RETURN true; END';
  CREATE TABLE "s".t (a int CHECK ("s".f(a)));
)"},
};

}  // namespace

TEST_CASE("what others do for a role is a way like its own", "[path][route]") {
  for (const auto& row : rows) {
    INFO(row.sql << " " << row.target << " " << row.privilege);
    const auto cluster = script_cluster(std::string(world) + row.sql);
    CHECK(ways_of(cluster, row.target, row.privilege) == row.expected);
  }
}

TEST_CASE("a role with REPLICATION copies the cluster by any database it gets into",
          "[path][route]") {
  struct Door {
    const char* hba;
    const char* sql;
    const char* expected;  // the connection and what is typed; empty: no way
  };
  const auto row = GENERATE(values<Door>({
      {"host shop standby 10.0.0.0/8 trust\n", "",
       "psql \"host=SERVER user=standby dbname=shop replication=database sslmode=disable\" from "
       "10.0.0.1 BASE_BACKUP;"},
      {"host replication standby 10.0.0.0/8 trust\n", "",
       "psql \"host=SERVER user=standby replication=true sslmode=disable\" from 10.0.0.1 "
       "BASE_BACKUP;"},
      {"host shop standby 10.0.0.0/8 trust\n", "REVOKE CONNECT ON DATABASE shop FROM PUBLIC;", ""},
      {"host shop other 10.0.0.0/8 trust\n", "", ""},
      {"host shop standby 10.0.0.0/8 reject\nhost shop all 10.0.0.0/8 trust\n", "", ""},
  }));
  CAPTURE(row.hba, row.sql);
  const auto cluster = script_cluster(
      {.sql = std::string("CREATE ROLE standby LOGIN REPLICATION; CREATE ROLE other LOGIN;"
                          "CREATE DATABASE shop;") +
              row.sql,
       .hba = row.hba,
       .conf = "listen_addresses = '*'\nssl = off\n"});
  const Graph graph(cluster);
  const Connections connections(graph);
  const Escalations escalations(graph, connections);
  const Doors doors(graph, connections.decided(), {"2026-01-01"});
  const Routes routes(graph, escalations, targets_named(cluster, "cluster", "").front());
  Question question;
  question.user = "standby";
  question.tls = false;
  std::string found;
  for (const auto& way : ways_in(graph, doors, routes, question).ways) {
    if (way.route.legs.front().superuser) continue;
    found += to_string(way.witness);
    for (const auto& statement : way.route.statements) found += ' ' + statement;
  }
  CHECK(found == row.expected);
}
