#pragma once
// How many: the numbers of the last line, the same in every format.

#include <array>
#include <cstddef>

#include "audit/audit.hpp"

namespace pgleast {

using BySeverity = std::array<std::size_t, severity_names.size()>;

/// A rule all of whose findings are waived neither holds nor is broken.
struct Tally {
  std::size_t rules = 0;
  std::size_t holds = 0;
  std::size_t broken = 0;  // rules with a finding that is not waived
  std::size_t unseen = 0;
  std::size_t waived = 0;     // findings
  BySeverity broken_rules{};  // the rules of `broken`
  BySeverity findings{};      // those that are not waived
};

Tally tally(const Audit& audit);

}  // namespace pgleast
