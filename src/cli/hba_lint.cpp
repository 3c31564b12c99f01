// pgleast hba lint: what the order of the records means.

#include <fmt/format.h>

#include <memory>

#include "cli/command.hpp"
#include "cli/options.hpp"
#include "report/hba_lint_report.hpp"
#include "text/diagnostic.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

struct LintOptions {
  SourceOptions sources;
  OutputOptions output;
  std::string fail_on = "high";
};

int lint(const LintOptions& options) {
  const auto cluster = read_sources(options.sources);
  need_records(cluster);
  print_notes(cluster);
  const auto report = hba_lint_report(cluster, options.output.format);
  write_output(options.output, [&](const Write& write) {
    for (const auto& text : report.texts) write(text);
  });
  const auto least = severity_named(options.fail_on);
  return least && report.worst && *report.worst >= *least ? 1 : 0;
}

}  // namespace

void add_hba_lint(CLI::App& hba, Run& run) {
  const auto options = std::make_shared<LintOptions>();
  auto& command = add_command(hba, run, "lint",
                              "records that never decide, that match nobody, and what is let in",
                              [options] { return lint(*options); });
  add_source_options(command, options->sources);
  add_fail_on(command, options->fail_on);
  add_output_options(command, options->output, {"text", "json"});
}

}  // namespace pgleast
