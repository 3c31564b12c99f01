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
  std::vector<WayCut> cuts;  // what ends some of them
};

/// `from` is what was asked, in words: "203.0.113.0/24", "any origin".
std::string ways_text(const Cluster& cluster, const std::string& from,
                      const std::vector<WaysReport>& reports);
/// A JSON array, one object for each way.
std::string ways_json(const Cluster& cluster, const std::vector<WaysReport>& reports);

std::string reach_text(const Cluster& cluster, const ClusterReach& reached);
/// A JSON array, one object for each kind of origin.
std::string reach_json(const Cluster& cluster, const ClusterReach& reached);

}  // namespace pgleast
