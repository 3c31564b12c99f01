#pragma once
// The subcommands: one file each, and one table of them.

#include <CLI/CLI.hpp>
#include <functional>
#include <span>
#include <string>

namespace pgleast {

/// What a subcommand's options filled in, ready to run; returns the exit code.
using Run = std::function<int()>;

struct Command {
  std::string_view name;
  /// Adds the subcommand to `app`; when it is chosen, `run` is set.
  void (*add)(CLI::App& app, Run& run);
};

/// In the order of the help text.
std::span<const Command> commands();

void add_audit(CLI::App& app, Run& run);
void add_fix(CLI::App& app, Run& run);
void add_bootstrap(CLI::App& app, Run& run);
void add_snapshot(CLI::App& app, Run& run);
void add_access(CLI::App& app, Run& run);
void add_hba(CLI::App& app, Run& run);
void add_ident(CLI::App& app, Run& run);
void add_conf(CLI::App& app, Run& run);
void add_rules(CLI::App& app, Run& run);
void add_policy(CLI::App& app, Run& run);

void add_hba_dump(CLI::App& hba, Run& run);
void add_hba_decide(CLI::App& hba, Run& run);
void add_hba_lint(CLI::App& hba, Run& run);
void add_ident_dump(CLI::App& ident, Run& run);
void add_ident_decide(CLI::App& ident, Run& run);
void add_conf_dump(CLI::App& conf, Run& run);
void add_conf_show(CLI::App& conf, Run& run);

/// Parses, runs, and turns every error into a message and the documented exit code.
int run_command_line(int argc, char** argv);

}  // namespace pgleast
