// The search_path that a function is given: where its names are found today, for all its callers.

#include "escalation/pinned_path.hpp"

#include "support/catch.hpp"
#include "support/script_cluster.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

const std::string world =
    "CREATE ROLE app LOGIN; CREATE ROLE low LOGIN; CREATE ROLE keeper; CREATE SCHEMA shop; CREATE "
    "SCHEMA other;"
    "CREATE TABLE shop.w (a int); CREATE TABLE other.w (a int); CREATE TABLE other.v (a int);"
    "CREATE FUNCTION shop.g(int) RETURNS int LANGUAGE sql AS 'SELECT 1';"
    "CREATE FUNCTION other.g(text) RETURNS int LANGUAGE sql AS 'SELECT 1';";

std::string function(const std::string& body, const std::string& options = "") {
  return "SET check_function_bodies = off; CREATE FUNCTION shop.f() RETURNS int LANGUAGE sql "
         "SECURITY DEFINER " +
         options + " AS '" + body + "';";
}

std::string of_database(const std::string& path) {
  return "ALTER DATABASE postgres SET search_path = " + path + ";";
}

std::string of_app(const std::string& path) {
  return "ALTER ROLE app SET search_path = " + path + ";";
}

const std::string only_app =
    "REVOKE EXECUTE ON FUNCTION shop.f() FROM PUBLIC; GRANT EXECUTE ON FUNCTION shop.f() TO app;";
const std::string open_public = "GRANT CREATE ON SCHEMA public TO PUBLIC;";
const std::string advice = ": choose its search_path, or name the schemas in its body";

}  // namespace

