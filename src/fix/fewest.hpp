#pragma once
// The fewest cuts that end all paths: a smallest hitting set, found by branch and bound.
//
//   paths   {a} or {b};  {b} or {c};  {a and d} or {c}     ->  b, c
//
// Exact up to a bound on the search; then the best that was found.

#include <cstdint>
#include <vector>

namespace pgleast {

/// Edges, each once, ascending.
using EdgeSet = std::vector<std::uint32_t>;

struct CutProblem {
  std::vector<std::uint64_t> costs;         // by edge; more than 0
  std::vector<std::vector<EdgeSet>> paths;  // each of its sets ends the path; none: nothing does
  std::vector<EdgeSet> conflicts;           // never all of one
};

struct CutSolution {
  EdgeSet edges;
  bool fewest = true;                // false: the search was given up
  std::vector<std::size_t> endless;  // into paths: nothing that is allowed ends them
};

CutSolution fewest_cuts(const CutProblem& problem);

}  // namespace pgleast
