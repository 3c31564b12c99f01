// What pgleast says about privileges, held against the server's own has_*_privilege.

#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include "input/server/server_reader.hpp"
#include "pg/identifier.hpp"
#include "privileges/graph.hpp"
#include "support/catch.hpp"
#include "support/server.hpp"

using namespace pgleast;
using pgleast::test::LiveServer;

namespace {

const char* const world = R"sql(
CREATE ROLE app LOGIN; CREATE ROLE grp NOLOGIN; CREATE ROLE deep NOLOGIN NOINHERIT;
CREATE ROLE owner NOLOGIN; CREATE ROLE "odd ""name""" LOGIN; CREATE ROLE su SUPERUSER;
CREATE ROLE lost LOGIN; CREATE ROLE reader LOGIN;
GRANT grp TO app; GRANT deep TO grp; GRANT su TO lost; GRANT owner TO "odd ""name""";
CREATE SCHEMA s AUTHORIZATION owner; CREATE SCHEMA "Odd Schema";
GRANT USAGE ON SCHEMA s TO grp;
SET ROLE owner;
CREATE TABLE s.t (a int, b int, "Odd" text); CREATE VIEW s.v AS SELECT a FROM s.t;
CREATE MATERIALIZED VIEW s.m AS SELECT 1 AS x; CREATE SEQUENCE s.q;
CREATE TABLE s.p (k int) PARTITION BY LIST (k); CREATE TABLE s.p1 PARTITION OF s.p FOR VALUES IN (1);
CREATE FUNCTION s.f(int, "char") RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE s.pr() LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE s.agg(int) (sfunc = int4pl, stype = int);
CREATE TYPE s.e AS ENUM ('x'); CREATE DOMAIN s.d AS int; CREATE TYPE s.c AS (x int);
CREATE TYPE s.r AS RANGE (subtype = float8);
GRANT SELECT ON s.t TO grp WITH GRANT OPTION; GRANT INSERT (a) ON s.t TO app;
GRANT UPDATE ON s.t TO PUBLIC; GRANT SELECT (b) ON s.t TO PUBLIC; REVOKE ALL ON s.v FROM owner;
REVOKE EXECUTE ON FUNCTION s.f(int, "char") FROM PUBLIC; REVOKE USAGE ON TYPE s.e FROM PUBLIC;
REVOKE USAGE ON TYPE s.r FROM PUBLIC; GRANT USAGE ON SEQUENCE s.q TO deep;
GRANT ALL ON s.m TO deep;
RESET ROLE;
SET ROLE grp; GRANT SELECT ON s.t TO reader; RESET ROLE;
CREATE TABLE "Odd Schema"."x""; DROP TABLE y; --" (i int);
GRANT SELECT ON "Odd Schema"."x""; DROP TABLE y; --" TO "odd ""name""";
CREATE FOREIGN DATA WRAPPER w; CREATE SERVER srv FOREIGN DATA WRAPPER w;
GRANT USAGE ON FOREIGN SERVER srv TO app;
REVOKE CONNECT ON DATABASE postgres FROM PUBLIC; GRANT CONNECT ON DATABASE postgres TO grp;
REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
GRANT CREATE ON TABLESPACE pg_default TO deep;
GRANT SELECT ON pg_authid TO reader;
)sql";

// One row a cell: kind, object as pg_identify_object has it, role, privilege, held, grantable.
std::string matrix_query(int major) {
  std::string q = "SET search_path = pg_catalog;\n";
  const auto add = [&](const std::string& kind, const std::string& from,
                       const std::string& identity, const std::string& function,
                       const std::string& arguments, const std::vector<std::string>& list) {
    for (const auto& p : list) {
      q += "SELECT '" + kind + "', " + identity + ", r.rolname, '" + p + "', " + function +
           "(r.oid, " + arguments + ", '" + p + "'), " + function + "(r.oid, " + arguments + ", '" +
           p + " WITH GRANT OPTION') FROM pg_roles r, " + from + ";\n";
    }
  };
  std::vector<std::string> table{"SELECT",   "INSERT",     "UPDATE", "DELETE",
                                 "TRUNCATE", "REFERENCES", "TRIGGER"};
  if (major >= 17) table.emplace_back("MAINTAIN");
  const auto identify = [](const char* catalog) {
    return std::string("(pg_identify_object('") + catalog + "'::regclass, o.oid, 0)).identity";
  };
  add("table", "pg_class o WHERE relkind IN ('r','p','v','m','f')", identify("pg_class"),
      "has_table_privilege", "o.oid", table);
  add("column",
      "pg_attribute o WHERE attnum > 0 AND NOT attisdropped AND attrelid IN (SELECT oid FROM "
      "pg_class WHERE relkind IN ('r','p','v','m','f') AND oid >= 16384)",
      "(pg_identify_object('pg_class'::regclass, o.attrelid, o.attnum)).identity",
      "has_column_privilege", "o.attrelid, o.attnum", {"SELECT", "INSERT", "UPDATE", "REFERENCES"});
  add("sequence", "pg_class o WHERE relkind = 'S'", identify("pg_class"), "has_sequence_privilege",
      "o.oid", {"USAGE", "SELECT", "UPDATE"});
  add("function", "pg_proc o", identify("pg_proc"), "has_function_privilege", "o.oid", {"EXECUTE"});
  add("schema", "pg_namespace o WHERE nspname !~ '^pg_(toast_)?temp'", identify("pg_namespace"),
      "has_schema_privilege", "o.oid", {"CREATE", "USAGE"});
  add("database", "pg_database o", identify("pg_database"), "has_database_privilege", "o.oid",
      {"CREATE", "CONNECT", "TEMPORARY"});
  add("type", "pg_type o WHERE typnamespace::regnamespace::text !~ '^pg_toast'",
      identify("pg_type"), "has_type_privilege", "o.oid", {"USAGE"});
  add("language", "pg_language o", identify("pg_language"), "has_language_privilege", "o.oid",
      {"USAGE"});
  add("tablespace", "pg_tablespace o", identify("pg_tablespace"), "has_tablespace_privilege",
      "o.oid", {"CREATE"});
  add("foreign-data-wrapper", "pg_foreign_data_wrapper o", identify("pg_foreign_data_wrapper"),
      "has_foreign_data_wrapper_privilege", "o.oid", {"USAGE"});
  add("foreign-server", "pg_foreign_server o", identify("pg_foreign_server"),
      "has_server_privilege", "o.oid", {"USAGE"});
  if (major >= 15) {
    add("parameter", "pg_parameter_acl o", "o.parname", "has_parameter_privilege", "o.parname",
        {"SET", "ALTER SYSTEM"});
  }
  if (major >= 18) {
    add("large-object", "pg_largeobject_metadata o", "o.oid::text", "has_largeobject_privilege",
        "o.oid", {"SELECT", "UPDATE"});
  }
  return q;
}

