#include "sources/timings.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>

namespace pgleast {
namespace {

constexpr std::size_t most_rules = 5;

double since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
      .count();
}

}  // namespace

void Timings::phase(const std::string& name) {
  const auto known = std::find_if(phases_.begin(), phases_.end(),
                                  [&](const auto& phase) { return phase.first == name; });
  auto& spent = known != phases_.end() ? *known : phases_.emplace_back(name, 0);
  spent.second += since(last_);
  last_rule_ = last_ = Clock::now();
}

void Timings::rule(const std::string& id) {
  rules_.emplace_back(id, since(last_rule_));
  last_rule_ = Clock::now();
}

void Timings::print() const {
  std::string line = "{";
  for (const auto& [name, ms] : phases_) line += fmt::format("\"{}_ms\": {:.1f}, ", name, ms);
  auto slowest = rules_;
  std::stable_sort(slowest.begin(), slowest.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  slowest.resize(std::min(slowest.size(), most_rules));
  std::string rules;
  for (const auto& [id, ms] : slowest) {
    rules += fmt::format("{}\"{}\": {:.1f}", rules.empty() ? "" : ", ", id, ms);
  }
  if (!rules.empty()) line += fmt::format("\"slowest_rules\": {{{}}}, ", rules);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  line +=
      fmt::format("\"peak_memory_mb\": {:.1f}}}\n", static_cast<double>(usage.ru_maxrss) / 1024.0);
  std::fputs(line.c_str(), stderr);
}

}  // namespace pgleast
