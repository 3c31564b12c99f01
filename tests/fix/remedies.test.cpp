// Each remedy: what it runs, what takes it back, and that the model afterwards is what those
// statements leave, which replaying them says.

#include <fmt/format.h>

#include "fix/finding_fix.hpp"
#include "fix/statement.hpp"
#include "support/catch.hpp"
#include "support/script_cluster.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

using Lines = std::vector<std::string>;

Statements enacted(Cluster& model, const Remedy& remedy) {
  return std::visit(
      [&](const auto& r) -> Statements {
        if constexpr (edits_a_record<std::decay_t<decltype(r)>>) {
          FAIL("an edit of a record is no statement");
          return {};
        } else {
          return enact(model, r);
        }
      },
      remedy);
}

// SET LOCAL ROLE needs a transaction.
std::string block(const Lines& statements) {
  return fmt::format("\nBEGIN;\n{}\nCOMMIT;\n", fmt::join(statements, "\n"));
}

// What a role, an object and the like are called in a row.
struct Names {
  const Cluster& cluster;
  RoleId role(const char* name) const { return role_of(cluster, name); }
  ObjectId table(const char* name) const { return object_of(cluster, ObjectKind::table, name); }
  ObjectId function(const char* name) const {
    return object_of(cluster, ObjectKind::function, name);
  }
  ObjectId schema(const char* name) const { return object_of(cluster, ObjectKind::schema, name); }
  ObjectId database(const char* name) const {
    return object_of(cluster, ObjectKind::database, name);
  }
};

struct Case {
  int major;
  const char* world;
  Remedy (*remedy)(const Names&);
  Lines sql, undo;
};

constexpr PrivilegeSet reads = Privilege::select;

