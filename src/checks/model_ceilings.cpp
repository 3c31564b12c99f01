// Grantees that hold more than the policy allows them, by whatever way; the fix is at the
// cause: an access list item of the role, of PUBLIC, or a membership that is not allowed.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "checks/check.hpp"
#include "checks/grant_model.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

std::set<RoleId> stated_grantees(const Facts& facts) {
  std::set<RoleId> result;
  for (const auto& entry : facts.policy().grants) {
    if (!entry.allow) continue;
    for (const auto& name : entry.to) {
      if (const auto grantee = grantee_named(facts.cluster(), name)) result.insert(*grantee);
    }
  }
  return result;
}

// What everybody holds is said once, of PUBLIC, and not again of each grantee.
PrivilegeSet without_publics(const Facts& facts, Ceilings& ceilings, RoleId grantee, ObjectId id,
                             PrivilegeSet excess) {
  const auto& object = facts.cluster().object(id);
  if (excess.empty()) return excess;
  const auto most = ceilings.of(public_role, id);
  if (grantee == public_role || !most) return excess;
  const auto of_public = held_by(facts, public_role, object) - *most;
  PrivilegeSet result;
  excess.each([&](Privilege p) {
    const auto causes = facts.graph().causes(grantee, object, p);
    const bool other = std::any_of(causes.begin(), causes.end(), [](const Cause& c) {
      return c.kind == Cause::Kind::superuser || c.grantee != public_role;
    });
    if (other || !of_public.has(p)) result |= p;
  });
  return result;
}

// A membership on the way that the policy does not ask for is what to end; else the grant.
Remedy remedy_for(const Facts& facts, ObjectId object, Privilege privilege, const Cause& cause) {
  for (std::size_t i = 0; i + 1 < cause.path.size(); ++i) {
    const auto& role_name = facts.cluster().role_name(cause.path[i + 1]);
    for (const auto& entry : facts.policy().memberships) {
      if (entry.group != role_name || !entry.exclusive) continue;
      if (facts.roles().matches(entry.require, cause.path[i])) continue;
      if (facts.roles().matches(entry.allow, cause.path[i])) continue;
      return ChangeMembership{false, cause.path[i + 1], cause.path[i]};
    }
  }
  if (cause.kind == Cause::Kind::predefined_role && cause.path.size() > 1) {
    return ChangeMembership{false, cause.path.back(), cause.path[cause.path.size() - 2]};
  }
  return ChangePrivileges{false, object, std::nullopt, cause.grantee, privilege};
}

void explain(const Facts& facts, RoleId grantee, ObjectId id, PrivilegeSet excess,
             Finding& finding) {
  const auto& cluster = facts.cluster();
  const auto& object = cluster.object(id);
  if (grantee == public_role) {
    finding.path = {fmt::format("GRANT {} ON {} TO PUBLIC{}", to_string(excess),
                                facts.shown(object),
                                object.acl == null_acl ? " (built-in default)" : "")};
    finding.remedies.emplace_back(ChangePrivileges{false, id, std::nullopt, public_role, excess});
    return;
  }
  if (cluster.role(grantee).superuser) {
    finding.path = {fmt::format("{} is SUPERUSER", facts.shown(grantee))};
    finding.decision = "take SUPERUSER from the role";
    return;
  }
  std::set<std::string> said;
  excess.each([&](Privilege privilege) {
    for (const auto& cause : facts.graph().causes(grantee, object, privilege)) {
      const auto step =
          fmt::format("{} holds {} ({})", facts.shown(grantee), info(privilege).keyword,
                      displayed(via(cluster, grantee, object.owner, cause)));
      if (said.insert(step).second) finding.path.push_back(step);
      if (cause.kind != Cause::Kind::predefined_role && cause.grantee == object.owner) {
        finding.decision = "give the object to another owner: an owner can grant itself anything";
        continue;
      }
      finding.remedies.push_back(remedy_for(facts, id, privilege, cause));
    }
  });
}

}  // namespace

Check model_ceilings(MapReader&, MapReader&) {
  return [](const Facts& facts) -> Verdict {
    const auto grantees = stated_grantees(facts);
    const auto& policy = facts.policy();
    const bool stated = std::any_of(policy.grants.begin(), policy.grants.end(),
                                    [](const auto& e) { return e.allow.has_value(); });
    if (!stated) return {};
    for (const auto fact : {Fact::roles, Fact::objects}) {
      if (const auto missing = facts.missing(fact)) return *missing;
    }
    const auto& cluster = facts.cluster();
    Ceilings ceilings(facts);
    std::vector<Finding> findings;
    for (std::uint32_t i = 0; i < cluster.objects.size(); ++i) {
      const auto& object = cluster.objects[i];
      if (!is_users_own(object)) continue;
      for (const auto grantee : grantees) {
        const auto most = ceilings.of(grantee, ObjectId{i});
        if (!most) continue;
        const auto excess = without_publics(facts, ceilings, grantee, ObjectId{i},
                                            held_by(facts, grantee, object) - *most);
        if (excess.empty()) continue;
        Finding finding;
        finding.subject = facts.subject(object);
        finding.subject.name += " for " + cluster.role_name(grantee);
        finding.message =
            fmt::format("{} holds {} on {} {}, more than the policy allows", facts.shown(grantee),
                        to_string(excess), info(object.kind).name, facts.shown(object));
        explain(facts, grantee, ObjectId{i}, excess, finding);
        findings.push_back(std::move(finding));
      }
    }
    return verdict_of(std::move(findings));
  };
}

}  // namespace pgleast
