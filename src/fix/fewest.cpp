#include "fix/fewest.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace pgleast {
namespace {

constexpr std::size_t most_steps = 400'000;
constexpr auto unbounded = std::numeric_limits<std::uint64_t>::max();

class Search {
 public:
  explicit Search(const CutProblem& problem)
      : problem_(problem), taken_(problem.costs.size()), banned_(problem.costs.size()) {}

  /// Of these paths; none: no choice ends them all.
  std::optional<EdgeSet> of(const std::vector<std::size_t>& paths) {
    best_cost_ = unbounded;
    best_.reset();
    steps_ = 0;
    paths_ = paths;
    go(0);
    return best_;
  }
  bool gave_up() const { return steps_ > most_steps; }

 private:
  bool has_all(const EdgeSet& set) const {
    return std::all_of(set.begin(), set.end(), [&](auto edge) { return taken_[edge] > 0; });
  }
  bool is_ended(std::size_t path) const {
    const auto& ways = problem_.paths[path];
    return std::any_of(ways.begin(), ways.end(), [&](const EdgeSet& set) { return has_all(set); });
  }
  bool is_allowed(const EdgeSet& set) {
    if (std::any_of(set.begin(), set.end(), [&](auto edge) { return banned_[edge] > 0; })) {
      return false;
    }
    take(set);
    const bool bad = std::any_of(problem_.conflicts.begin(), problem_.conflicts.end(),
                                 [&](const EdgeSet& conflict) { return has_all(conflict); });
    give_back(set);
    return !bad;
  }
  std::uint64_t cost_of(const EdgeSet& set) const {
    std::uint64_t cost = 0;
    for (const auto edge : set) cost += taken_[edge] > 0 ? 0 : problem_.costs[edge];
    return cost;
  }
  void take(const EdgeSet& set) {
    for (const auto edge : set) ++taken_[edge];
  }
  void give_back(const EdgeSet& set) {
    for (const auto edge : set) --taken_[edge];
  }

  // Of paths that share no edge each costs something of its own.
  std::uint64_t at_least(const std::vector<std::size_t>& open) const {
    std::vector<bool> used(taken_.size());
    std::uint64_t least = 0;
    for (const auto path : open) {
      std::uint64_t cheapest = unbounded;
      bool apart = true;
      for (const auto& set : problem_.paths[path]) {
        for (const auto edge : set) apart = apart && !used[edge];
        cheapest = std::min(cheapest, cost_of(set));
      }
      if (!apart) continue;
      for (const auto& set : problem_.paths[path]) {
        for (const auto edge : set) used[edge] = true;
      }
      least += cheapest;
    }
    return least;
  }

  void go(std::uint64_t cost) {
    if (++steps_ > most_steps && best_) return;
    std::vector<std::size_t> open;
    for (const auto path : paths_) {
      if (!is_ended(path)) open.push_back(path);
    }
    if (open.empty()) {
      if (cost < best_cost_) keep(cost);
      return;
    }
    const auto least = at_least(open);
    if (least == unbounded || cost + least >= best_cost_) return;
    branch(open, cost);
  }

  // The path with the fewest choices first; a set that was tried is left out of what follows.
  void branch(const std::vector<std::size_t>& open, std::uint64_t cost) {
    std::vector<EdgeSet> choices;
    bool first = true;
    for (const auto path : open) {
      std::vector<EdgeSet> allowed;
      for (const auto& set : problem_.paths[path]) {
        if (is_allowed(set)) allowed.push_back(set);
      }
      if (first || allowed.size() < choices.size()) choices = std::move(allowed);
      first = false;
      if (choices.empty()) return;
    }
    std::stable_sort(choices.begin(), choices.end(), [&](const EdgeSet& a, const EdgeSet& b) {
      const auto cost_a = cost_of(a), cost_b = cost_of(b);
      if (cost_a != cost_b) return cost_a < cost_b;
      return ends(a, open) > ends(b, open);
    });
    std::vector<std::uint32_t> left_out;
    for (const auto& set : choices) {
      const auto more = cost_of(set);
      take(set);
      go(cost + more);
      give_back(set);
      if (set.size() == 1) {
        ++banned_[set.front()];
        left_out.push_back(set.front());
      }
    }
    for (const auto edge : left_out) --banned_[edge];
  }

  std::size_t ends(const EdgeSet& set, const std::vector<std::size_t>& open) {
    take(set);
    const auto count =
        std::count_if(open.begin(), open.end(), [&](std::size_t path) { return is_ended(path); });
    give_back(set);
    return static_cast<std::size_t>(count);
  }

  void keep(std::uint64_t cost) {
    best_cost_ = cost;
    best_.emplace();
    for (std::uint32_t edge = 0; edge < taken_.size(); ++edge) {
      if (taken_[edge] > 0) best_->push_back(edge);
    }
  }

  const CutProblem& problem_;
  std::vector<int> taken_, banned_;
  std::vector<std::size_t> paths_;
  std::optional<EdgeSet> best_;
  std::uint64_t best_cost_ = unbounded;
  std::size_t steps_ = 0;
};

}  // namespace

CutSolution fewest_cuts(const CutProblem& problem) {
  Search search(problem);
  CutSolution solution;
  std::vector<std::size_t> paths;
  // One that nothing ends by itself is left aside, then those that cannot be ended with the rest.
  for (std::size_t i = 0; i < problem.paths.size(); ++i) {
    search.of({i}) ? paths.push_back(i) : solution.endless.push_back(i);
  }
  auto best = search.of(paths);
  solution.fewest = !search.gave_up();
  while (!best && !paths.empty()) {
    std::vector<std::size_t> some;
    for (const auto path : paths) {
      some.push_back(path);
      if (search.of(some)) continue;
      some.pop_back();
      solution.endless.push_back(path);
    }
    paths = std::move(some);
    best = search.of(paths);
    solution.fewest = solution.fewest && !search.gave_up();
  }
  if (best) solution.edges = std::move(*best);
  return solution;
}

}  // namespace pgleast
