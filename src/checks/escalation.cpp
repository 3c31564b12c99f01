// Steps up of one kind that a login role can take: a row of escalations().
//
//   with: {edge: ESC-ADMIN, except: $administrators}
//   fix: {cut: true}

#include "escalation/escalation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checks/check.hpp"
#include "checks/role_origin.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

const EscalationInfo& read_edge(const YamlNode& node) {
  const auto word = scalar_text(node);
  std::vector<std::string> ids;
  for (const auto& info : escalations()) {
    if (info.id == word) return info;
    ids.emplace_back(info.id);
  }
  fail_policy(node, fmt::format("unknown edge `{}`{}", displayed(word), did_you_mean(word, ids)));
}

// Whoever of the takers somebody logs in as, or can become.
std::vector<RoleId> reached(const Facts& facts, const Patterns& except,
                            const std::vector<RoleId>& takers) {
  RoleSet taking(facts.cluster().roles.size());
  for (const auto role : takers) taking.insert(role);
  const auto reaching = facts.graph().reaching(taking, Closure::becomes);
  std::vector<RoleId> result;
  for (const auto role : facts.roles().ordinary_roles()) {
    const auto& r = facts.cluster().role(role);
    if (!r.login || r.superuser || facts.roles().matches(except, role)) continue;
    if (reaching.has(role)) result.push_back(role);
  }
  return result;
}

Subject subject_of(const Facts& facts, const Step& step) {
  if (step.object != no_object) return facts.subject(facts.cluster().object(step.object));
  return {"role", facts.cluster().role_name(step.from), ""};
}

std::string message_of(const Step& step) {
  return step.needs_victim ? step.how + ", once somebody stronger is there" : step.how;
}

// One finding for each subject, however many ways it leads.
void add_opening(const Facts& facts, const Opening& opening, const std::vector<RoleId>& logins,
                 bool cut, std::vector<Finding>& findings) {
  const auto subject = subject_of(facts, opening.step);
  auto found = std::find_if(findings.begin(), findings.end(),
                            [&](const Finding& f) { return f.subject == subject; });
  if (found == findings.end()) {
    found = findings.insert(findings.end(), Finding());
    found->subject = subject;
    found->message = message_of(opening.step);
    std::vector<std::string> names;
    for (const auto role : logins) names.push_back(facts.shown(role));
    found->path = way_in(facts, logins.front());
    found->detail.push_back("login roles that can: " + listed(names));
  }
  found->path.push_back(fmt::format("{}  ({})", opening.step.how, opening.step.edge));
  if (!cut) return;
  found->remedies.insert(found->remedies.end(), opening.step.cut.begin(), opening.step.cut.end());
  if (found->remedies.empty())
    found->decision = "whether it is wanted, and if not, what takes its place";
}

}  // namespace

Check escalation(MapReader& with, MapReader& fix) {
  const auto& edge = read_edge(with.need("edge"));
  const auto except = read_patterns(with.need("except"));
  const bool cut = fix.boolean("cut", false);
  return [=, &edge](const Facts& facts) -> Verdict {
    for (const auto fact : edge.needs) {
      if (const auto missing = facts.missing(fact)) return *missing;
    }
    std::vector<Finding> findings;
    for (const auto& opening : facts.escalations().openings(edge.id)) {
      const auto logins = reached(facts, except, opening.takers);
      if (!logins.empty()) add_opening(facts, opening, logins, cut, findings);
    }
    return verdict_of(std::move(findings));
  };
}

}  // namespace pgleast