const Case cases[] = {
    // Privileges.
    {18,
     "CREATE ROLE app; CREATE TABLE t (a int); GRANT SELECT, INSERT ON t TO app;",
     [](const Names& n) -> Remedy {
       return ChangePrivileges{false, n.table("public.t"), {}, n.role("app"), reads};
     },
     {R"(REVOKE SELECT ON TABLE "public"."t" FROM "app";)"},
     {R"(GRANT SELECT ON TABLE "public"."t" TO "app";)"}},
    {18,
     "CREATE FUNCTION f(int, text[]) RETURNS int LANGUAGE sql AS 'SELECT 1';",
     [](const Names& n) -> Remedy {
       return ChangePrivileges{false,
                               n.function("public.f(integer,pg_catalog.text[])"),
                               {},
                               public_role,
                               Privilege::execute};
     },
     {R"(REVOKE EXECUTE ON ROUTINE "public"."f"(integer,pg_catalog.text[]) FROM PUBLIC;)"},
     {R"(GRANT EXECUTE ON ROUTINE "public"."f"(integer,pg_catalog.text[]) TO PUBLIC;)"}},
    // Whoever is not let into the schema any more is let in for it.
    {18,
     "CREATE ROLE a; CREATE ROLE b; CREATE SCHEMA s; CREATE TABLE s.t (x int);"
     "GRANT USAGE ON SCHEMA s TO a; GRANT SELECT ON s.t TO a WITH GRANT OPTION; SET ROLE a;"
     "GRANT SELECT ON s.t TO b; RESET ROLE; REVOKE USAGE ON SCHEMA s FROM a;",
     [](const Names& n) -> Remedy {
       return ChangePrivileges{false, n.table("s.t"), {}, n.role("a"), reads};
     },
     {R"(REVOKE SELECT ON TABLE "s"."t" FROM "a" CASCADE;)"},
     {R"(GRANT SELECT ON TABLE "s"."t" TO "a" WITH GRANT OPTION;)",
      R"(GRANT USAGE ON SCHEMA "s" TO "a";)", R"(SET LOCAL ROLE "a";)",
      R"(GRANT SELECT ON TABLE "s"."t" TO "b";)", "RESET ROLE;",
      R"(REVOKE USAGE ON SCHEMA "s" FROM "a";)"}},
    // What another grantor gave is taken as that grantor, and what hung on it goes, too.
    {14,
     "CREATE ROLE a; CREATE ROLE b; CREATE ROLE c; CREATE TABLE t (x int);"
     "GRANT SELECT ON t TO a WITH GRANT OPTION; SET ROLE a; GRANT SELECT ON t TO b WITH GRANT "
     "OPTION;"
     "SET ROLE b; GRANT SELECT ON t TO c; RESET ROLE;",
     [](const Names& n) -> Remedy {
       return ChangePrivileges{false, n.table("public.t"), {}, n.role("b"), reads};
     },
     {R"(SET LOCAL ROLE "a";)", R"(REVOKE SELECT ON TABLE "public"."t" FROM "b" CASCADE;)",
      "RESET ROLE;"},
     {R"(SET LOCAL ROLE "a";)", R"(GRANT SELECT ON TABLE "public"."t" TO "b" WITH GRANT OPTION;)",
      "RESET ROLE;", R"(SET LOCAL ROLE "b";)", R"(GRANT SELECT ON TABLE "public"."t" TO "c";)",
      "RESET ROLE;"}},
    // A table's REVOKE takes the same from its columns.
    {18,
     "CREATE ROLE app; CREATE TABLE t (\"a \"\" b\" int, c int);"
     "GRANT SELECT, SELECT (\"a \"\" b\"), UPDATE (c) ON t TO app;",
     [](const Names& n) -> Remedy {
       return ChangePrivileges{false, n.table("public.t"), {}, n.role("app"), reads};
     },
     {R"(REVOKE SELECT ON TABLE "public"."t" FROM "app";)"},
     {R"(GRANT SELECT ON TABLE "public"."t" TO "app";)",
      R"(GRANT SELECT ("a "" b") ON TABLE "public"."t" TO "app";)"}},
    {18,
     R"(CREATE ROLE app; CREATE TABLE t ("a "" b" int, c int); GRANT UPDATE (c) ON t TO app;)",
     [](const Names& n) -> Remedy {
       return ChangePrivileges{false, n.table("public.t"), 1, n.role("app"), Privilege::update};
     },
     {R"(REVOKE UPDATE ("c") ON TABLE "public"."t" FROM "app";)"},
     {R"(GRANT UPDATE ("c") ON TABLE "public"."t" TO "app";)"}},
    {18,
     R"(CREATE ROLE "x""; DROP TABLE y; --"; CREATE SCHEMA "odd "" schema"; CREATE SEQUENCE "odd "" schema".s;)",
     [](const Names& n) -> Remedy {
       return ChangePrivileges{true,
                               object_of(n.cluster, ObjectKind::sequence, R"("odd "" schema".s)"),
                               {},
                               n.role(R"(x"; DROP TABLE y; --)"),
                               Privilege::usage};
     },
     {R"(GRANT USAGE ON SEQUENCE "odd "" schema"."s" TO "x""; DROP TABLE y; --";)"},
     {R"(REVOKE USAGE ON SEQUENCE "odd "" schema"."s" FROM "x""; DROP TABLE y; --";)"}},
    // Only what is lacking is given.
    {18,
     "CREATE ROLE app; CREATE TABLE t (a int); GRANT SELECT ON t TO app;",
     [](const Names& n) -> Remedy {
       return ChangePrivileges{
           true, n.table("public.t"), {}, n.role("app"), reads | Privilege::insert};
     },
     {R"(GRANT INSERT ON TABLE "public"."t" TO "app";)"},
     {R"(REVOKE INSERT ON TABLE "public"."t" FROM "app";)"}},
    // Memberships.
    {15,
     "CREATE ROLE boss; CREATE ROLE app; GRANT boss TO app WITH ADMIN OPTION;",
     [](const Names& n) -> Remedy {
       return ChangeMembership{false, n.role("boss"), n.role("app")};
     },
     {R"(REVOKE "boss" FROM "app";)"},
     {R"(GRANT "boss" TO "app" WITH ADMIN OPTION;)"}},
    {16,
     "CREATE ROLE boss; CREATE ROLE app; CREATE ROLE friend;"
     "GRANT boss TO app WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;"
     "SET ROLE app; GRANT boss TO friend; RESET ROLE;",
     [](const Names& n) -> Remedy {
       return ChangeMembership{false, n.role("boss"), n.role("app")};
     },
     {R"(REVOKE "boss" FROM "app" GRANTED BY "postgres" CASCADE;)"},
     {R"(GRANT "boss" TO "app" WITH ADMIN TRUE, INHERIT FALSE, SET FALSE GRANTED BY "postgres";)",
      R"(GRANT "boss" TO "friend" WITH ADMIN FALSE, INHERIT TRUE, SET TRUE GRANTED BY "app";)"}},
    {18,
     "CREATE ROLE boss; CREATE ROLE app NOINHERIT;",
     [](const Names& n) -> Remedy {
       return ChangeMembership{true, n.role("boss"), n.role("app")};
     },
     {R"(GRANT "boss" TO "app";)"},
     {R"(REVOKE "boss" FROM "app";)"}},
    // Roles.
    {18,
     R"(CREATE ROLE "o'clock" SUPERUSER;)",
     [](const Names& n) -> Remedy {
       return ChangeAttribute{n.role("o'clock"), RoleAttribute::superuser, false};
     },
     {R"(ALTER ROLE "o'clock" NOSUPERUSER;)"},
     {R"(ALTER ROLE "o'clock" SUPERUSER;)"}},
    {15,
     "CREATE ROLE boss; CREATE ROLE app; GRANT boss TO app;",
     [](const Names& n) -> Remedy {
       return ChangeAttribute{n.role("app"), RoleAttribute::inherit, false};
     },
     {R"(ALTER ROLE "app" NOINHERIT;)"},
     {R"(ALTER ROLE "app" INHERIT;)"}},
    {18,
     "CREATE ROLE app CONNECTION LIMIT 7;",
     [](const Names& n) -> Remedy {
       return ChangeConnectionLimit{n.role("app"), 3};
     },
     {R"(ALTER ROLE "app" CONNECTION LIMIT 3;)"},
     {R"(ALTER ROLE "app" CONNECTION LIMIT 7;)"}},
    // Owners: what the old one granted is then granted by the new one.
    {18,
     "CREATE ROLE app; CREATE ROLE other; CREATE TABLE t (a int); ALTER TABLE t OWNER TO app;"
     "SET ROLE app; GRANT SELECT ON t TO other; RESET ROLE;",
     [](const Names& n) -> Remedy {
       return ChangeOwner{n.table("public.t"), n.role("postgres")};
     },
     {R"(ALTER TABLE "public"."t" OWNER TO "postgres";)"},
     {R"(ALTER TABLE "public"."t" OWNER TO "app";)"}},
    {18,
     "CREATE ROLE app; CREATE SCHEMA s AUTHORIZATION app; GRANT USAGE ON SCHEMA s TO PUBLIC;",
     [](const Names& n) -> Remedy {
       return ChangeOwner{n.schema("s"), n.role("postgres")};
     },
     {R"(ALTER SCHEMA "s" OWNER TO "postgres";)"},
     {R"(ALTER SCHEMA "s" OWNER TO "app";)"}},
    {18,
     "CREATE ROLE app; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';"
     "ALTER FUNCTION f() OWNER TO app;",
     [](const Names& n) -> Remedy {
       return ChangeOwner{n.function("public.f()"), n.role("postgres")};
     },
     {R"(ALTER ROUTINE "public"."f"() OWNER TO "postgres";)"},
     {R"(ALTER ROUTINE "public"."f"() OWNER TO "app";)"}},
    {18,
     "CREATE ROLE app; CREATE FUNCTION f(int, int) RETURNS bool LANGUAGE sql AS 'SELECT true';"
     "CREATE OPERATOR @@@ (LEFTARG = int, RIGHTARG = int, PROCEDURE = f);"
     "ALTER OPERATOR @@@ (int, int) OWNER TO app; CREATE VIEW v AS SELECT 1 @@@ 2 AS a;",
     [](const Names& n) -> Remedy {
       return ChangeOperatorOwner{n.schema("public"), "public.@@@(integer,integer)",
                                  n.role("postgres")};
     },
     {R"(ALTER OPERATOR public.@@@(integer,integer) OWNER TO "postgres";)"},
     {R"(ALTER OPERATOR public.@@@(integer,integer) OWNER TO "app";)"}},
    // Functions and tables.
    {18,
     "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET work_mem = '4MB' AS 'SELECT 1';",
     [](const Names& n) -> Remedy {
       return PinSearchPath{n.function("public.f()"), "pg_catalog, pg_temp"};
     },
     {R"(ALTER FUNCTION "public"."f"() SET search_path = pg_catalog, pg_temp;)"},
     {R"(ALTER FUNCTION "public"."f"() RESET search_path;)"}},
    {18,
     "CREATE PROCEDURE p() LANGUAGE sql SET search_path = public AS 'SELECT 1';",
     [](const Names& n) -> Remedy {
       return PinSearchPath{n.function("public.p()"), "public, pg_temp"};
     },
     {R"(ALTER PROCEDURE "public"."p"() SET search_path = public, pg_temp;)"},
     {R"(ALTER PROCEDURE "public"."p"() SET search_path = public;)"}},
    {18,
     "CREATE TABLE t (a int);",
     [](const Names& n) -> Remedy {
       return EnableRowSecurity{n.table("public.t"), true, true};
     },
     {R"(ALTER TABLE "public"."t" ENABLE ROW LEVEL SECURITY;)",
      R"(ALTER TABLE "public"."t" FORCE ROW LEVEL SECURITY;)"},
     {R"(ALTER TABLE "public"."t" DISABLE ROW LEVEL SECURITY;)",
      R"(ALTER TABLE "public"."t" NO FORCE ROW LEVEL SECURITY;)"}},
    {18,
     "CREATE TABLE t (a int); ALTER TABLE t ENABLE ROW LEVEL SECURITY;",
     [](const Names& n) -> Remedy {
       return EnableRowSecurity{n.table("public.t"), true, true};
     },
     {R"(ALTER TABLE "public"."t" FORCE ROW LEVEL SECURITY;)"},
     {R"(ALTER TABLE "public"."t" NO FORCE ROW LEVEL SECURITY;)"}},
    // Default privileges: a row that replaces what is built in, and one that adds to it.
    {18,
     "CREATE ROLE app; CREATE TABLE here (a int);",
     [](const Names& n) -> Remedy {
       return ChangeDefaultPrivileges{
           false,       n.database("postgres"), n.role("app"), no_object, 'f',
           public_role, Privilege::execute};
     },
     {R"(ALTER DEFAULT PRIVILEGES FOR ROLE "app" REVOKE EXECUTE ON ROUTINES FROM PUBLIC;)"},
     {R"(ALTER DEFAULT PRIVILEGES FOR ROLE "app" GRANT EXECUTE ON ROUTINES TO PUBLIC;)"}},
    {18,
     R"(CREATE ROLE app; CREATE ROLE reader; CREATE SCHEMA "S";)",
     [](const Names& n) -> Remedy {
       return ChangeDefaultPrivileges{
           true, n.database("postgres"), n.role("app"), n.schema("\"S\""),
           'r',  n.role("reader"),       reads};
     },
     {R"(ALTER DEFAULT PRIVILEGES FOR ROLE "app" IN SCHEMA "S" GRANT SELECT ON TABLES TO "reader";)"},
     {R"(ALTER DEFAULT PRIVILEGES FOR ROLE "app" IN SCHEMA "S" REVOKE SELECT ON TABLES FROM "reader";)"}},
    // What is stored for logins.
    {18,
     "CREATE ROLE app; ALTER ROLE app SET lo_compat_privileges = on;",
     [](const Names& n) -> Remedy {
       return ResetStored{no_object, n.role("app"), "lo_compat_privileges"};
     },
     {R"(ALTER ROLE "app" RESET "lo_compat_privileges";)"},
     {R"(ALTER ROLE "app" SET "lo_compat_privileges" = 'on';)"}},
    {18,
     "CREATE ROLE app; ALTER ROLE app IN DATABASE postgres SET work_mem = '1MB';",
     [](const Names& n) -> Remedy {
       return ResetStored{n.database("postgres"), n.role("app"), "work_mem"};
     },
     {R"(ALTER ROLE "app" IN DATABASE "postgres" RESET "work_mem";)"},
     {R"(ALTER ROLE "app" IN DATABASE "postgres" SET "work_mem" = '1MB';)"}},
    {18,
     "ALTER DATABASE postgres SET work_mem = '1MB';",
     [](const Names& n) -> Remedy {
       return ResetStored{n.database("postgres"), no_role, "work_mem"};
     },
     {R"(ALTER DATABASE "postgres" RESET "work_mem";)"},
     {R"(ALTER DATABASE "postgres" SET "work_mem" = '1MB';)"}},
    {18,
     "ALTER ROLE ALL SET work_mem = '1MB';",
     [](const Names&) -> Remedy {
       return ResetStored{no_object, no_role, "work_mem"};
     },
     {R"(ALTER ROLE ALL RESET "work_mem";)"},
     {R"(ALTER ROLE ALL SET "work_mem" = '1MB';)"}},
};

}  // namespace

TEST_CASE("a remedy is a statement, its inverse, and the model that it leaves", "[fix]") {
  for (const auto& c : cases) {
    INFO("PostgreSQL " << c.major << ": " << c.world);
    const auto after = [&](const std::string& more) {
      return state_of(script_cluster({.sql = c.world + more, .major = c.major, .followed = false}));
    };
    auto model = script_cluster({.sql = c.world, .major = c.major, .followed = false});
    const auto before = state_of(model);
    const auto remedy = c.remedy({model});
    const auto made = enacted(model, remedy);
    CHECK(made.sql == c.sql);
    CHECK(made.undo == c.undo);
    CHECK(state_of(model) == after(block(made.sql)));
    CHECK(after(block(made.sql) + block(made.undo)) == before);
  }
}

TEST_CASE("a remedy that has been done does nothing", "[fix]") {
  for (const auto& c : cases) {
    INFO(c.world);
    auto model = script_cluster({.sql = c.world, .major = c.major, .followed = false});
    const auto remedy = c.remedy({model});
    const bool repeats = std::holds_alternative<PinSearchPath>(remedy) ||
                         (std::holds_alternative<ChangeMembership>(remedy) &&
                          std::get<ChangeMembership>(remedy).grant);
    if (repeats) continue;  // a plan asks for them once
    enacted(model, remedy);
    CHECK(enacted(model, remedy).sql.empty());
  }
}

TEST_CASE("what mends one finding is tried and taken back", "[fix]") {
  for (const auto& c : cases) {
    INFO(c.world);
    auto model = script_cluster({.sql = c.world, .major = c.major, .followed = false});
    Finding finding;
    finding.remedies.push_back(c.remedy({model}));
    Audit audit;
    audit.judgements = {{"", "", Severity::high, verdict_of({finding, finding})}};
    const auto before = state_of(model);
    for (const auto& [found, fix] : findings_with_fixes(model, audit)) {
      CHECK(fix.sql == c.sql);
      CHECK(fix.undo == c.undo);
    }
    CHECK(state_of(model) == before);
  }
}
