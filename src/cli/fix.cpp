// pgleast fix: fix.sql, undo.sql and patched configuration files; with --prove tried on the
// live server in a transaction that is rolled back.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "audit/exit_code.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "fix/proof.hpp"
#include "fix/script.hpp"
#include "fix/unified_diff.hpp"
#include "policy/loader.hpp"
#include "text/diagnostic.hpp"
#include "text/display.hpp"
#include "text/files.hpp"

namespace fs = std::filesystem;

namespace pgleast {
namespace {

struct FixOptions {
  SourceOptions sources;
  OutputOptions output;
  JudgingOptions judging;
  std::string output_dir;
  std::vector<std::string> accept;
  bool prove = false;
};

ConfigKind kind_of_file(const Cluster& cluster, const std::string& path) {
  for (const auto& file : cluster.files) {
    if (file.path == path) return file.kind;
  }
  return ConfigKind::conf;
}

// Two files of one name (an include in another folder) get numbers.
std::string name_in(const std::string& path, std::vector<std::string>& used) {
  auto name = fs::path(path == "-" ? "stdin.conf" : path).filename().string();
  if (std::find(used.begin(), used.end(), name) != used.end()) {
    name = std::to_string(used.size()) + "-" + name;
  }
  used.push_back(name);
  return name;
}

std::vector<std::string> write_files(const Plan& plan, const Cluster& cluster,
                                     const std::vector<ScriptFile>& fixing,
                                     const std::vector<Loss>& lost, const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) fail(folder, "cannot be made: " + error.message());
  std::vector<std::string> written, used{"notes.md", "lost.csv"};
  const auto write = [&](const std::string& name, const std::string& text) {
    written.push_back((fs::path(folder) / name).string());
    write_file(written.back(), text);
  };
  for (const auto& files : {fixing, undo_files(plan, cluster)}) {
    for (const auto& file : files) {
      write(file.name, file.text);
      used.push_back(file.name);
    }
  }
  write("notes.md", notes(plan, cluster));
  write("lost.csv", losses_csv(lost));
  for (const auto& patch : plan.files) {
    const auto name = name_in(patch.path, used);
    if (!patch.masked) write(name, patch.after);
    write(name + ".diff",
          unified_diff(patch, kind_of_file(cluster, patch.path), cluster.version_num));
  }
  return written;
}

std::string everything(const Plan& plan, const Cluster& cluster) {
  auto text = fix_script(plan, cluster);
  for (const auto& patch : plan.files) {
    text += "\n" + unified_diff(patch, kind_of_file(cluster, patch.path), cluster.version_num);
  }
  return text;
}

std::string how_tried(const std::optional<Proof>& proof, const Cluster& cluster) {
  if (!proof) return "tried on the model of what was read";
  if (proof->whole) return "proved in a transaction that was rolled back";
  return fmt::format(
      "proved for database {} in a transaction that was rolled back, for the others tried on the "
      "model of what was read",
      displayed(cluster.name));
}

int fix(const FixOptions& options) {
  Timings timings;
  const auto accepted = accepted_kinds(options.accept);
  Auditor auditor(load_policy(options.judging.policies), today());
  timings.phase("policy");
  Grounds grounds;
  const auto cluster = read_sources(options.sources, timings, &grounds);
  auditor.rest_on(std::move(grounds.assumptions), grounds.platform);
  print_version_note(cluster);
  const auto plan = make_plan(cluster, auditor, accepted);
  timings.phase("plan");
  const bool on_server = options.prove && options.sources.is_live();
  std::optional<Proof> proof;
  if (on_server)
    proof = prove(plan, cluster, auditor, options.sources.dsn, options.sources.timeout);
  if (on_server) timings.phase("prove");
  const auto left = proof ? proof->after : plan.after;
  auto summary = fmt::format("{}, {}; {}\n\n", counted(plan.statements(), "statement"),
                             counted(plan.files.size(), "file"), how_tried(proof, cluster));
  const auto effects = effects_of(plan, cluster, auditor.today());
  summary += outcome(plan, effects, left, auditor);
  for (const auto& function : proof ? proof->stopped : std::vector<std::string>()) {
    summary += fmt::format("no longer runs  {}\n", function);
  }
  if (options.output_dir.empty()) {
    write_output(options.output, everything(plan, cluster));
    if (!options.judging.quiet) std::fputs(summary.c_str(), stderr);
  } else {
    std::vector<std::string> names;
    const auto files = fix_files(plan, cluster);
    for (const auto& path : write_files(plan, cluster, files, effects.lost, options.output_dir)) {
      names.push_back(displayed(path));
    }
    summary += fmt::format("\nwritten: {}\n", fmt::join(names, " "));
    if (files.size() > 1) {
      summary += "\nrun these as a superuser, in this order:\n" +
                 commands_of(files, options.output_dir, "  ");
    }
    if (!options.judging.quiet) write_output(options.output, summary);
  }
  timings.phase("report");
  if (options.judging.timings) timings.print();
  return exit_code(left.judgements, options.judging.fail_on);
}

}  // namespace

void add_fix(CLI::App& app, Run& run) {
  const auto options = std::make_shared<FixOptions>();
  auto& command =
      add_command(app, run, "fix", "write fix.sql, undo.sql and patched configuration files",
                  [options] { return fix(*options); });
  add_value(command, "--output-dir", options->output_dir, "write the files there", "DIR");
  add_values(command, "--accept", options->accept,
             "make changes that may stop something: a kind, as fix.sql names it, or all", "KIND");
  add_flag(command, "--prove", options->prove,
           "try it on the live server, in a transaction that is rolled back");
  add_source_options(command, options->sources);
  add_judging_options(command, options->judging);
  add_output_options(command, options->output, {"text"});
}

}  // namespace pgleast
