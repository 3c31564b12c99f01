// How long pgleast takes against how long the server takes, in one run on one machine:
//
//   hba dump, 100000 records, 120 MB     1.2 x SELECT * FROM pg_hba_file_rules
//
// Ratios, never a test: `./dev bench` prints them, `./dev bench world` those of one part.

#include <cstdio>
#include <string>
#include <string_view>

#include "bench/measure.hpp"

using namespace pgleast::bench;

namespace {

struct Part {
  std::string_view name;
  void (*run)();
};
constexpr Part parts[] = {{"audit", bench_world}, {"growth", bench_growth}, {"hba", bench_hba}};

}  // namespace

int main(int argc, char** argv) {
  const std::string_view wanted = argc > 1 ? argv[1] : "";
  bool any = false;
  for (const auto& part : parts) {
    if (!wanted.empty() && part.name != wanted) continue;
    any = true;
    part.run();
  }
  if (!any) std::fputs("usage: pgleast-bench [audit|growth|hba]\n", stderr);
  return any ? 0 : 2;
}
