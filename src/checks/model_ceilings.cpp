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
    const ChangePrivileges revoke{false, id, std::nullopt, public_role, excess};
    finding.path = {
        facts.told(fmt::format("GRANT {} ON {} TO PUBLIC{}", to_string(excess), facts.shown(object),
                               object.acl == null_acl ? " (built-in default)" : ""),
                   {revoke})};
    finding.remedies.emplace_back(revoke);
    return;
  }
  if (cluster.role(grantee).superuser) {
    finding.path = {facts.told(fmt::format("{} is SUPERUSER", facts.shown(grantee)),
                               {ChangeAttribute{grantee, RoleAttribute::superuser, false}})};
    finding.decision = "take SUPERUSER from the role";
    return;
  }
  std::set<std::string> said;
  excess.each([&](Privilege privilege) {
    for (const auto& cause : facts.graph().causes(grantee, object, privilege)) {
      const auto step =
          facts.told(fmt::format("{} holds {} ({})", facts.shown(grantee), info(privilege).keyword,
                                 displayed(via(cluster, grantee, object.owner, cause))),
                     {ChangePrivileges{false, id, std::nullopt, cause.grantee, privilege}});
      if (said.insert(step.text).second) finding.path.push_back(step);
      if (cause.kind != Cause::Kind::predefined_role && cause.grantee == object.owner) {
        finding.decision = "give the object to another owner: an owner can grant itself anything";
        continue;
      }
      finding.remedies.push_back(remedy_for(facts, id, privilege, cause));
    }
  });
}

// What is held on one column, beyond what the table gives.
struct ColumnExcess {
  std::uint32_t column = 0;
  PrivilegeSet privileges;
};

bool only_by_public(const std::vector<Cause>& causes) {
  return std::all_of(causes.begin(), causes.end(), [](const Cause& c) {
    return c.kind != Cause::Kind::superuser && c.grantee == public_role;
  });
}

std::vector<ColumnExcess> excess_on_columns(const Facts& facts, Ceilings& ceilings, RoleId grantee,
                                            ObjectId id, PrivilegeSet most) {
  std::vector<ColumnExcess> result;
  const auto& cluster = facts.cluster();
  const auto& object = cluster.object(id);
  if (object.kind != ObjectKind::table) return result;
  const bool said_of_public = grantee != public_role && ceilings.of(public_role, id).has_value();
  const auto& columns = cluster.relation(object).columns;
  for (std::uint32_t c = 0; c < columns.size(); ++c) {
    if (columns[c].acl == null_acl) continue;
    const auto held = grantee == public_role
                          ? granted_to(cluster.column_acl(columns[c]), public_role)
                          : facts.graph().held(grantee, object, columns[c]).privileges;
    PrivilegeSet excess;
    (held - most - held_by(facts, grantee, object)).each([&](Privilege p) {
      const bool public_says =
          said_of_public && only_by_public(facts.graph().causes(grantee, object, columns[c], p));
      if (!public_says) excess |= p;
    });
    if (!excess.empty()) result.push_back({c, excess});
  }
  return result;
}

// `SELECT (a, b), UPDATE (a)`.
std::string column_words(const Cluster& cluster, const Object& object,
                         const std::vector<ColumnExcess>& excess) {
  std::string result;
  for (const auto& p : privileges) {
    std::vector<std::string> names;
    for (const auto& e : excess) {
      if (!e.privileges.has(p.privilege)) continue;
      names.push_back(displayed(cluster.relation(object).columns[e.column].name));
    }
    if (names.empty()) continue;
    result += fmt::format("{}{} ({})", result.empty() ? "" : ", ", p.keyword, listed(names));
  }
  return result;
}

void explain_columns(const Facts& facts, RoleId grantee, ObjectId id,
                     const std::vector<ColumnExcess>& excess, Finding& finding) {
  const auto& cluster = facts.cluster();
  const auto& object = cluster.object(id);
  for (const auto& [place, held] : excess) {
    const auto& column = cluster.relation(object).columns[place];
    if (grantee == public_role) {
      const ChangePrivileges revoke{false, id, place, public_role, held};
      finding.path.push_back(
          facts.told(fmt::format("GRANT {} ({}) ON {} TO PUBLIC", to_string(held),
                                 displayed(column.name), facts.shown(object)),
                     {revoke}));
      finding.remedies.emplace_back(revoke);
      continue;
    }
    held.each([&, place = place](Privilege privilege) {
      for (const auto& cause : facts.graph().causes(grantee, object, column, privilege)) {
        if (cause.kind != Cause::Kind::column_item) continue;
        finding.path.push_back(
            facts.told(fmt::format("{} holds {} on column {} ({})", facts.shown(grantee),
                                   info(privilege).keyword, displayed(column.name),
                                   displayed(via(cluster, grantee, object.owner, cause))),
                       {ChangePrivileges{false, id, place, cause.grantee, privilege}}));
        auto remedy = remedy_for(facts, id, privilege, cause);
        if (auto* const revoke = std::get_if<ChangePrivileges>(&remedy)) revoke->column = place;
        finding.remedies.push_back(std::move(remedy));
      }
    });
  }
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
        const auto on_columns = excess_on_columns(facts, ceilings, grantee, ObjectId{i}, *most);
        if (excess.empty() && on_columns.empty()) continue;
        auto held = excess.empty() ? std::string() : to_string(excess);
        if (!on_columns.empty()) {
          held += (held.empty() ? "" : ", ") + column_words(cluster, object, on_columns);
        }
        Finding finding;
        finding.subject = facts.subject(object);
        finding.subject.name += " for " + cluster.role_name(grantee);
        finding.message =
            fmt::format("{} holds {} on {} {}, more than the policy allows", facts.shown(grantee),
                        held, info(object.kind).name, facts.shown(object));
        if (!excess.empty()) explain(facts, grantee, ObjectId{i}, excess, finding);
        explain_columns(facts, grantee, ObjectId{i}, on_columns, finding);
        findings.push_back(std::move(finding));
      }
    }
    return verdict_of(std::move(findings));
  };
}

}  // namespace pgleast
