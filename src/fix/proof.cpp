#include "fix/proof.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "checks/grant_model.hpp"
#include "input/server/server_reader.hpp"
#include "text/diagnostic.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

std::map<std::string, std::string> unwaived(const Audit& audit) {
  std::map<std::string, std::string> result;
  for (const auto& finding : sorted_findings(audit)) {
    if (!finding.waived) result.emplace(fingerprint(finding), finding.rule);
  }
  return result;
}

// How many privileges each role, and PUBLIC, has on users' own objects in one and not in the other.
struct Difference {
  std::map<std::string, std::size_t> lost, gained;
  std::size_t required = 0, held = 0;
};

Difference difference(const Cluster& before, const Cluster& after, const Policy& policy) {
  Difference result;
  const Graph old_graph(before), new_graph(after);
  const RoleMatcher roles(policy, before);
  for (std::size_t i = 0; i < before.objects.size(); ++i) {
    const auto& a = before.objects[i];
    const auto& b = after.objects[i];
    if (!is_users_own(a)) continue;
    for (const auto role : roles.ordinary_roles()) {
      const auto had = old_graph.held(role, a).privileges;
      const auto has_now = new_graph.held(role, b).privileges;
      (had - has_now).each([&](Privilege) { ++result.lost[before.role_name(role)]; });
      (has_now - had).each([&](Privilege) { ++result.gained[before.role_name(role)]; });
    }
  }
  const Facts facts(after, policy);
  for (const auto& floor : floors(facts)) {
    const auto& object = after.object(floor.object);
    const auto held = floor.grantee == public_role
                          ? granted_to(after.effective_acl(object), public_role)
                          : facts.graph().held(floor.grantee, object).privileges;
    floor.privileges.each([&](Privilege p) {
      ++result.required;
      result.held += held.has(p) ? 1U : 0U;
    });
  }
  return result;
}

std::string by_role(const std::map<std::string, std::size_t>& counts) {
  std::vector<std::string> parts;
  for (const auto& [role, count] : counts) {
    parts.push_back(fmt::format("{}: {}", displayed(role), counted(count, "privilege")));
  }
  return parts.empty() ? "none" : listed(parts, 12);
}

}  // namespace

Proof prove(const Plan& plan, const Cluster& cluster, const Auditor& auditor,
            const std::string& conninfo, std::chrono::seconds timeout) {
  Session session(conninfo, cluster.name, Access::rolled_back_writes,
                  SessionLimits::within(timeout));
  bool whole = true;
  for (const auto& section : plan.sections) {
    if (!section.database.empty() && section.database != session.database()) {
      whole = false;
      continue;
    }
    for (const auto& statement : section.sql) {
      const auto answer = session.try_ask(statement);
      if (!answer.rows) {
        fail("", fmt::format("the server refuses a statement of the fix: {}\n  {}", answer.why,
                             displayed(statement)));
      }
    }
  }
  auto after = read_session(session);
  // Files and settings are not the transaction's: the patched ones stand for them.
  after.hba = plan.model.hba;
  after.settings = plan.model.settings;
  after.files = plan.model.files;
  after.unseen = cluster.unseen;
  after.remarks = cluster.remarks;
  // One transaction sees one database: of several the model speaks.
  const auto read = std::count_if(cluster.databases.begin(), cluster.databases.end(),
                                  [](const DatabaseDetail& d) { return d.read; });
  return {whole, read > 1 ? plan.after : auditor.audit(after)};
}

std::string outcome(const Plan& plan, const Cluster& before, const Audit& left,
                    const Policy& policy) {
  const auto old_findings = unwaived(plan.before);
  const auto new_findings = unwaived(left);
  std::size_t gone = 0, fresh = 0;
  std::set<std::string> rules;
  for (const auto& [mark, rule] : old_findings) gone += new_findings.contains(mark) ? 0U : 1U;
  for (const auto& [mark, rule] : new_findings) {
    fresh += old_findings.contains(mark) ? 0U : 1U;
    rules.insert(rule);
  }
  const auto left_rules = rules.empty()
                              ? std::string()
                              : fmt::format(" ({})", listed({rules.begin(), rules.end()}, 12));
  auto text = fmt::format("findings        gone {}   left {}{}   new {}\n", gone,
                          new_findings.size() - fresh, left_rules, fresh);
  if (!before.seen(Fact::objects)) return text;
  const auto change = difference(before, plan.model, policy);
  text += fmt::format("access lost     {}\n", by_role(change.lost));
  text += fmt::format("access gained   {}\n", by_role(change.gained));
  if (change.required > 0) {
    text += fmt::format("required        {} of {} that the policy requires hold\n", change.held,
                        counted(change.required, "privilege"));
  }
  return text;
}

}  // namespace pgleast
