// Memberships that the policy requires and that are not there, or that it does not allow.

#include <fmt/format.h>

#include "checks/check.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

bool is_direct_member(const Cluster& cluster, RoleId role, RoleId member) {
  for (const auto& m : cluster.memberships) {
    if (m.role == role && m.member == member) return true;
  }
  return false;
}

Finding membership_finding(const std::string& group, const std::string& member,
                           std::string message) {
  Finding finding;
  finding.subject = {"membership", member + " in " + group, ""};
  finding.message = std::move(message);
  return finding;
}

void check_required(const Facts& facts, const MembershipEntry& entry,
                    std::vector<Finding>& findings) {
  const auto group = facts.cluster().find_role(entry.group);
  for (const auto& pattern : entry.require) {
    const auto member = facts.cluster().find_role(pattern.text);
    if (group && member && is_direct_member(facts.cluster(), *group, *member)) continue;
    const auto& absent = group ? pattern.text : entry.group;
    auto finding = membership_finding(
        entry.group, pattern.text,
        group && member ? fmt::format("{} is not a member of {}", displayed(pattern.text),
                                      displayed(entry.group))
                        : fmt::format("role {} does not exist", displayed(absent)));
    if (group && member) {
      finding.remedies.emplace_back(ChangeMembership{true, *group, *member});
    } else {
      finding.decision = "create the roles: pgleast bootstrap writes the statements";
    }
    findings.push_back(std::move(finding));
  }
}

void check_exclusive(const Facts& facts, const MembershipEntry& entry,
                     std::vector<Finding>& findings) {
  const auto group = facts.cluster().find_role(entry.group);
  if (!entry.exclusive || !group) return;
  RoleSet members(facts.cluster().roles.size());
  for (const auto& m : facts.cluster().memberships) {
    if (m.role == *group) members.insert(m.member);
  }
  for (const auto member : facts.roles().ordinary_roles()) {
    if (!members.has(member)) continue;
    if (facts.roles().matches(entry.require, member)) continue;
    if (facts.roles().matches(entry.allow, member)) continue;
    const auto name = facts.cluster().role_name(member);
    auto finding = membership_finding(entry.group, name,
                                      fmt::format("{} is a member of {}, which is closed to others",
                                                  displayed(name), displayed(entry.group)));
    finding.remedies.emplace_back(ChangeMembership{false, *group, member});
    findings.push_back(std::move(finding));
  }
}

}  // namespace

Check model_memberships(MapReader&, MapReader&) {
  return [](const Facts& facts) -> Verdict {
    if (facts.policy().memberships.empty()) return {};
    if (const auto missing = facts.missing(Fact::roles)) return *missing;
    std::vector<Finding> findings;
    for (const auto& entry : facts.policy().memberships) {
      check_required(facts, entry, findings);
      check_exclusive(facts, entry, findings);
    }
    return verdict_of(std::move(findings));
  };
}

}  // namespace pgleast
