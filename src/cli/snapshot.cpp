// pgleast snapshot: everything read, as a file that any command takes back.

#include "input/snapshot/snapshot.hpp"

#include <memory>
#include <utility>

#include "cli/command.hpp"
#include "cli/options.hpp"

namespace pgleast {
namespace {

struct SnapshotOptions {
  SourceOptions sources;
  OutputOptions output;
  bool timings = false;
};

int snapshot(const SnapshotOptions& options) {
  Timings timings;
  auto cluster = read_sources(options.sources, timings);
  print_version_note(cluster);
  write_output(options.output,
               [&](const Write& write) { write_snapshot(std::move(cluster), write); });
  timings.phase("report");
  if (options.timings) timings.print();
  return 0;
}

}  // namespace

void add_snapshot(CLI::App& app, Run& run) {
  const auto options = std::make_shared<SnapshotOptions>();
  auto& command = add_command(app, run, "snapshot", "write everything that was read to one file",
                              [options] { return snapshot(*options); });
  add_source_options(command, options->sources);
  add_output_options(command, options->output, {"json"});
  add_timings(command, options->timings);
}

}  // namespace pgleast
