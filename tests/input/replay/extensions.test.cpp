// Scripts that use what extensions bring are followed as far as it is known by name.

#include "input/replay/replay.hpp"
#include "model/fresh_cluster.hpp"
#include "support/catch.hpp"

using namespace pgleast;

namespace {

// "" where all was followed; else what is not: "objects: DROP FUNCTION"
std::string not_followed(const std::string& sql) {
  auto cluster = fresh_cluster(150000);
  const auto problems = replay_sql(Source("a.sql", sql), cluster);
  std::string text = problems.refused.empty() ? "" : "refused";
  if (!cluster.seen(Fact::roles)) text += text.empty() ? "roles" : ", roles";
  if (!cluster.seen(Fact::objects)) text += text.empty() ? "objects" : ", objects";
  return text;
}

}  // namespace

TEST_CASE("what an extension brings is known by kind and name", "[replay]") {
  struct Row {
    const char* sql;
    const char* expected;
  };
  const Row rows[] = {
      {"CREATE EXTENSION citext; CREATE TABLE t (a citext, b citext[]);", ""},
      {"CREATE EXTENSION citext; CREATE FUNCTION f(citext) RETURNS citext LANGUAGE sql AS "
       "'SELECT $1';",
       ""},
      {"CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext; CREATE TABLE t (a ext.citext);", ""},
      {"CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext; CREATE TABLE t (a citext);",
       "objects"},  // it may be another's: the server refuses it
      {"CREATE EXTENSION \"uuid-ossp\"; CREATE TABLE t (a uuid DEFAULT uuid_generate_v4()); "
       "CREATE INDEX ON t (a); DROP TRIGGER IF EXISTS x ON t;",
       ""},
      {"CREATE EXTENSION pgcrypto; DROP FUNCTION IF EXISTS f(int); DROP TABLE IF EXISTS t;", ""},
      {"CREATE EXTENSION pgcrypto; DROP FUNCTION digest(text, text);", "objects"},
      {"CREATE EXTENSION postgis; GRANT SELECT ON spatial_ref_sys TO PUBLIC;", "objects"},
      {"CREATE EXTENSION pg_trgm; DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_type WHERE typname = "
       "'mood') THEN CREATE TYPE mood AS ENUM ('a'); END IF; END $$; CREATE TABLE t (m mood);",
       ""},
      {"CREATE EXTENSION pgcrypto; DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_proc WHERE proname = "
       "'f') THEN CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; END IF; END $$;",
       ""},
      {"CREATE EXTENSION pgcrypto; DO $$ BEGIN IF EXISTS (SELECT FROM pg_proc WHERE proname = "
       "'digest') THEN CREATE TABLE t (); END IF; END $$;",
       "objects"},
      {"CREATE EXTENSION postgis; CREATE TABLE t (g geometry(Point, 4326)); "
       "CREATE INDEX ON t USING gist (g); SELECT st_area(g) FROM t;",
       ""},
      {"CREATE EXTENSION postgis; CREATE TABLE t (); SELECT addgeometrycolumn('t', 'g', 4326, "
       "'POINT', 2);",
       "roles, objects"},
      {"CREATE EXTENSION vector; CREATE TABLE t (v vector(3)); CREATE INDEX ON t USING hnsw (v "
       "vector_l2_ops);",
       ""},
      // Of an extension that is not known anything may be.
      {"CREATE EXTENSION foo; CREATE TABLE t (a footype);", "objects"},
      {"CREATE EXTENSION foo; DROP FUNCTION IF EXISTS f(int);", "objects"},
      {"CREATE EXTENSION foo; CREATE TABLE t (); DROP TRIGGER IF EXISTS x ON t;", ""},
      {"CREATE SCHEMA ext; CREATE EXTENSION foo SCHEMA ext; CREATE SCHEMA app; "
       "DROP FUNCTION IF EXISTS app.f(int);",
       ""},
      {"CREATE SCHEMA ext; CREATE EXTENSION foo SCHEMA ext; DROP FUNCTION IF EXISTS made.f(int);",
       "objects"},
      {"BEGIN; CREATE EXTENSION foo; ROLLBACK; DROP FUNCTION IF EXISTS f(int);", ""},
      // Of another database it is not.
      {"CREATE EXTENSION foo; CREATE DATABASE d;\n\\c d\nDROP FUNCTION IF EXISTS f(int);", ""},
  };
  for (const auto& row : rows) {
    INFO(row.sql);
    CHECK(not_followed(std::string("CREATE TABLE before (); ") + row.sql) == row.expected);
  }
}
