// Steps up of one kind that a login role can take: a row of escalations().
//
//   with: {edge: ESC-ADMIN, except: $administrators}
//   fix: {cut: true}

#include "escalation/escalation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

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

// Whom somebody logs in as, but superusers and those that may.
RoleSet logins_but(const Facts& facts, const Patterns& except) {
  RoleSet result(facts.cluster().roles.size());
  for (const auto role : facts.roles().ordinary_roles()) {
    const auto& r = facts.cluster().role(role);
    if (r.login && !r.superuser && !facts.roles().matches(except, role)) result.insert(role);
  }
  return result;
}

// Whoever of the takers somebody logs in as, or can become.
RoleSet reached(const Facts& facts, const RoleSet& logins, const std::vector<RoleId>& takers) {
  RoleSet taking(facts.cluster().roles.size());
  for (const auto role : takers) taking.insert(role);
  auto result = facts.graph().reaching(taking, Closure::becomes);
  return result &= logins;
}

std::string names_of(const Facts& facts, const RoleSet& roles) {
  constexpr std::size_t most = 6;
  const auto all = roles.members();
  const auto shown = all.size() > most + 1 ? most : all.size();
  std::vector<std::string> names;
  for (std::size_t i = 0; i < shown; ++i) names.push_back(facts.shown(all[i]));
  if (shown == all.size()) return listed(names);
  return fmt::format("{} and {} more", fmt::join(names, ", "), all.size() - shown);
}

Subject subject_of(const Facts& facts, const Step& step) {
  if (step.object != no_object) return facts.subject(facts.cluster().object(step.object));
  return {"role", facts.cluster().role_name(step.from), ""};
}

std::string message_of(const Step& step) {
  return step.needs_victim ? step.how + ", once somebody stronger is there" : step.how;
}

// One finding for each subject, however many ways it leads.
class Findings {
 public:
  Findings(const Facts& facts, bool cut) : facts_(facts), cut_(cut) {}

  void add(const Opening& opening, const RoleSet& logins) {
    const auto& step = opening.step;
    auto& entry = entry_of(step, logins);
    entry.logins |= logins;
    auto line = facts_.told(step);
    if (entry.lines.insert(line.text).second) entry.finding.path.push_back(std::move(line));
    if (!cut_) return;
    auto& remedies = entry.finding.remedies;
    for (const auto& remedy : step.cut) {
      const bool has = std::find(remedies.begin(), remedies.end(), remedy) != remedies.end();
      if (!has) remedies.push_back(remedy);
    }
    if (remedies.empty()) {
      entry.finding.decision = "whether it is wanted, and if not, what takes its place";
    }
    if (!step.cut.empty()) add_paths(opening, logins, entry.finding);
  }

  Verdict verdict() && {
    std::vector<Finding> findings;
    for (auto& entry : entries_) {
      entry.finding.detail.push_back("login roles that can: " + names_of(facts_, entry.logins));
      if (cut_) entry.finding.concerns = entry.logins.members();
      findings.push_back(std::move(entry.finding));
    }
    return verdict_of(std::move(findings));
  }

 private:
  // Of each login role: the step itself is taken away, or a group on the way to who takes it.
  void add_paths(const Opening& opening, const RoleSet& logins, Finding& finding) {
    const auto next = towards(opening.takers);
    std::set<std::vector<RoleId>> ways;
    for (const auto login : logins.members()) {
      std::vector<RoleId> way{login};
      for (auto at = next.find(login); at != next.end(); at = next.find(at->second)) {
        way.push_back(at->second);
      }
      if (way.size() == 1) way.clear();
      ways.insert(std::move(way));
    }
    for (const auto& way : ways) {
      PathCuts cuts{opening.step.cut};
      for (std::size_t i = 1; i < way.size(); ++i) {
        cuts.push_back({ChangeMembership{false, way[i], way[i - 1]}});
      }
      finding.paths.push_back(std::move(cuts));
    }
  }

  // The group by which each role comes nearest to one of the takers, who have none. What owning a
  // database makes of a role is no membership to take away.
  std::unordered_map<RoleId, RoleId> towards(const std::vector<RoleId>& takers) {
    if (!members_) find_members();
    std::unordered_map<RoleId, RoleId> next;
    std::unordered_set<RoleId> reached(takers.begin(), takers.end());
    auto queue = takers;
    for (std::size_t i = 0; i < queue.size(); ++i) {
      const auto [first, last] = members_->equal_range(queue[i]);
      for (auto at = first; at != last; ++at) {
        if (!reached.insert(at->second).second) continue;
        next.emplace(at->second, queue[i]);
        queue.push_back(at->second);
      }
    }
    return next;
  }

  // A rule that holds needs none of it.
  void find_members() {
    members_.emplace();
    for (const auto& membership : facts_.cluster().memberships) {
      if (!carries(membership, Closure::becomes)) continue;
      members_->emplace(membership.role, membership.member);
    }
  }

  struct Entry {
    Finding finding;
    RoleSet logins;
    std::unordered_set<std::string> lines;
  };

  Entry& entry_of(const Step& step, const RoleSet& logins) {
    auto subject = subject_of(facts_, step);
    const auto key = fmt::format("{}\n{}\n{}", subject.kind, subject.database, subject.name);
    const auto [at, added] = places_.try_emplace(key, entries_.size());
    if (!added) return entries_[at->second];
    auto& entry = entries_.emplace_back();
    entry.logins = RoleSet(facts_.cluster().roles.size());
    entry.finding.subject = std::move(subject);
    entry.finding.message = message_of(step);
    entry.finding.path = way_in(facts_, logins.members().front());
    return entry;
  }

  const Facts& facts_;
  bool cut_;
  std::optional<std::multimap<RoleId, RoleId>> members_;  // by group: who may become it
  std::vector<Entry> entries_;
  std::unordered_map<std::string, std::size_t> places_;
};

// What the other edge cannot follow may lead there.
std::optional<Verdict> not_followed(const Facts& facts, const EscalationInfo& edge) {
  for (const auto& opening : facts.escalations().openings(edge.unknown_by)) {
    if (!opening.step.certain) return unseen(opening.step.how, "audit the code by hand");
  }
  return std::nullopt;
}

}  // namespace

Check escalation(MapReader& with, MapReader& fix) {
  const auto& edge = read_edge(with.need("edge"));
  const auto except = read_patterns(with.need("except"));
  const bool cut = fix.boolean("cut", false);
  return [=, &edge](const Facts& facts) -> Verdict {
    for (const auto fact : edge.needs) {
      const auto missing = fact == Fact::hba     ? facts.missing_records()
                           : fact == Fact::ident ? facts.missing_mappings()
                                                 : facts.missing(fact);
      if (missing) return *missing;
    }
    Findings findings(facts, cut);
    const auto all = logins_but(facts, except);
    for (const auto& opening : facts.escalations().openings(edge.id)) {
      const auto logins = reached(facts, all, opening.takers);
      if (logins.count() > 0) findings.add(opening, logins);
    }
    auto verdict = std::move(findings).verdict();
    if (verdict.kind != Verdict::Kind::holds) return verdict;
    if (edge.also_by_code) {
      if (const auto missing = facts.missing(Fact::code)) return *missing;
    }
    if (edge.unknown_by.empty()) return verdict;
    return not_followed(facts, edge).value_or(std::move(verdict));
  };
}

}  // namespace pgleast
