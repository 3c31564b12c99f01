#include "fix/path_cuts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <type_traits>

#include "fix/config_edit.hpp"
#include "fix/fewest.hpp"
#include "fix/statement.hpp"
#include "fix/take_back.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

constexpr int most_rounds = 64;
constexpr std::uint64_t one_edge = 1'000;
constexpr std::uint64_t one_word = 1'000'000;

bool is_of_paths(const Rule& rule) {
  static constexpr std::array<std::string_view, 3> checks{"escalation", "model_access",
                                                          "role_escalates"};
  return std::find(checks.begin(), checks.end(), rule.check) != checks.end();
}

bool is_of_requirements(const Rule& rule) {
  static constexpr std::array<std::string_view, 3> checks{"model_attributes", "model_floors",
                                                          "model_memberships"};
  return std::find(checks.begin(), checks.end(), rule.check) != checks.end();
}

std::vector<Finding> findings_of(const Auditor& auditor, const Cluster& model,
                                 const std::function<bool(const Rule&)>& wanted) {
  auto all = sorted_findings(auditor.audit(
      model, [](const auto&) {}, wanted));
  std::erase_if(all, [](const Finding& finding) { return finding.waived.has_value(); });
  return all;
}

// What a person sees of a requirement that is not met.
std::set<std::string> unmet(const Auditor& auditor, const Cluster& model) {
  std::set<std::string> result;
  for (const auto& finding : findings_of(auditor, model, is_of_requirements)) {
    result.insert(finding.message);
  }
  return result;
}

bool says_what_is_required(const Policy& policy) {
  return !policy.attributes.empty() || !policy.memberships.empty() ||
         std::any_of(policy.grants.begin(), policy.grants.end(),
                     [](const GrantEntry& entry) { return !entry.require.empty(); });
}

// Among cuts that are as few, those that take the least from others.
std::uint64_t harm(const Remedy& remedy) {
  if (const auto* const revoke = std::get_if<ChangePrivileges>(&remedy)) {
    return revoke->grantee == public_role ? 2 : 0;
  }
  return std::holds_alternative<ChangeMembership>(remedy) ? 1 : 3;
}

class PathCutter {
 public:
  PathCutter(const Cluster& cluster, const Auditor& auditor, const MissingWord& missing_word)
      : cluster_(cluster),
        auditor_(auditor),
        missing_word_(missing_word),
        requires_something_(says_what_is_required(auditor.policy())),
        unmet_before_(unmet(auditor, cluster)) {
    if (requires_something_) trial_ = cluster;
  }

  PathCutPlan plan() {
    CutSolution solution;
    for (int round = 0; round < most_rounds; ++round) {
      const auto model = with(solution.edges);
      const bool conflict = add_conflict(model, solution.edges);
      if (!conflict && !add_paths(model, solution.edges)) break;
      solution = fewest_cuts(problem_);
    }
    PathCutPlan plan;
    plan.fewest = solution.fewest;
    for (const auto edge : solution.edges) plan.cuts.push_back(edges_[edge].asked);
    for (const auto path : solution.endless) contradict(path, plan.contradictions);
    return plan;
  }

 private:
  Cluster with(const EdgeSet& edges) const {
    auto model = cluster_;
    // Records have other numbers once one of them is changed: the plan edits them together. What
    // asks for such an edit says that it ends the path.
    for (const auto edge : edges) {
      if (!is_of_a_record(edges_[edge].remedy)) applied(model, edges_[edge].remedy);
    }
    return model;
  }

  std::optional<std::string> newly_unmet(const Cluster& model) const {
    for (const auto& text : unmet(auditor_, model)) {
      if (!unmet_before_.contains(text)) return text;
    }
    return std::nullopt;
  }

  // Each is allowed alone; together they may take what is required.
  bool add_conflict(const Cluster& model, EdgeSet edges) {
    if (!requires_something_ || edges.size() < 2 || !newly_unmet(model)) return false;
    for (std::size_t i = edges.size(); i-- > 0;) {
      auto fewer = edges;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      if (newly_unmet(with(fewer))) edges = std::move(fewer);
    }
    const bool known = std::find(problem_.conflicts.begin(), problem_.conflicts.end(), edges) !=
                       problem_.conflicts.end();
    if (known) return false;
    problem_.conflicts.push_back(std::move(edges));
    return true;
  }

  bool add_paths(const Cluster& model, const EdgeSet& chosen) {
    bool added = false;
    for (const auto& finding : findings_of(auditor_, model, is_of_paths)) {
      for (const auto& cuts : finding.paths) added = add_path(finding, cuts, chosen) || added;
    }
    return added;
  }

