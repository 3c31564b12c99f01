#include "bootstrap/bootstrap.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "bootstrap/grant_sql.hpp"
#include "pg/identifier.hpp"
#include "pg/psql_command.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

// A block that the server runs by itself, whatever client sends it.
std::string block(const std::string& body) { return "DO " + dollar_quote("\n" + body) + ";\n"; }

std::string role_test(const std::string& role, const std::string& condition) {
  return fmt::format("EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {}{})",
                     quote_literal(role), condition.empty() ? "" : " AND " + condition);
}

class Script {
 public:
  Script(const Policy& policy, const std::string& database)
      : policy_(policy), database_(database) {}

  std::string write() {
    header();
    for (const auto& role : roles()) create(role);
    memberships();
    for (const auto& entry : policy_.grants) {
      if (entry.require.empty()) continue;
      for (const auto& to : entry.to) {
        text_ += "\n" + grant_heading(entry, to) + "\n";
        for (const auto& statement : grant_sql(entry, to)) {
          if (said_.insert(statement).second) text_ += statement;
        }
      }
    }
    for (const auto& entry : policy_.grants) {
      if (entry.require.empty() || !entry.future) continue;
      for (const auto& to : entry.to) text_ += "\n" + future_sql(entry, to);
    }
    text_ += "\nCOMMIT;\n";
    return text_;
  }

 private:
  void header() {
    const auto name = policy_.name.empty() ? "a policy" : "policy " + displayed(policy_.name);
    text_ = fmt::format(
        "-- The roles of {}, written by `pgleast bootstrap`.\n"
        "-- Run it as a superuser: {}\n"
        "-- It may be run again. It sets no password: do that with \\password.\n\n"
        "BEGIN;\n"
        "SET LOCAL search_path = pg_catalog;\n"
        "SET LOCAL client_min_messages = warning;\n",
        name, psql_command(database_, "roles.sql"));
  }

  // In the order in which the policy names them.
  std::vector<std::string> roles() const {
    std::vector<std::string> result;
    const auto add = [&](const std::string& name) {
      const bool known = std::find(result.begin(), result.end(), name) != result.end();
      if (!known && name != public_name) result.push_back(name);
    };
    for (const auto& c : policy_.classes) {
      for (const auto& p : c.names) {
        if (p.is_exact()) add(p.text);
      }
    }
    for (const auto& m : policy_.memberships) {
      add(m.group);
      for (const auto& p : m.require) add(p.text);
    }
    for (const auto& g : policy_.grants) {
      for (const auto& to : g.to) add(to);
    }
    return result;
  }

  const RoleClass* class_of(const std::string& role) const {
    for (const auto& c : policy_.classes) {
      if (matches_name(c.names, role)) return &c;
    }
    return nullptr;
  }

  const ClassAttributes* attributes_of(const RoleClass* c) const {
    for (const auto& a : policy_.attributes) {
      if (c != nullptr && a.role_class == c->name) return &a;
    }
    return nullptr;
  }

  // A role logs in unless its class must not; one that is in no class does not.
  void create(const std::string& role) {
    const auto* const c = class_of(role);
    const auto* const attributes = attributes_of(c);
    const auto name = quote_identifier(role);
    bool login = c != nullptr;
    std::string body;
    if (attributes != nullptr) {
      for (const auto& [attribute, demand] : attributes->attributes) {
        if (attribute == RoleAttribute::login) login = demand != Demand::forbid;
        if (demand == Demand::allow) continue;
        const bool wanted = demand == Demand::require;
        body += fmt::format(
            "  IF {} THEN\n    ALTER ROLE {} {}{};\n  END IF;\n",
            role_test(role, fmt::format("{}{}", wanted ? "NOT " : "", info(attribute).column)),
            name, wanted ? "" : "NO", info(attribute).keyword);
      }
      if (const auto limit = attributes->most_connections) {
        body +=
            fmt::format("  IF {} THEN\n    ALTER ROLE {} CONNECTION LIMIT {};\n  END IF;\n",
                        role_test(role, fmt::format("rolconnlimit NOT BETWEEN 0 AND {}", *limit)),
                        name, *limit);
      }
    }
    text_ += fmt::format("\n-- {}{}\n", displayed(role),
                         c == nullptr ? "" : ": class " + displayed(c->name));
    text_ +=
        block(fmt::format("BEGIN\n  IF NOT {} THEN\n    CREATE ROLE {} {};\n  END IF;\n{}END\n",
                          role_test(role, ""), name, login ? "LOGIN" : "NOLOGIN", body));
  }

  void memberships() {
    for (const auto& m : policy_.memberships) {
      for (const auto& member : m.require) {
        text_ +=
            fmt::format("\n-- {} is a member of {}\n", displayed(member.text), displayed(m.group));
        text_ +=
            block(fmt::format("BEGIN\n"
                              "  IF NOT EXISTS (SELECT FROM pg_catalog.pg_auth_members m\n"
                              "                   JOIN pg_catalog.pg_roles g ON g.oid = m.roleid\n"
                              "                   JOIN pg_catalog.pg_roles r ON r.oid = m.member\n"
                              "                  WHERE g.rolname = {} AND r.rolname = {}) THEN\n"
                              "    GRANT {} TO {};\n"
                              "  END IF;\n"
                              "END\n",
                              quote_literal(m.group), quote_literal(member.text),
                              quote_identifier(m.group), quote_identifier(member.text)));
      }
    }
  }

  const Policy& policy_;
  const std::string& database_;
  std::set<std::string> said_;  // statements that several entries need
  std::string text_;
};

}  // namespace

std::string bootstrap_sql(const Policy& policy, const std::string& database) {
  return Script(policy, database).write();
}

}  // namespace pgleast
