// Roles that the policy has no class for.

#include <fmt/format.h>

#include "checks/check.hpp"
#include "text/display.hpp"

namespace pgleast {

Check model_classes(MapReader&, MapReader&) {
  return [](const Facts& facts) -> Verdict {
    if (facts.policy().classes.empty()) return {};
    if (const auto missing = facts.missing(Fact::roles)) return *missing;
    std::vector<Finding> findings;
    for (const auto role : facts.roles().ordinary_roles()) {
      if (facts.roles().class_of(role) != nullptr) continue;
      Finding finding;
      finding.subject = {"role", facts.cluster().role_name(role), ""};
      finding.message = fmt::format("{} is in no class of the policy", facts.shown(role));
      finding.decision = "put the role into a class, or drop it";
      findings.push_back(std::move(finding));
    }
    return verdict_of(std::move(findings));
  };
}

}  // namespace pgleast