  bool add_path(const Finding& finding, const PathCuts& cuts, const EdgeSet& chosen) {
    std::vector<EdgeSet> path;
    std::optional<std::string> required;
    for (const auto& cut : cuts) {
      EdgeSet set;
      bool allowed = true;
      for (const auto& remedy : cut) {
        const auto& lacking = what_it_breaks(remedy);
        if (lacking) required = lacking;
        allowed = allowed && !lacking;
        if (allowed) set.push_back(edge_of(finding, remedy));
      }
      std::sort(set.begin(), set.end());
      set.erase(std::unique(set.begin(), set.end()), set.end());
      // What was cut and did not end it is no way to end it.
      const bool useless = std::includes(chosen.begin(), chosen.end(), set.begin(), set.end());
      if (useless && !cut.empty() && is_of_a_record(cut.front())) return false;
      const bool known = std::find(path.begin(), path.end(), set) != path.end();
      if (allowed && !useless && !known) path.push_back(std::move(set));
    }
    const auto key = std::pair(path, path.empty() ? finding.message : std::string());
    if (!known_paths_.insert(key).second) return false;
    problem_.paths.push_back(std::move(path));
    of_path_.push_back({finding.message, required.value_or("")});
    return true;
  }

  const std::optional<std::string>& what_it_breaks(const Remedy& remedy) {
    for (const auto& [known, breaks] : breaks_) {
      if (known == remedy) return breaks;
    }
    breaks_.emplace_back(remedy, requires_something_ ? broken_by(remedy) : std::nullopt);
    return breaks_.back().second;
  }

  // Tried on one copy, and taken back.
  std::optional<std::string> broken_by(const Remedy& remedy) {
    return std::visit(
        [&]<typename R>(const R& r) -> std::optional<std::string> {
          // Records give no privilege.
          if constexpr (edits_a_record<R>) {
            return std::nullopt;
          } else {
            const auto lists = trial_.acls.size();
            const auto take_back = kept_before(trial_, r);
            enact(trial_, r);
            auto broken = newly_unmet(trial_);
            take_back();
            trial_.acls.resize(lists);
            return broken;
          }
        },
        remedy);
  }

  // One statement takes all privileges of a grant.
  static bool same_edge(const Remedy& a, const Remedy& b) {
    const auto* const x = std::get_if<ChangePrivileges>(&a);
    const auto* const y = std::get_if<ChangePrivileges>(&b);
    if (x == nullptr || y == nullptr) return a == b;
    return x->grant == y->grant && x->object == y->object && x->column == y->column &&
           x->grantee == y->grantee;
  }

  struct Edge {
    Remedy remedy;  // all privileges that some path needs
    std::vector<AskedCut> asked;
    bool needs_word = false;
  };

  std::uint32_t edge_of(const Finding& finding, const Remedy& remedy) {
    auto at = std::find_if(edges_.begin(), edges_.end(),
                           [&](const Edge& edge) { return same_edge(edge.remedy, remedy); });
    const auto place = at - edges_.begin();
    if (at == edges_.end()) {
      at = edges_.insert(at, {remedy, {}});
      problem_.costs.emplace_back();
    } else if (auto* const known = std::get_if<ChangePrivileges>(&at->remedy)) {
      known->privileges |= std::get<ChangePrivileges>(remedy).privileges;
    }
    ask(finding, remedy, *at);
    problem_.costs[static_cast<std::size_t>(place)] =
        (at->needs_word ? one_word : 0) + one_edge + harm(remedy);
    return static_cast<std::uint32_t>(place);
  }

  void ask(const Finding& finding, const Remedy& remedy, Edge& edge) const {
    const bool known = std::any_of(edge.asked.begin(), edge.asked.end(), [&](const AskedCut& cut) {
      return cut.finding.rule == finding.rule && cut.finding.concerns == finding.concerns &&
             cut.remedy == remedy;
    });
    if (known) return;
    edge.needs_word = edge.needs_word || missing_word_(finding, remedy);
    Finding asking;
    asking.rule = finding.rule;
    asking.subject = finding.subject;
    asking.concerns = finding.concerns;
    asking.paths.emplace_back();  // it is one of a path
    edge.asked.push_back({std::move(asking), remedy});
  }

  void contradict(std::size_t path, std::vector<std::string>& contradictions) const {
    const auto& [message, required] = of_path_[path];
    if (required.empty()) return;
    auto text = fmt::format("{}; whatever ends it takes what the policy requires: then {}", message,
                            required);
    if (std::find(contradictions.begin(), contradictions.end(), text) == contradictions.end()) {
      contradictions.push_back(std::move(text));
    }
  }

  const Cluster& cluster_;
  const Auditor& auditor_;
  const MissingWord& missing_word_;
  bool requires_something_;
  Cluster trial_;
  std::set<std::string> unmet_before_;
  std::vector<Edge> edges_;
  CutProblem problem_;
  std::vector<std::pair<std::string, std::string>> of_path_;  // message, what is required
  std::set<std::pair<std::vector<EdgeSet>, std::string>> known_paths_;
  std::vector<std::pair<Remedy, std::optional<std::string>>> breaks_;
};

}  // namespace

PathCutPlan plan_path_cuts(const Cluster& cluster, const Auditor& auditor,
                           const MissingWord& missing_word) {
  return PathCutter(cluster, auditor, missing_word).plan();
}

}  // namespace pgleast
