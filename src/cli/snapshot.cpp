// pgleast snapshot: everything read, as a file that any command takes back.

#include "input/snapshot.hpp"

#include <memory>

#include "cli/command.hpp"
#include "cli/options.hpp"

namespace pgleast {
namespace {

struct SnapshotOptions {
  SourceOptions sources;
  OutputOptions output;
};

}  // namespace

void add_snapshot(CLI::App& app, Run& run) {
  const auto options = std::make_shared<SnapshotOptions>();
  auto* const command =
      app.add_subcommand("snapshot", "write everything that was read to one file");
  add_source_options(*command, options->sources);
  add_output_options(*command, options->output, {"json"});
  command->callback([options, &run] {
    run = [options] {
      write_output(options->output, write_snapshot(read_sources(options->sources)));
      return 0;
    };
  });
}

}  // namespace pgleast
