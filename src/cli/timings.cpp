#include "cli/timings.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <cstdio>

namespace pgleast {

void Timings::phase(std::string name) {
  const auto now = Clock::now();
  phases_.emplace_back(std::move(name),
                       std::chrono::duration<double, std::milli>(now - last_).count());
  last_ = now;
}

void Timings::print() const {
  std::string line = "{";
  for (const auto& [name, ms] : phases_) line += fmt::format("\"{}_ms\": {:.1f}, ", name, ms);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  line +=
      fmt::format("\"peak_memory_mb\": {:.1f}}}\n", static_cast<double>(usage.ru_maxrss) / 1024.0);
  std::fputs(line.c_str(), stderr);
}

}  // namespace pgleast
