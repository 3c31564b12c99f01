#pragma once
// What `diff` says of two states of a cluster: what opens, what may open, what closes.
//
//   opens   PUBLIC newly holds SELECT on table public.orders
//     db/V3__grants.sql:2
//   closes  bob newly holds ... (before)

#include <string>
#include <vector>

#include "change/gains.hpp"
#include "finding/finding.hpp"

namespace pgleast {

struct ClusterChange {
  std::string cluster;  // its name; empty: there is one
  std::vector<Gain> opens, closes;
  std::vector<Finding> found, solved;  // findings of the policy
  std::vector<std::string> unseen;     // what cannot be compared, and why
  std::vector<std::string> missed;     // what was expected, and did not come

  bool gained() const;
  bool possible() const;
};

/// `text`, `json` or `markdown`.
std::string change_report(const std::vector<ClusterChange>& changes, const std::string& format);

}  // namespace pgleast
