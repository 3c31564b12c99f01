// Roles that are not what the policy's `attributes` say of their class.

#include <fmt/format.h>

#include "checks/check.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

void check_attributes(const Facts& facts, const ClassAttributes& wanted, RoleId id,
                      std::vector<Finding>& findings) {
  const auto& role = facts.cluster().role(id);
  const auto add = [&](const std::string& what, std::string message) -> Finding& {
    Finding finding;
    finding.subject = {"role", role.name + " " + what, ""};
    finding.message = std::move(message);
    findings.push_back(std::move(finding));
    return findings.back();
  };
  const auto name = facts.shown(id);
  for (const auto& [attribute, demand] : wanted.attributes) {
    const auto keyword = info(attribute).keyword;
    const bool held = has(role, attribute);
    if (demand == Demand::forbid && held) {
      add(std::string(keyword), fmt::format("{} has {}, which its class {} must not have", name,
                                            keyword, displayed(wanted.role_class)))
          .remedies.emplace_back(ChangeAttribute{id, attribute, false});
    } else if (demand == Demand::require && !held) {
      add(std::string(keyword), fmt::format("{} lacks {}, which its class {} must have", name,
                                            keyword, displayed(wanted.role_class)))
          .remedies.emplace_back(ChangeAttribute{id, attribute, true});
    }
  }
  const auto limit = wanted.most_connections;
  if (limit && (role.connection_limit < 0 || role.connection_limit > *limit)) {
    add("CONNECTION LIMIT",
        fmt::format("{} may hold {} connections; at most {} are allowed", name,
                    role.connection_limit < 0 ? std::string("any number of")
                                              : std::to_string(role.connection_limit),
                    *limit))
        .remedies.emplace_back(ChangeConnectionLimit{id, *limit});
  }
  // Without a password there is nothing stored that could be wrong.
  const bool stored = role.password != PasswordKind::unseen && role.password != PasswordKind::none;
  if (wanted.password && stored && role.password != *wanted.password) {
    add("PASSWORD", fmt::format("{} has a stored password of another kind than its class {} must",
                                name, displayed(wanted.role_class)))
        .decision = "set a new password, or remove it";
  }
}

}  // namespace

Check model_attributes(MapReader&, MapReader&) {
  return [](const Facts& facts) -> Verdict {
    if (facts.policy().attributes.empty()) return {};
    if (const auto missing = facts.missing(Fact::roles)) return *missing;
    bool passwords = false;
    std::optional<RoleId> untold;
    std::vector<Finding> findings;
    for (const auto& wanted : facts.policy().attributes) {
      passwords = passwords || wanted.password.has_value();
      for (const auto role : facts.roles().ordinary_roles()) {
        const auto* const c = facts.roles().class_of(role);
        if (c == nullptr || c->name != wanted.role_class) continue;
        check_attributes(facts, wanted, role, findings);
        const bool seen = facts.cluster().role(role).password != PasswordKind::unseen;
        if (wanted.password && !seen && !untold) untold = role;
      }
    }
    auto verdict = verdict_of(std::move(findings));
    auto missing = passwords ? facts.missing(Fact::passwords) : std::nullopt;
    if (!missing && untold) {
      missing = unseen(
          fmt::format("what is stored as the password of {} is not known", facts.shown(*untold)),
          "audit the server");
    }
    if (!missing) return verdict;
    if (verdict.kind == Verdict::Kind::holds) return *missing;
    verdict.why = missing->why;
    verdict.remedy = missing->remedy;
    return verdict;
  };
}

}  // namespace pgleast
