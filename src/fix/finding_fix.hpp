#pragma once
// What mends one finding by itself, for a report.

#include <functional>
#include <string>
#include <vector>

#include "finding/finding.hpp"
#include "fix/config_edit.hpp"
#include "model/cluster.hpp"

namespace pgleast {

struct FindingFix {
  std::vector<std::string> sql;
  std::vector<std::string> undo;
  std::vector<LineEdit> edits;
  bool empty() const { return sql.empty() && edits.empty(); }
};

/// Tries each fix on one copy of the cluster and takes it back.
class FindingFixes {
 public:
  explicit FindingFixes(Cluster cluster) : model_(std::move(cluster)) {}

  /// Secrets in the edits are stars.
  FindingFix of(const Finding& finding);

 private:
  Cluster model_;
};

}  // namespace pgleast
