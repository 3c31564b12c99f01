// Steps up of one kind that a login role can take: a row of escalations().
//
//   with: {edge: ESC-ADMIN, except: $administrators}
//   fix: {cut: true}

#include "escalation/escalation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

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
  std::vector<RoleId> result;
  for (const auto role : facts.roles().ordinary_roles()) {
    const auto& r = facts.cluster().role(role);
    if (!r.login || r.superuser || facts.roles().matches(except, role)) continue;
    const auto groups = facts.graph().reach(role, Closure::becomes).members();
    if (std::any_of(groups.begin(), groups.end(), [&](RoleId g) { return taking.has(g); })) {
      result.push_back(role);
    }
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
struct Found {
  std::vector<Finding> findings;
  std::vector<std::set<RoleId>> logins;  // of each
};

void add_opening(const Facts& facts, const Opening& opening, const std::vector<RoleId>& logins,
                 bool cut, Found& all) {
  auto& findings = all.findings;
  const auto subject = subject_of(facts, opening.step);
  auto found = std::find_if(findings.begin(), findings.end(),
                            [&](const Finding& f) { return f.subject == subject; });
  if (found == findings.end()) {
    found = findings.insert(findings.end(), Finding());
    all.logins.emplace_back();
    found->subject = subject;
    found->message = message_of(opening.step);
    found->path = way_in(facts, logins.front());
  }
  all.logins[static_cast<std::size_t>(found - findings.begin())].insert(logins.begin(),
                                                                        logins.end());
  auto line = fmt::format("{}  ({})", opening.step.how, opening.step.edge);
  const bool told = std::find(found->path.begin(), found->path.end(), line) != found->path.end();
  if (!told) found->path.push_back(std::move(line));
  if (!cut) return;
  for (const auto& remedy : opening.step.cut) {
    const bool has =
        std::find(found->remedies.begin(), found->remedies.end(), remedy) != found->remedies.end();
    if (!has) found->remedies.push_back(remedy);
  }
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
    Found found;
    for (const auto& opening : facts.escalations().openings(edge.id)) {
      const auto logins = reached(facts, except, opening.takers);
      if (!logins.empty()) add_opening(facts, opening, logins, cut, found);
    }
    for (std::size_t i = 0; i < found.findings.size(); ++i) {
      std::vector<std::string> names;
      for (const auto role : found.logins[i]) names.push_back(facts.shown(role));
      found.findings[i].detail.insert(found.findings[i].detail.begin(),
                                      "login roles that can: " + listed(names));
    }
    return verdict_of(std::move(found.findings));
  };
}

}  // namespace pgleast