// Held cells of the server, `kind|identity|role|privilege|grantable`, and how many there are in
// all.
std::pair<std::set<std::string>, std::size_t> server_cells(const LiveServer& server) {
  std::ofstream(server.folder() + "/matrix.sql") << matrix_query(server.major());
  const auto ran = test::run("psql -X -q -At -F \"$(printf '\\t')\" -v ON_ERROR_STOP=1 -d \"" +
                             server.dsn("postgres") + "\" -f " + server.folder() + "/matrix.sql");
  REQUIRE(ran.code == 0);
  std::set<std::string> held;
  std::size_t count = 0;
  std::istringstream lines(ran.out);
  for (std::string line; std::getline(lines, line);) {
    ++count;
    std::vector<std::string> fields(1);
    for (const char c : line) {
      if (c == '\t') {
        fields.emplace_back();
      } else {
        fields.back() += c;
      }
    }
    REQUIRE(fields.size() == 6);
    if (fields[4] == "t") {
      held.insert(fields[0] + "|" + fields[1] + "|" + fields[2] + "|" + fields[3] + "|" +
                  fields[5]);
    }
  }
  return {held, count};
}

std::set<std::string> model_cells(const Cluster& cluster) {
  const Graph graph(cluster);
  std::set<std::string> held;
  for (std::uint32_t r = 0; r < cluster.roles.size(); ++r) {
    const auto add = [&](std::string_view kind, const std::string& identity, const Held& h) {
      h.privileges.each([&](Privilege p) {
        held.insert(std::string(kind) + "|" + identity + "|" + cluster.roles[r].name + "|" +
                    std::string(info(p).keyword) + "|" + (h.grantable.has(p) ? "t" : "f"));
      });
    };
    for (const auto& object : cluster.objects) {
      const bool old_large_object = object.kind == ObjectKind::large_object && cluster.major() < 18;
      if (!old_large_object)
        add(info(object.kind).name, object.identity, graph.held(RoleId{r}, object));
      if (object.kind != ObjectKind::table || object.oid < 16384) continue;
      for (const auto& column : cluster.relation(object).columns) {
        add("column", object.identity + "." + shown_identifier(column.name, cluster.major()),
            graph.held(RoleId{r}, object, column));
      }
    }
  }
  return held;
}

}  // namespace

TEST_CASE("every privilege is what has_*_privilege answers", "[live][access]") {
  LiveServer server;
  server.sql("postgres", world);
  if (server.major() >= 14)
    server.sql("postgres", "GRANT pg_read_all_data TO reader; GRANT pg_write_all_data TO lost;");
  if (server.major() >= 15)
    server.sql("postgres",
               "GRANT SET ON PARAMETER log_statement TO app; GRANT ALTER SYSTEM ON PARAMETER "
               "work_mem TO grp WITH GRANT OPTION;");
  if (server.major() >= 16)
    server.sql("postgres",
               "GRANT owner TO app WITH INHERIT FALSE, SET TRUE; GRANT grp TO lost WITH INHERIT "
               "TRUE, SET FALSE;");
  if (server.major() >= 17)
    server.sql("postgres", "GRANT pg_maintain TO reader; GRANT MAINTAIN ON s.t TO app;");
  server.sql("postgres", "SELECT lo_create(4711); GRANT SELECT ON LARGE OBJECT 4711 TO grp;");
  const auto cluster = read_live({server.dsn("postgres"), {}, false});
  const auto [expected, cells] = server_cells(server);
  const auto found = model_cells(cluster);
  std::size_t differences = 0;
  for (const auto& cell : expected) {
    if (!found.contains(cell) && ++differences <= 10) UNSCOPED_INFO("the server only: " << cell);
  }
  for (const auto& cell : found) {
    if (!expected.contains(cell) && ++differences <= 20) UNSCOPED_INFO("pgleast only: " << cell);
  }
  std::cout << "access: " << cells << " cells, " << expected.size() << " held, " << differences
            << " differences\n";
  CHECK(differences == 0);
}
