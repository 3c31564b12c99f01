// What the table says that extensions bring is what servers say.

#include <algorithm>
#include <sstream>

#include "input/replay/catalog/extension_members.hpp"
#include "support/catch.hpp"
#include "support/server.hpp"

using namespace pgleast;

TEST_CASE("extensions bring what the table of their members says", "[live][extensions]") {
  const test::LiveServer server;
  int looked_at = 0;
  for (const char* const name :
       {"uuid-ossp", "pgcrypto", "citext", "pg_trgm", "hstore", "unaccent", "btree_gin",
        "btree_gist", "pg_stat_statements", "ltree", "postgis", "vector", "pgjwt"}) {
    REQUIRE(is_known_extension(name));
    const auto quoted = std::string(1, '"') + name + '"';
    if (server.ask("postgres", "SELECT count(*) FROM pg_available_extensions WHERE name = '" +
                                   std::string(name) + "'") == "0") {
      continue;
    }
    ++looked_at;
    server.sql("postgres", "CREATE EXTENSION " + quoted);
    const auto members = [&](const std::string& catalog, const std::string& column,
                             const std::string& of_them = "true") {
      return server.ask(
          "postgres", "SELECT DISTINCT o." + column + " FROM pg_depend d JOIN " + catalog +
                          " o ON d.classid = '" + catalog +
                          "'::regclass AND d.objid = o.oid WHERE d.deptype = 'e' AND d.refobjid = "
                          "(SELECT oid FROM pg_extension WHERE extname = '" +
                          name + "') AND " + of_them + " ORDER BY 1");
    };
    INFO(name);
    // An older version of an extension has fewer: what is not there brings nothing.
    const auto known = types_of_extension(name);
    // From 19 on types of arrays and of rows are members, too.
    std::istringstream types(members(
        "pg_type", "typname",
        "NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = o.oid) AND (o.typrelid = 0 OR "
        "EXISTS (SELECT FROM pg_class c WHERE c.oid = o.typrelid AND c.relkind = 'c'))"));
    for (std::string type; std::getline(types, type);) {
      INFO(type);
      CHECK(std::find(known.begin(), known.end(), type) != known.end());
    }
    for (const auto& [catalog, column] :
         {std::pair{"pg_proc", "proname"}, std::pair{"pg_class", "relname"}}) {
      std::istringstream lines(members(catalog, column));
      for (std::string member; std::getline(lines, member);) {
        INFO(member);
        CHECK(may_bring(name, std::string_view(member)));
      }
    }
  }
  CHECK(looked_at > 0);
}
