#include "bench/measure.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace pgleast::bench {

Measured measured(const std::string& command) {
  const auto begin = std::chrono::steady_clock::now();
  const auto child = fork();
  if (child == 0) {
    const auto line = "exec " + command + " > /dev/null 2>&1";
    execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) fmt::print("failed: {}\n", command);
  return {took.count(), static_cast<double>(usage.ru_maxrss) / 1024};
}

Measured best_of(int runs, const std::string& command) {
  auto best = measured(command);
  for (int i = 1; i < runs; ++i) {
    const auto next = measured(command);
    best = {std::min(best.seconds, next.seconds), std::max(best.megabytes, next.megabytes)};
  }
  return best;
}

void print(const std::string& what, double ours, double theirs, const std::string& against) {
  fmt::print("{:<52} {:8.3f} s   {:8.3f} x {}\n", what, ours, ours / theirs, against);
  std::fflush(stdout);
}

std::string binary() {
  const char* const path = std::getenv("PGLEAST_BINARY");
  return path == nullptr ? "build/pgleast" : path;
}

}  // namespace pgleast::bench
