#pragma once
// The subcommands: one file each, and one table of them.

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Its header is dear: only command.cpp and options.cpp include it.
namespace CLI {
class App;
}

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

// What subcommands ask of CLI11; `what` is their help text.

/// Returns the subcommand; when it is chosen, `run` becomes `chosen`.
CLI::App& add_command(CLI::App& app, Run& run, const std::string& name, const std::string& what,
                      const Run& chosen);
/// One that only has subcommands of its own.
CLI::App& add_parent(CLI::App& app, const std::string& name, const std::string& what);
void add_flag(CLI::App& command, const std::string& name, bool& value, const std::string& what);
void add_value(CLI::App& command, const std::string& name, std::string& value,
               const std::string& what, const std::string& shown);
void add_value(CLI::App& command, const std::string& name, std::optional<std::string>& value,
               const std::string& what, const std::string& shown);
/// A name without dashes is a word by its place.
void add_needed_value(CLI::App& command, const std::string& name, std::string& value,
                      const std::string& what, const std::string& shown);
/// Given once for each value.
void add_values(CLI::App& command, const std::string& name, std::vector<std::string>& values,
                const std::string& what, const std::string& shown);
/// Words without an option, at least one.
void add_words(CLI::App& command, const std::string& name, std::vector<std::string>& values,
               const std::string& what, const std::string& shown);

void add_audit(CLI::App& app, Run& run);
void add_fix(CLI::App& app, Run& run);
void add_bootstrap(CLI::App& app, Run& run);
void add_snapshot(CLI::App& app, Run& run);
void add_access(CLI::App& app, Run& run);
void add_graph(CLI::App& app, Run& run);
void add_reach(CLI::App& app, Run& run);
void add_hba(CLI::App& app, Run& run);
void add_ident(CLI::App& app, Run& run);
void add_conf(CLI::App& app, Run& run);
void add_diff(CLI::App& app, Run& run);
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
