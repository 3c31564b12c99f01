// pgleast diff: what another pg_hba.conf lets in or shuts out.

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "cli/command.hpp"
#include "cli/options.hpp"
#include "input/config/hba.hpp"
#include "report/hba_diff_report.hpp"
#include "text/diagnostic.hpp"

namespace pgleast {
namespace {

struct DiffOptions {
  SourceOptions sources;
  OutputOptions output;
  std::string before, after;
};

HbaFile records_of(Cluster facts, const std::string& path) {
  std::vector<ConfigFile> read;
  const auto settings = facts.seen(Fact::settings) ? hba_settings(facts.settings) : HbaSettings{};
  facts.hba = read_hba(path, files_from(path), facts.version_num, read, settings);
  facts.files = std::move(read);
  facts.unseen.erase(Fact::hba);
  need_records(facts);
  return std::move(facts.hba);
}

int diff(const DiffOptions& options) {
  if (options.before == "-" && options.after == "-") {
    fail_usage("OLD and NEW are both standard input: give one of them as a file");
  }
  const auto facts = read_facts(options.sources);
  print_version_note(facts);
  const auto before = records_of(facts, options.before);
  const auto after = records_of(facts, options.after);
  const auto report = hba_diff_report(facts, before, after, options.output.format);
  write_output(options.output, report.text);
  if (report.gained) return 1;
  return report.possible ? 3 : 0;
}

}  // namespace

void add_diff(CLI::App& app, Run& run) {
  const auto options = std::make_shared<DiffOptions>();
  auto& command = add_command(
      app, run, "diff",
      "what another pg_hba.conf lets in, shuts out or asks for; exit code 1 when it lets in more",
      [options] { return diff(*options); });
  add_needed_value(command, "OLD", options->before, "a pg_hba.conf", "FILE");
  add_needed_value(command, "NEW", options->after, "the one that is to replace it", "FILE");
  add_fact_options(command, options->sources);
  add_output_options(command, options->output, {"text", "json"});
}

}  // namespace pgleast