TEST_CASE("a function gets the path by which its names are found today", "[escalation]") {
  struct Case {
    const char* what;
    std::string sql;
    const char* conf;
    std::string pinned;  // or why not
  };
  const std::vector<Case> cases{
      {"the database's", of_database("shop, public") + function("SELECT a FROM w"), "",
       R"(pg_catalog, "shop", "public", pg_temp)"},
      {"the server's", function("SELECT a FROM w"), "search_path = 'shop, public'\n",
       R"(pg_catalog, "shop", "public", pg_temp)"},
      {"that of every role", "ALTER ROLE ALL SET search_path = shop;" + function("SELECT a FROM w"),
       "", R"(pg_catalog, "shop", pg_temp)"},
      {"the role's, who alone calls it", of_app("shop") + function("SELECT a FROM w") + only_app,
       "", R"(pg_catalog, "shop", pg_temp)"},
      {"the role's in this database before the role's",
       of_app("other") + "ALTER ROLE app IN DATABASE postgres SET search_path = shop;" +
           function("SELECT a FROM w") + only_app,
       "", R"(pg_catalog, "shop", pg_temp)"},
      {"nobody says one, and the body needs none", function("SELECT 1"), "",
       R"(pg_catalog, "public", pg_temp)"},
      {"schemas that are not there, temporary ones, one twice",
       of_database("pg_temp, nosuch, shop, shop") + function("SELECT a FROM w"), "",
       R"(pg_catalog, "shop", pg_temp)"},
      {"pg_catalog where it stands", of_database("shop, pg_catalog") + function("SELECT a FROM w"),
       "", R"("shop", pg_catalog, pg_temp)"},
      {"$user is the owner's schema",
       "CREATE SCHEMA keeper AUTHORIZATION keeper; GRANT USAGE ON SCHEMA shop TO keeper;" +
           of_database("\"$user\", shop") + function("SELECT a FROM w") +
           "ALTER FUNCTION shop.f() OWNER TO keeper;",
       "", R"(pg_catalog, "keeper", "shop", pg_temp)"},
      {"what the owner may not use is passed over",
       of_database("other, shop") + "GRANT USAGE ON SCHEMA shop TO keeper;" + function("SELECT 1") +
           "ALTER FUNCTION shop.f() OWNER TO keeper;",
       "", R"(pg_catalog, "shop", pg_temp)"},
      {"its own, in its order",
       function("SELECT a FROM w", "SET search_path = pg_temp, nosuch, shop, pg_catalog, other"),
       "", R"("shop", pg_catalog, "other", pg_temp)"},
      {"an empty one of its own", function("SELECT 1", "SET search_path = ''"), "",
       "pg_catalog, pg_temp"},
      // Others create in public, and nothing of the body is there.
      {"without an open schema that the body does not need",
       of_database("public, shop") + open_public + function("SELECT a FROM w"), "",
       R"(pg_catalog, "shop", pg_temp)"},
      {"with an open schema that it needs",
       of_database("public, other") + open_public + "CREATE TABLE public.u (a int);" +
           function("SELECT u.a FROM u, v"),
       "", R"(pg_catalog, "public", "other", pg_temp)"},
      {"with an open schema where a type of its may be",
       of_database("public, shop") + open_public + "CREATE TABLE public.u (a int);" +
           function("SELECT a FROM w WHERE a::text > ''x''"),
       "", R"(pg_catalog, "public", "shop", pg_temp)"},
      {"with an open schema where a function may fit better",
       of_database("public, shop") + open_public +
           "CREATE FUNCTION public.g(bool) RETURNS int LANGUAGE sql AS 'SELECT 1';" +
           function("SELECT g(1)"),
       "", R"(pg_catalog, "public", "shop", pg_temp)"},
      {"with any when the body is not known",
       of_database("public, shop") + open_public +
           "CREATE FUNCTION shop.f() RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS "
           "'DECLARE n int; BEGIN EXECUTE ''SELECT a FROM '' || current_setting(''x.y'') INTO n; "
           "RETURN n; "
           "END';",
       "", R"(pg_catalog, "public", "shop", pg_temp)"},
      {"a name that all callers find in the same schema, by whatever path",
       of_database("shop, public") + of_app("shop, other") + function("SELECT a FROM w"), "",
       R"(pg_catalog, "shop", "other", pg_temp)"},
      {"a caller for whom the body does not run is no reason",
       of_database("other") + of_app("public") + function("SELECT a FROM v"), "",
       R"(pg_catalog, "other", pg_temp)"},
      // Nobody can say.
      {"callers that find a name in different schemas",
       of_database("shop") + of_app("other") + function("SELECT a FROM w"), "",
       "its callers look names up in different schemas (app in pg_catalog, other and everybody "
       "else in pg_catalog, shop)" +
           advice},
      {"a superuser who finds one elsewhere",
       "ALTER ROLE postgres SET search_path = other;" + of_database("shop") +
           function("SELECT a FROM w"),
       "",
       "its callers look names up in different schemas (everybody else in pg_catalog, shop and "
       "postgres in pg_catalog, other)" +
           advice},
      {"callers with different paths, and a body that is not known",
       of_database("shop") + of_app("other") +
           "CREATE FUNCTION shop.f() RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS "
           "'DECLARE n int; BEGIN EXECUTE format(''SELECT a FROM %I'', ''w'') INTO n; RETURN n; "
           "END';",
       "",
       "its callers look names up in different schemas (app in pg_catalog, other and everybody "
       "else in pg_catalog, shop)" +
           advice},
      {"a name that nobody finds", function("SELECT a FROM w"), "",
       "along the search_path of its callers there is no relation w" + advice},
  };
  for (const auto& c : cases) {
    INFO(c.what);
    const auto cluster = script_cluster({.sql = world + c.sql, .conf = c.conf});
    const Graph graph(cluster);
    const auto pin = PathPins(graph).of(object_of(cluster, ObjectKind::function, "shop.f()"));
    CHECK(pin.path + pin.undecided == c.pinned);
    CHECK(pin.path.empty() != pin.undecided.empty());
  }
}

TEST_CASE("where the server's path is hidden by that of our session, nobody can say",
          "[escalation]") {
  auto cluster = script_cluster(world + function("SELECT 1"));
  cluster.settings = {{"search_path", "pg_catalog", "session", "", 0}};
  const auto f = object_of(cluster, ObjectKind::function, "shop.f()");
  const auto database = cluster.object(f).database;
  const auto undecided = [&] {
    const Graph graph(cluster);
    return PathPins(graph).of(f).undecided;
  };
  CHECK(undecided() == "the search_path of the server is not known" + advice);
  cluster.role_settings.push_back({database, no_role, "search_path", "shop"});
  CHECK(undecided() == "");
}
