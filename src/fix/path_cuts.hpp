#pragma once
// The fewest cuts that end every path that a rule or the policy forbids, while all that the policy
// requires still holds:
//
//   app > readers > public.orders      cut: app out of readers, or SELECT from readers
//   app > readers > public.customers   cut: app out of readers, or SELECT from readers
//     ->  REVOKE "readers" FROM "app";
//
// Paths are found by auditing the model with the cuts that were chosen so far, until none is left.

#include <functional>
#include <string>
#include <vector>

#include "audit/audit.hpp"

namespace pgleast {

struct ChosenCut {
  Remedy remedy;
  Finding finding;  // the first of those that it ends
};

struct PathCutPlan {
  std::vector<ChosenCut> cuts;
  bool fewest = true;                       // false: fewer may do
  std::vector<std::string> contradictions;  // what no cut ends, and what the policy requires there
};

/// Whether a remedy waits for the user's word: those that do not are taken before it.
using NeedsWord = std::function<bool(const Finding&, const Remedy&)>;

PathCutPlan plan_path_cuts(const Cluster& cluster, const Auditor& auditor,
                           const NeedsWord& needs_word);

}  // namespace pgleast
