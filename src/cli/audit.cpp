// pgleast audit: check, print findings.

#include <memory>

#include "audit/audit.hpp"
#include "audit/exit_code.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "policy/loader.hpp"
#include "report/report.hpp"

namespace pgleast {
namespace {

struct AuditOptions {
  SourceOptions sources;
  OutputOptions output;
  JudgingOptions judging;
};

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const auto& format : report_formats()) names.emplace_back(format.name);
  return names;
}

int audit(const AuditOptions& options) {
  Timings timings;
  const Auditor auditor(load_policy(options.judging.policies), today());
  timings.phase("policy");
  auto cluster = read_sources(options.sources, timings);
  const auto result = auditor.audit(cluster, [&](const std::string& rule) { timings.rule(rule); });
  timings.phase("audit");
  if (!options.judging.quiet || !options.output.output.empty()) {
    const auto findings = findings_with_fixes(cluster, result);
    const ReportInput input{cluster,
                            auditor.policy(),
                            result,
                            findings,
                            options.judging.verbose,
                            wants_colour(options.output),
                            terminal_width(options.output)};
    for (const auto& format : report_formats()) {
      if (format.name == options.output.format) write_output(options.output, format.write(input));
    }
  }
  timings.phase("report");
  if (options.judging.timings) timings.print();
  return exit_code(result.judgements, options.judging.fail_on);
}

}  // namespace

void add_audit(CLI::App& app, Run& run) {
  const auto options = std::make_shared<AuditOptions>();  // shared: CLI11 and `run` hold it
  auto& command = add_command(app, run, "audit", "check, print findings",
                              [options] { return audit(*options); });
  add_source_options(command, options->sources);
  add_judging_options(command, options->judging);
  add_output_options(command, options->output, format_names());
}

}  // namespace pgleast
