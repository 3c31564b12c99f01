#include "fix/fewest.hpp"

#include <algorithm>
#include <bit>
#include <optional>
#include <random>

#include "support/catch.hpp"

using namespace pgleast;

namespace {

bool ends_all(const CutProblem& problem, std::uint32_t chosen) {
  const auto has_all = [&](const EdgeSet& set) {
    return std::all_of(set.begin(), set.end(), [&](auto e) { return (chosen >> e & 1U) != 0; });
  };
  const bool ended = std::all_of(problem.paths.begin(), problem.paths.end(), [&](const auto& path) {
    return std::any_of(path.begin(), path.end(), has_all);
  });
  return ended && std::none_of(problem.conflicts.begin(), problem.conflicts.end(), has_all);
}

// Every choice is tried.
std::optional<std::uint64_t> least_cost(const CutProblem& problem) {
  std::optional<std::uint64_t> best;
  for (std::uint32_t chosen = 0; chosen < (1U << problem.costs.size()); ++chosen) {
    if (!ends_all(problem, chosen)) continue;
    std::uint64_t cost = 0;
    for (std::size_t e = 0; e < problem.costs.size(); ++e) {
      if ((chosen >> e & 1U) != 0) cost += problem.costs[e];
    }
    if (!best || cost < *best) best = cost;
  }
  return best;
}

CutProblem random_problem(std::mt19937& random) {
  const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
  CutProblem problem;
  const auto edges = 1 + below(12);
  for (std::uint32_t e = 0; e < edges; ++e) problem.costs.push_back(1 + below(3));
  const auto some = [&](std::uint32_t most) {
    EdgeSet set;
    for (auto n = 1 + below(most); n > 0; --n) set.push_back(below(edges));
    std::sort(set.begin(), set.end());
    set.erase(std::unique(set.begin(), set.end()), set.end());
    return set;
  };
  for (auto paths = 1 + below(7); paths > 0; --paths) {
    auto& path = problem.paths.emplace_back();
    for (auto ways = 1 + below(4); ways > 0; --ways) path.push_back(some(2));
  }
  for (auto conflicts = below(3); conflicts > 0; --conflicts) {
    problem.conflicts.push_back(some(3));
  }
  return problem;
}

}  // namespace

TEST_CASE("the fewest cuts are as few as trying all of them finds") {
  std::mt19937 random(7);
  int solved = 0;
  for (int i = 0; i < 2'000; ++i) {
    const auto problem = random_problem(random);
    const auto found = fewest_cuts(problem);
    const auto best = least_cost(problem);
    CAPTURE(i);
    CHECK(found.fewest);
    CHECK(found.endless.empty() == best.has_value());
    if (!best) continue;
    ++solved;
    std::uint64_t cost = 0;
    std::uint32_t chosen = 0;
    for (const auto edge : found.edges) {
      cost += problem.costs[edge];
      chosen |= 1U << edge;
    }
    CHECK(ends_all(problem, chosen));
    CHECK(cost == *best);
  }
  CHECK(solved > 1'000);
}

TEST_CASE("what nothing ends is told, and the rest is ended") {
  const CutProblem problem{{1, 1}, {{{0}}, {}, {{0, 1}}, {{1}}}, {{0, 1}}};
  const auto found = fewest_cuts(problem);
  CHECK(found.endless == std::vector<std::size_t>{1, 2, 3});
  CHECK(found.edges == EdgeSet{0});
}
