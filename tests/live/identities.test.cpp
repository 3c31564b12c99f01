// Names as the server spells them, though it is not asked for each.

#include <map>
#include <sstream>

#include "input/server/server_reader.hpp"
#include "support/catch.hpp"
#include "support/server.hpp"

using namespace pgleast;

namespace {

constexpr const char* world = R"(
CREATE SCHEMA "Mixed Case"; CREATE SCHEMA "select"; CREATE SCHEMA plain;
CREATE TABLE "Mixed Case"."t a" ("c 1" int); CREATE TABLE plain.t (a int);
CREATE SEQUENCE plain."order";
CREATE TYPE plain.comp AS (a int); CREATE TYPE "select"."Enum" AS ENUM ('a');
CREATE DOMAIN plain.dom AS int; CREATE DOMAIN plain.arrdom AS int[];
CREATE DOMAIN plain.domdom AS plain.arrdom; CREATE DOMAIN plain.mine AS plain.comp[];
CREATE TYPE plain.rng AS RANGE (subtype = int); CREATE TYPE plain.shell;
CREATE TYPE plain.fixed;
CREATE FUNCTION plain.fin(cstring) RETURNS plain.fixed LANGUAGE internal IMMUTABLE STRICT
  AS 'point_in';
CREATE FUNCTION plain.fout(plain.fixed) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT
  AS 'point_out';
CREATE FUNCTION plain.of_shell(plain.shell) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT
  AS 'point_out';
CREATE FUNCTION plain.f(int, text[], plain.comp, plain.comp[], "select"."Enum", plain.dom,
  plain.arrdom, plain.mine, plain.rng, "Mixed Case"."t a", VARIADIC plain.arrdom[])
  RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION plain.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION plain."F x"(IN q timestamptz, OUT a int, OUT b int) LANGUAGE sql AS 'SELECT 1, 2';
CREATE FUNCTION "select"."from"("char", bpchar, varchar, bit, varbit, name, interval, timetz,
  float4, "any") RETURNS int LANGUAGE internal AS 'int4um';
CREATE FUNCTION plain.poly(anyelement, anyarray, anyrange, refcursor, regclass, oid[],
  information_schema.sql_identifier, information_schema.cardinal_number[])
  RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE plain.agg(int) (SFUNC = int4pl, STYPE = int);
CREATE AGGREGATE plain.agg2(*) (SFUNC = int8inc, STYPE = int8, INITCOND = '0');
)";

constexpr const char* spelled = R"(
SELECT concat_ws('|', kind, o.oid,
                 (pg_identify_object(class, o.oid, 0)).identity,
                 EXISTS (SELECT FROM pg_depend d
                          WHERE d.classid = class AND d.objid = o.oid AND d.deptype = 'e'))
  FROM (SELECT 'function' AS kind, 'pg_proc'::regclass AS class, oid, pronamespace AS schema
          FROM pg_proc
        UNION ALL
        SELECT 'type', 'pg_type'::regclass, oid, typnamespace FROM pg_type
         WHERE typisdefined AND typnamespace <> 'pg_toast'::regnamespace
        UNION ALL
        SELECT CASE relkind WHEN 'S' THEN 'sequence' ELSE 'table' END, 'pg_class'::regclass, oid,
               relnamespace
          FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')) AS o
)";

}  // namespace

TEST_CASE("identities and members of extensions are the server's", "[live][identities]") {
  const test::LiveServer server;
  server.sql("postgres", world);
  std::map<std::string, std::string> theirs, ours;
  std::istringstream lines(server.ask("postgres", spelled));
  for (std::string line; std::getline(lines, line);) {
    const auto at = line.find('|', line.find('|') + 1);
    theirs.emplace(line.substr(0, at), line.substr(at + 1));
  }
  const auto cluster = read_live({server.dsn("postgres"), {}, false});
  for (const auto& o : cluster.objects) {
    const bool asked = o.kind == ObjectKind::function || o.kind == ObjectKind::type ||
                       o.kind == ObjectKind::table || o.kind == ObjectKind::sequence;
    if (!asked) continue;
    ours.emplace(std::string(info(o.kind).name) + '|' + std::to_string(o.oid),
                 o.identity + (o.extension ? "|t" : "|f"));
  }
  CHECK(theirs.size() > 3000);
  CHECK(ours.size() == theirs.size());
  std::size_t differ = 0;
  for (const auto& [key, text] : theirs) {
    if (ours[key] == text) continue;
    ++differ;
    UNSCOPED_INFO(key << ": " << ours[key] << ", but the server: " << text);
  }
  CHECK(differ == 0);
}
