#pragma once
// What `hba lint` says of the records, for a person or a script.

#include <optional>
#include <string>
#include <vector>

#include "connections/hba_lint.hpp"
#include "finding/finding.hpp"

namespace pgleast {

struct LintReport {
  std::vector<std::string> texts;  // one after the other: long ones are not copied into one
  std::optional<Severity> worst;   // of what was found; none when nothing was
};

/// The records must load. `format` is `text` or `json`.
LintReport hba_lint_report(const Cluster& cluster, const std::string& format);

}  // namespace pgleast
