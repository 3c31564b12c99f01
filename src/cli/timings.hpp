#pragma once
// --timings: milliseconds by phase and peak memory, one JSON line on standard error.

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace pgleast {

class Timings {
 public:
  Timings() : last_(Clock::now()) {}
  /// Ends a phase that began with the one before.
  void phase(std::string name);
  void print() const;

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point last_;
  std::vector<std::pair<std::string, double>> phases_;
};

}  // namespace pgleast
