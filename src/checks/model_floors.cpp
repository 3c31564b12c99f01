// Grantees that lack what the policy requires.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "checks/check.hpp"
#include "checks/grant_model.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

void check_roles(const Facts& facts, std::vector<Finding>& findings) {
  std::set<std::string> absent;
  for (const auto& entry : facts.policy().grants) {
    for (const auto& name : entry.to) {
      if (!entry.require.empty() && !grantee_named(facts.cluster(), name)) absent.insert(name);
    }
  }
  for (const auto& name : absent) {
    Finding finding;
    finding.subject = {"role", name, ""};
    finding.message = fmt::format("role {} does not exist, so it holds nothing", displayed(name));
    finding.decision = "create the roles: pgleast bootstrap writes the statements";
    findings.push_back(std::move(finding));
  }
}

}  // namespace

Check model_floors(MapReader&, MapReader&) {
  return [](const Facts& facts) -> Verdict {
    const auto& grants = facts.policy().grants;
    if (std::none_of(grants.begin(), grants.end(),
                     [](const auto& e) { return !e.require.empty(); })) {
      return {};
    }
    for (const auto fact : {Fact::roles, Fact::objects}) {
      if (const auto missing = facts.missing(fact)) return *missing;
    }
    std::vector<Finding> findings;
    check_roles(facts, findings);
    for (const auto& floor : floors(facts)) {
      const auto& object = facts.cluster().object(floor.object);
      const auto legal = grantable_privileges(object.kind, facts.cluster().major());
      const auto lacking = (floor.privileges & legal) - held_by(facts, floor.grantee, object);
      if (lacking.empty()) continue;
      Finding finding;
      finding.subject = facts.subject(object);
      finding.subject.name += " for " + facts.cluster().role_name(floor.grantee);
      finding.message =
          fmt::format("{} lacks {} on {} {}, which the policy requires", facts.shown(floor.grantee),
                      to_string(lacking), info(object.kind).name, facts.shown(object));
      finding.remedies.emplace_back(
          ChangePrivileges{true, floor.object, std::nullopt, floor.grantee, lacking});
      findings.push_back(std::move(finding));
    }
    return verdict_of(std::move(findings));
  };
}

}  // namespace pgleast
