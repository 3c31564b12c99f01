#pragma once
// What `pgleast reach` found, for a person or a script.

#include <string>
#include <vector>

#include "fix/way_cuts.hpp"
#include "reach/cluster_reach.hpp"
#include "reach/ways.hpp"

namespace pgleast {

/// The ways to one target.
struct WaysReport {
  Target target;
  WaysIn found;
  std::vector<WayCut> cuts;             // what ends some of them
  std::optional<Unseen> not_looked_at;  // where there may be others
};

/// `from` is what was asked, in words: "203.0.113.0/24", "any origin".
std::string ways_text(const Cluster& cluster, const std::string& from,
                      const std::vector<WaysReport>& reports);
/// A JSON array, one object for each way, and one that is not certain for what was not looked at.
std::string ways_json(const Cluster& cluster, const std::vector<WaysReport>& reports);

/// Nothing certain was found, and not all was looked at.
bool may_be_more(const WaysReport& report);

/// `is_whole`: nobody else gets in.
std::string reach_text(const Cluster& cluster, const ClusterReach& reached,
                       const std::optional<Unseen>& not_looked_at, bool is_whole = true);
/// A JSON array, one object for each kind of origin.
std::string reach_json(const Cluster& cluster, const ClusterReach& reached);

}  // namespace pgleast
