// What a change of scripts lets people do: rows of old statements, new ones, and what is said.
#include "change/gains.hpp"

#include "support/catch.hpp"
#include "support/script_cluster.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

std::string text_of(const std::vector<Gain>& all) {
  std::string text;
  for (const auto& gain : all) {
    text += gain.possible ? "perhaps " : "";
    text += gain.text + '\n';
    for (const auto& line : gain.detail) text += "  " + line + '\n';
  }
  return text;
}

const std::string world =
    "CREATE ROLE a LOGIN; CREATE ROLE b LOGIN; CREATE ROLE g; CREATE ROLE h;"
    "CREATE TABLE t (i int, j int); CREATE TABLE u (i int);";

}  // namespace

TEST_CASE("what a change lets people do is told by its cause", "[change][gains]") {
  struct Row {
    const char* before;
    const char* after;
    const char* expected;
  };
  const Row rows[] = {
      {"", "", ""},
      {"", "GRANT SELECT ON t TO a;", "a newly holds SELECT on table public.t\n"},
      {"GRANT SELECT ON t TO a;", "GRANT SELECT ON t TO a; GRANT SELECT ON t TO a;", ""},
      {"GRANT SELECT ON t TO PUBLIC;", "GRANT SELECT ON t TO a;", ""},
      {"", "GRANT SELECT, INSERT ON t, u TO PUBLIC;",
       "PUBLIC newly holds INSERT and SELECT on 2 objects\n  table public.t and table public.u\n"},
      {"GRANT SELECT ON t, u TO g;", "GRANT SELECT ON t, u TO g; GRANT g TO a;",
       "a newly holds SELECT on 2 objects as g\n  table public.t and table public.u\n"
       "a is newly in g\n"},
      {"GRANT g TO a;", "GRANT g TO a; GRANT DELETE ON t TO g;",
       "g newly holds DELETE on table public.t\n  so do: a\n"},
      {"", "GRANT UPDATE (j) ON t TO b;", "b newly holds UPDATE on column public.t.j\n"},
      {"", "ALTER ROLE b CREATEROLE;", "b newly has CREATEROLE\n"},
      {"", "ALTER ROLE b SUPERUSER;", "b newly has SUPERUSER: every privilege and every row\n"},
      {"", "ALTER TABLE t OWNER TO a;",
       "a newly holds DELETE, INSERT, MAINTAIN, REFERENCES, SELECT, TRIGGER and 2 more on table "
       "public.t\n"},
      {"", "CREATE TABLE v (i int);", ""},
      {"", "CREATE TABLE v (i int); GRANT SELECT ON v TO a;",
       "a newly holds SELECT on table public.v\n"},
      {"", "CREATE ROLE c LOGIN; GRANT SELECT ON t TO c;",
       "c newly logs in to database postgres and template1 from the local socket: the account of "
       "the same name\nc newly holds SELECT on table public.t\n"},
      {"", "GRANT pg_read_all_data TO a;",
       "a newly holds SELECT on 2 objects as pg_read_all_data\n"
       "  table public.t and table public.u\n"
       "a newly holds USAGE on schema pg_toast as pg_read_all_data\n"
       "a is newly in pg_read_all_data\n"},
      {"GRANT SELECT ON t TO a; ALTER TABLE t ENABLE ROW LEVEL SECURITY;",
       "GRANT SELECT ON t TO a;", "a newly reaches all rows of table public.t\n  before: no row\n"},
      {"GRANT SELECT ON t TO a; ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
       "CREATE POLICY p ON t USING (i = 1);",
       "GRANT SELECT ON t TO a; ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
       "CREATE POLICY p ON t USING (true);",
       "a newly reaches all rows of table public.t\n"
       "  before: the rows that policies let through\n"},
      {"GRANT SELECT ON t TO a; ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
       "CREATE POLICY p ON t USING (i = 1);",
       "GRANT SELECT ON t TO a; ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
       "CREATE POLICY p ON t USING (i = 2);",
       "perhaps a newly reaches other rows, the rows that policies let through of table public.t\n"
       "  before: the rows that policies let through\n"},
  };
  for (const auto& row : rows) {
    INFO(row.before << "\n-> " << row.after);
    const auto before = script_cluster(world + row.before);
    const auto after = script_cluster(world + row.after);
    CHECK(text_of(gains(align(before, after), "2026-01-01")) == row.expected);
    // The other way round the same is narrowed.
    CHECK(text_of(narrowings(align(after, before), "2026-01-01")) == row.expected);
  }
}

TEST_CASE("the order in which a cluster is made does not matter", "[change][gains]") {
  const auto one = script_cluster(
      "CREATE ROLE a LOGIN; CREATE ROLE b; CREATE TABLE t (i int, j int); CREATE TABLE u (i int);"
      "GRANT SELECT (j) ON t TO a; GRANT b TO a; GRANT INSERT ON u TO b;"
      "CREATE VIEW v AS SELECT i FROM t; GRANT SELECT ON v TO PUBLIC;");
  const auto other = script_cluster(
      "CREATE ROLE b; CREATE TABLE u (i int); CREATE ROLE a LOGIN; GRANT b TO a;"
      "CREATE TABLE t (i int, j int); CREATE VIEW v AS SELECT i FROM t;"
      "GRANT INSERT ON u TO b; GRANT SELECT ON v TO PUBLIC; GRANT SELECT (j) ON t TO a;");
  const auto both = align(one, other);
  CHECK(text_of(gains(both, "")).empty());
  CHECK(text_of(narrowings(both, "")).empty());
}
