// What ends that a role holds a privilege. That it does, and that fewer do not, live tests ask
// servers; here is how it reads, for each kind of way.

#include "fix/cut.hpp"

#include <fmt/format.h>

#include "support/catch.hpp"
#include "support/script_cluster.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

std::string shown(const std::vector<CutStatement>& statements) {
  std::string text;
  for (const auto& s : statements) text += fmt::format("  {}\n", fmt::join(s, " "));
  return text;
}

std::string shown(const Cut& cut) {
  if (!cut.impossible.empty()) return "impossible: " + cut.impossible + "\n";
  return (cut.any_of.empty() ? "all of\n" + shown(cut.all_of) : "any of\n" + shown(cut.any_of)) +
         (cut.owner ? "as owner\n" : "") + (cut.fewest ? "" : "or fewer\n");
}

}  // namespace

TEST_CASE("what cuts a privilege", "[fix][cut]") {
  struct Case {
    int major;
    const char* world;
    const char* role;
    const char* expected;
  };
  // SELECT on t.
  const auto c = GENERATE(values<Case>({
      {18, "CREATE ROLE app; CREATE TABLE t (a int); GRANT SELECT ON t TO app;", "app",
       "any of\n"
       "  REVOKE SELECT ON TABLE \"public\".\"t\" FROM \"app\";\n"},
      {18, "CREATE ROLE app; CREATE TABLE t (a int); GRANT SELECT ON t TO PUBLIC;", "app",
       "any of\n"
       "  REVOKE SELECT ON TABLE \"public\".\"t\" FROM PUBLIC;\n"},
      // The list, or the membership that brings it.
      {18,
       "CREATE ROLE readers; CREATE ROLE app; GRANT readers TO app; CREATE TABLE t (a int);"
       "GRANT SELECT ON t TO readers;",
       "app",
       "any of\n"
       "  REVOKE SELECT ON TABLE \"public\".\"t\" FROM \"readers\";\n"
       "  REVOKE \"readers\" FROM \"app\" GRANTED BY \"postgres\";\n"},
      {15,
       "CREATE ROLE readers; CREATE ROLE app; GRANT readers TO app; CREATE TABLE t (a int);"
       "GRANT SELECT ON t TO readers;",
       "app",
       "any of\n"
       "  REVOKE SELECT ON TABLE \"public\".\"t\" FROM \"readers\";\n"
       "  REVOKE \"readers\" FROM \"app\";\n"},
      // Two ways: no single statement ends both.
      {18,
       "CREATE ROLE app; CREATE TABLE t (a int); GRANT SELECT ON t TO app; GRANT SELECT ON t TO "
       "PUBLIC;",
       "app",
       "all of\n"
       "  REVOKE SELECT ON TABLE \"public\".\"t\" FROM \"app\";\n"
       "  REVOKE SELECT ON TABLE \"public\".\"t\" FROM PUBLIC;\n"},
      // What another granted on is its own way; the first link takes the rest with it.
      {14,
       "CREATE ROLE a; CREATE ROLE app; CREATE TABLE t (x int); GRANT SELECT ON t TO a WITH GRANT "
       "OPTION; SET ROLE a; GRANT SELECT ON t TO app; RESET ROLE;",
       "app",
       "any of\n"
       "  SET ROLE \"a\"; REVOKE SELECT ON TABLE \"public\".\"t\" FROM \"app\"; RESET ROLE;\n"
       "  REVOKE SELECT ON TABLE \"public\".\"t\" FROM \"a\" CASCADE;\n"},
      {18, "CREATE ROLE app SUPERUSER; CREATE TABLE t (a int);", "app",
       "any of\n"
       "  ALTER ROLE \"app\" NOSUPERUSER;\n"},
      {18, "CREATE ROLE app; CREATE TABLE t (a int); ALTER TABLE t OWNER TO app;", "app",
       "any of\n"
       "  REVOKE SELECT ON TABLE \"public\".\"t\" FROM \"app\";\n"
       "as owner\n"},
      {18, "CREATE TABLE t (a int);", "postgres",
       "impossible: postgres is the bootstrap superuser, which stays one\n"},
      {18, "CREATE ROLE app; GRANT pg_read_all_data TO app; CREATE TABLE t (a int);", "app",
       "any of\n"
       "  REVOKE \"pg_read_all_data\" FROM \"app\" GRANTED BY \"postgres\";\n"},
      // Nothing to cut.
      {18, "CREATE ROLE app; CREATE TABLE t (a int);", "app", "all of\n"},
  }));
  INFO("PostgreSQL " << c.major << ": " << c.world);
  const auto cluster = script_cluster({.sql = c.world, .major = c.major});
  const auto table = object_of(cluster, ObjectKind::table, "public.t");
  CHECK(shown(Cuts(cluster).of(role_of(cluster, c.role), table, std::nullopt, Privilege::select)) ==
        c.expected);
}

TEST_CASE("what cuts a privilege on a column", "[fix][cut]") {
  const auto cluster = script_cluster(
      "CREATE ROLE app; CREATE TABLE t (a int, \"b \"\" c\" int);"
      "GRANT SELECT, SELECT (\"b \"\" c\") ON t TO app;");
  const auto table = object_of(cluster, ObjectKind::table, "public.t");
  CHECK(shown(Cuts(cluster).of(role_of(cluster, "app"), table, 1, Privilege::select)) ==
        "any of\n"
        "  REVOKE SELECT ON TABLE \"public\".\"t\" FROM \"app\";\n");
}
