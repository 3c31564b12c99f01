// pgleast ident decide: which roles an outside name may log in as over a user name map.

#include <memory>
#include <optional>

#include "cli/command.hpp"
#include "cli/options.hpp"
#include "report/map_report.hpp"
#include "text/diagnostic.hpp"

namespace pgleast {
namespace {

struct IdentDecideOptions {
  SourceOptions sources;
  OutputOptions output;
  std::string map, system_user;
  std::optional<std::string> user;
};

constexpr int exit_no_match = 1;
constexpr int exit_unknown = 3;

int ident_decide(const IdentDecideOptions& options) {
  const auto cluster = read_sources(options.sources);
  print_version_note(cluster);
  if (!options.map.empty()) {
    need(cluster, Fact::ident, "the records cannot be read");
    // The server goes on with the map of before, which nobody knows.
    if (!cluster.ident.loads())
      throw Error(Fault::unreadable, cluster.ident.problems[0].diagnostic);
  }
  const OutsideName name{options.map, options.system_user};
  const auto report = options.user ? map_report(cluster, name, *options.user, options.output.format)
                                   : map_report(cluster, name, options.output.format);
  write_output(options.output, report.text);
  if (report.unknown) return exit_unknown;
  return report.admitted ? 0 : exit_no_match;
}

}  // namespace

void add_ident_decide(CLI::App& ident, Run& run) {
  const auto options = std::make_shared<IdentDecideOptions>();
  auto& command =
      add_command(ident, run, "decide", "which roles an outside name may log in as over a map",
                  [options] { return ident_decide(*options); });
  add_value(command, "--map", options->map,
            "the map, as in `map=M`; without one names must be equal", "M");
  add_needed_value(command, "--system-user", options->system_user, "the name from outside", "S");
  add_value(command, "--user", options->user, "whether as this role: exit code 0 or 1", "R");
  add_source_options(command, options->sources);
  add_output_options(command, options->output, {"text", "json"});
}

}  // namespace pgleast
