#pragma once
// What a benchmark does again and again: time a command, print a ratio.

#include <chrono>
#include <string>

namespace pgleast::bench {

template <typename F>
double seconds(F&& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

struct Measured {
  double seconds = 0;
  double megabytes = 0;  // the most memory that it had
};

/// A command of the shell, its output thrown away. An exit code above 1 is said.
Measured measured(const std::string& command);

/// The fastest of so many runs: what the machine did besides is left out.
Measured best_of(int runs, const std::string& command);

/// "WHAT  1.234 s  1.500 x AGAINST".
void print(const std::string& what, double ours, double theirs, const std::string& against);

/// The binary under test.
std::string binary();

void bench_growth();
void bench_hba();
void bench_world();

}  // namespace pgleast::bench
