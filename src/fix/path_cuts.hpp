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
#include <optional>
#include <string>
#include <vector>

#include "audit/audit.hpp"
#include "fix/word.hpp"

namespace pgleast {

/// A remedy of one grant, membership or record, and a finding that asks for it: of the finding
/// only what a word is judged by.
struct AskedCut {
  Finding finding;
  Remedy remedy;
};

struct PathCutPlan {
  std::vector<std::vector<AskedCut>> cuts;  // of a grant who asks for what
  bool fewest = true;                       // false: fewer may do
  std::vector<std::string> contradictions;  // what no cut ends, and what the policy requires there
};

/// The word that a remedy waits for: those that wait for none are taken before it.
using MissingWord = std::function<std::optional<NeededWord>(const Finding&, const Remedy&)>;

PathCutPlan plan_path_cuts(const Cluster& cluster, const Auditor& auditor,
                           const MissingWord& missing_word);

}  // namespace pgleast
