#pragma once
// All rules of a policy against one cluster.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "checks/check.hpp"
#include "model/assumption.hpp"

namespace pgleast {

struct Audit {
  std::vector<Judgement> judgements;  // one for each enabled rule, by id
  std::vector<Remark> remarks;        // what was read in part; waivers that no longer count
};

/// A policy whose rules are compiled: all that can be wrong with it has been said.
class Auditor {
 public:
  /// Throws Error (usage). `today` is YYYY-MM-DD: waivers that expired before it are void.
  Auditor(Policy policy, std::string today);

  const Policy& policy() const { return policy_; }
  const std::string& today() const { return today_; }
  /// What it judges from now on takes that for granted, and stands on the platform: neither what
  /// hangs on the one nor what is found of the other as it comes is said of it (assumed.hpp).
  void rest_on(Assumptions assumptions, const std::optional<Cluster>& platform);
  /// `done` is told of each rule that was judged, and of the graph before them; of the rules only
  /// the wanted ones are.
  Audit audit(
      const Cluster& cluster,
      const std::function<void(const std::string&)>& done = [](const auto&) {},
      const std::function<bool(const Rule&)>& wanted = [](const auto&) { return true; }) const;

 private:
  bool has_waiver(const Rule& rule) const;

  Policy policy_;
  std::string today_;
  std::vector<Check> checks_;  // by rule; empty for a disabled one
  Assumptions assumptions_;
  Audit platform_;
};

/// All findings, those that are not waived first, the most severe first, then by rule and place.
std::vector<Finding> sorted_findings(const Audit& audit);

}  // namespace pgleast
