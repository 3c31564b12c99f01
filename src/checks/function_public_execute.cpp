// SECURITY DEFINER functions that everyone may call.
//
//   fix: {revoke: true}

#include <fmt/format.h>

#include "checks/check.hpp"
#include "text/display.hpp"

namespace pgleast {

Check function_public_execute(MapReader&, MapReader& fix) {
  const bool revoke = fix.boolean("revoke", false);
  return [=](const Facts& facts) -> Verdict {
    if (const auto missing = facts.missing(Fact::objects)) return *missing;
    const auto& cluster = facts.cluster();
    std::vector<Finding> findings;
    for (const auto id : security_definer_functions(cluster)) {
      const auto& object = cluster.object(id);
      if (!granted_to(cluster.effective_acl(object), public_role).has(Privilege::execute)) continue;
      Finding finding;
      finding.subject = facts.subject(object);
      finding.message = fmt::format("every role may call {}, which runs as {}", facts.shown(object),
                                    facts.shown(object.owner));
      const ChangePrivileges taken{false, id, std::nullopt, public_role, Privilege::execute};
      finding.path = {facts.told(fmt::format("PUBLIC has EXECUTE on {}{}", facts.shown(object),
                                             object.acl == null_acl ? " (built-in default)" : ""),
                                 {taken}),
                      facts.told(fmt::format("{} is SECURITY DEFINER and owned by {}",
                                             facts.shown(object), facts.shown(object.owner)),
                                 {PinSearchPath{id, ""}})};
      if (revoke) {
        finding.remedies.emplace_back(taken);
        finding.decision = "grant EXECUTE to the roles that call it";
      }
      findings.push_back(std::move(finding));
    }
    return verdict_of(std::move(findings));
  };
}

}  // namespace pgleast
