#pragma once
// --timings: milliseconds by phase, the slowest rules and peak memory, one JSON line on standard
// error:
//
//   {"policy_ms": 12.1, "connect_ms": 4.0, ..., "slowest_rules": {"RLS-001": 3.2},
//    "peak_memory_mb": 61.5}

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace pgleast {

class Timings {
 public:
  Timings() : last_(Clock::now()), last_rule_(last_) {}
  /// Ends a phase that began with the one before; what has the same name is added up.
  void phase(const std::string& name);
  /// Ends a rule, or what was done before the first; the phase goes on.
  void rule(const std::string& id);
  void print() const;

 private:
  using Clock = std::chrono::steady_clock;
  using Spent = std::vector<std::pair<std::string, double>>;  // milliseconds
  Clock::time_point last_, last_rule_;
  Spent phases_, rules_;
};

}  // namespace pgleast
