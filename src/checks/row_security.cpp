// Row-security policies that are not in force.
//
//   with: {require: enabled}   policies exist, but row level security is off
//   with: {require: forced}    it is on, but not for the owner, who logs in
//   with: {require: policies}  it is on, but there is none, and so nobody gets a row
//   fix: {enable: true}

#include <fmt/format.h>

#include <map>
#include <set>

#include "checks/check.hpp"
#include "model/objects_of.hpp"
#include "privileges/access_matrix.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

bool owner_logs_in(const Facts& facts, const Patterns& except, const Object& table) {
  for (const auto role : facts.roles().ordinary_roles()) {
    const auto& r = facts.cluster().role(role);
    if (!r.login || r.superuser || r.bypassrls || facts.roles().matches(except, role)) continue;
    if (facts.graph().reach(role, Closure::inherits, table.database).has(table.owner)) return true;
  }
  return false;
}

std::size_t readers(const Facts& facts, const RoleSet& may_read) {
  std::size_t count = 0;
  for (const auto role : facts.roles().ordinary_roles()) {
    const auto& r = facts.cluster().role(role);
    if (!r.superuser && r.login && may_read.has(role)) ++count;
  }
  return count;
}

// The server refuses already: nothing is exposed.
Verdict without_policies(const Facts& facts) {
  const auto& cluster = facts.cluster();
  std::set<ObjectId> with;
  for (const auto& p : cluster.row_policies) with.insert(p.table);
  std::vector<Finding> findings;
  for (const auto id : objects_of(cluster, ObjectKind::table)) {
    const auto& table = cluster.object(id);
    if (!is_users_own(table)) continue;
    if (!cluster.relation(table).row_security || with.contains(id)) continue;
    Finding finding;
    finding.subject = facts.subject(table);
    finding.message = fmt::format(
        "row level security of {} is on and it has no policy: nobody but its owner gets a row",
        facts.shown(table));
    finding.decision = "write its policies, or disable row level security";
    findings.push_back(std::move(finding));
  }
  return verdict_of(std::move(findings));
}

}  // namespace

Check row_security(MapReader& with, MapReader& fix) {
  const auto& require = with.need("require");
  const auto word = scalar_text(require);
  if (word != "enabled" && word != "forced" && word != "policies") {
    fail_policy(require, "`enabled`, `forced` or `policies`");
  }
  const bool forced = word == "forced";
  const auto* const excepted = with.find("except");
  const auto except = excepted == nullptr ? Patterns{} : read_patterns(*excepted);
  const bool enable = fix.boolean("enable", false);
  return [=](const Facts& facts) -> Verdict {
    if (const auto missing = facts.missing(Fact::objects)) return *missing;
    if (word == "policies") return without_policies(facts);
    const auto& cluster = facts.cluster();
    std::map<ObjectId, std::size_t> policies;
    for (const auto& p : cluster.row_policies) ++policies[p.table];
    const AccessMatrix matrix(facts.graph());
    std::vector<Finding> findings;
    for (const auto& [id, count] : policies) {
      const auto& table = cluster.object(id);
      const auto& detail = cluster.relation(table);
      const bool own_logins = owner_logs_in(facts, except, table);
      const bool wrong = forced ? detail.row_security && !detail.force_row_security && own_logins
                                : !detail.row_security;
      if (!wrong) continue;
      const auto may_read = matrix.holders(table)[Privilege::select];
      Finding finding;
      finding.subject = facts.subject(table);
      finding.message =
          forced ? fmt::format(
                       "the policies of {} do not apply to its owner {}, and somebody logs "
                       "in with the owner's rights",
                       facts.shown(table), facts.shown(table.owner))
                 : fmt::format(
                       "{} has {}, but row level security is off: {} that can read it "
                       "see all rows",
                       facts.shown(table), counted(count, "policy"),
                       counted(readers(facts, may_read), "login role"));
      if (enable) finding.remedies.emplace_back(EnableRowSecurity{id, true, forced || own_logins});
      findings.push_back(std::move(finding));
    }
    // Who logs in with an owner's rights is not known.
    if (findings.empty() && forced) {
      if (const auto missing = facts.missing(Fact::roles)) return *missing;
    }
    return verdict_of(std::move(findings));
  };
}

}  // namespace pgleast
