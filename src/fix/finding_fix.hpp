#pragma once
// What mends one finding by itself, for a report.

#include <string>
#include <vector>

#include "audit/audit.hpp"
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

struct FixedFinding {
  Finding finding;
  FindingFix fix;  // secrets in its edits are stars
};

/// All findings as sorted_findings() has them. Each fix is tried on the model and taken back: it is
/// as it was afterwards.
std::vector<FixedFinding> findings_with_fixes(Cluster& model, const Audit& audit);

}  // namespace pgleast
