#include "bootstrap/grant_sql.hpp"

#include <fmt/format.h>

#include "pg/default_acl_type.hpp"
#include "pg/identifier.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

// `column = 'name'`, `column ~ '^a.*$'`, or nothing to test for `*`.
std::string name_test(const std::string& column, const Pattern& pattern) {
  if (pattern.kind == Pattern::Kind::glob && pattern.text == "*") return "true";
  if (pattern.is_exact()) return fmt::format("{} = {}", column, quote_literal(pattern.text));
  return fmt::format("{} ~ {}", column, quote_literal(posix_expression(pattern)));
}

std::string names_test(const std::string& column, const Patterns& patterns) {
  std::string result;
  for (const auto& p : patterns) result += (result.empty() ? "" : " OR ") + name_test(column, p);
  return patterns.size() == 1 ? result : "(" + result + ")";
}

std::string users_schemas(const Pattern& schema) {
  return fmt::format("{} AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'",
                     name_test("n.nspname", schema));
}

// Each row of `query` has the names that %I takes in `statement`.
std::string for_each(const std::string& query, const std::string& statement,
                     const std::string& arguments) {
  return "DO " +
         dollar_quote(fmt::format("\nDECLARE\n  o record;\nBEGIN\n  FOR o IN\n    {}\n  LOOP\n"
                                  "    EXECUTE format({}, {});\n  END LOOP;\nEND\n",
                                  query, quote_literal(statement), arguments)) +
         ";\n";
}

std::string grantee_argument(const std::string& grantee) { return quote_literal(grantee); }
// PUBLIC is a keyword, not a name.
std::string grantee_place(const std::string& grantee) {
  return grantee == public_name ? "%s" : "%I";
}

std::string on_objects(const GrantEntry& entry, const std::string& grantee) {
  const auto to = grantee_place(grantee);
  const auto who = grantee_argument(grantee);
  const auto names = names_test("c.relname", entry.names);
  const auto relations = [&](const char* kinds) {
    return fmt::format(
        "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c\n"
        "      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace\n"
        "     WHERE c.relkind IN ({}) AND {} AND {}\n"
        "     ORDER BY 1, 2",
        kinds, users_schemas(entry.schema), names);
  };
  const auto privileges_text = to_string(entry.require);
  switch (entry.kind) {
    case ObjectKind::database:
      return for_each(fmt::format("SELECT datname FROM pg_catalog.pg_database WHERE {} ORDER BY 1",
                                  names_test("datname", entry.names)),
                      fmt::format("GRANT {} ON DATABASE %I TO {}", privileges_text, to),
                      "o.datname, " + who);
    case ObjectKind::schema:
      return for_each(fmt::format("SELECT n.nspname FROM pg_catalog.pg_namespace n\n"
                                  "     WHERE {} AND n.nspname !~ '^pg_'\n"
                                  "       AND n.nspname <> 'information_schema'\n"
                                  "     ORDER BY 1",
                                  names_test("n.nspname", entry.names)),
                      fmt::format("GRANT {} ON SCHEMA %I TO {}", privileges_text, to),
                      "o.nspname, " + who);
    case ObjectKind::table:
      return for_each(relations("'r', 'p', 'v', 'm', 'f'"),
                      fmt::format("GRANT {} ON TABLE %I.%I TO {}", privileges_text, to),
                      "o.nspname, o.relname, " + who);
    case ObjectKind::sequence:
      return for_each(relations("'S'"),
                      fmt::format("GRANT {} ON SEQUENCE %I.%I TO {}", privileges_text, to),
                      "o.nspname, o.relname, " + who);
    default:
      return for_each(
          fmt::format("SELECT p.oid::pg_catalog.regprocedure AS name FROM pg_catalog.pg_proc p\n"
                      "      JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace\n"
                      "     WHERE {} AND {}\n"
                      "     ORDER BY 1",
                      users_schemas(entry.schema), names_test("p.proname", entry.names)),
          fmt::format("GRANT {} ON ROUTINE %s TO {}", privileges_text, to), "o.name, " + who);
  }
}

// What lies in a schema is out of reach without USAGE on it and CONNECT to the database.
std::vector<std::string> on_surroundings(const GrantEntry& entry, const std::string& grantee) {
  const bool inside = default_acl_letter(entry.kind) != ' ' && entry.kind != ObjectKind::schema;
  const auto to = grantee_place(grantee);
  const auto who = grantee_argument(grantee);
  std::vector<std::string> result;
  if (inside || entry.kind == ObjectKind::schema) {
    result.push_back(for_each("SELECT pg_catalog.current_database() AS name",
                              "GRANT CONNECT ON DATABASE %I TO " + to, "o.name, " + who));
  }
  if (inside) {
    result.push_back(for_each(fmt::format("SELECT n.nspname FROM pg_catalog.pg_namespace n\n"
                                          "     WHERE {}\n     ORDER BY 1",
                                          users_schemas(entry.schema)),
                              "GRANT USAGE ON SCHEMA %I TO " + to, "o.nspname, " + who));
  }
  return result;
}

std::string shown_patterns(const Patterns& patterns) {
  std::vector<std::string> names;
  for (const auto& p : patterns) {
    names.push_back((p.kind == Pattern::Kind::expression ? "re:" : "") + displayed(p.text));
  }
  return listed(names);
}

}  // namespace

std::string grant_heading(const GrantEntry& entry, const std::string& grantee) {
  const auto where = entry.schema.text.empty() ? "" : " in schema " + displayed(entry.schema.text);
  return fmt::format("-- {} holds {} on {} {}{}", displayed(grantee), to_string(entry.require),
                     info(entry.kind).plural, shown_patterns(entry.names), where);
}

std::vector<std::string> grant_sql(const GrantEntry& entry, const std::string& grantee) {
  auto result = on_surroundings(entry, grantee);
  result.push_back(on_objects(entry, grantee));
  return result;
}

std::string future_sql(const GrantEntry& entry, const std::string& grantee) {
  const auto keyword = default_acl_type(default_acl_letter(entry.kind)).keyword;
  return grant_heading(entry, grantee) + ", those to come too\n" +
         for_each(
             fmt::format("SELECT r.rolname, n.nspname FROM pg_catalog.pg_roles r\n"
                         "      CROSS JOIN pg_catalog.pg_namespace n\n"
                         "     WHERE {}\n"
                         "       AND (r.rolsuper OR EXISTS (\n"
                         "         SELECT FROM pg_catalog.aclexplode(coalesce(n.nspacl, "
                         "pg_catalog.acldefault('n', n.nspowner))) a\n"
                         "          WHERE a.privilege_type = 'CREATE' AND a.grantee <> 0\n"
                         "            AND pg_catalog.pg_has_role(r.oid, a.grantee, 'USAGE')))\n"
                         "       AND r.rolname !~ '^pg_' AND r.rolname <> {}\n"
                         "     ORDER BY 1, 2",
                         users_schemas(entry.schema), quote_literal(grantee)),
             fmt::format("ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT {} ON {} TO {}",
                         to_string(entry.require), keyword, grantee_place(grantee)),
             "o.rolname, o.nspname, " + grantee_argument(grantee));
}

}  // namespace pgleast
