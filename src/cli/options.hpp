#pragma once
// Options that several subcommands share.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sources/sources.hpp"
#include "text/files.hpp"

namespace CLI {
class App;
}

namespace pgleast {

/// What tells of roles and databases: a server, a snapshot, SQL scripts.
void add_fact_options(CLI::App& app, SourceOptions& options);
/// All of them. With `databases`, --database and --all-databases, too.
void add_source_options(CLI::App& app, SourceOptions& options, bool databases = true);

struct OutputOptions {
  std::string format;
  std::string output;
  bool no_color = false;
};

/// `formats`: the names that make sense, the default first.
void add_output_options(CLI::App& app, OutputOptions& options,
                        const std::vector<std::string>& formats);

/// To the file or to standard output. Throws Error when it cannot be written.
void write_output(const OutputOptions& options, const std::string& text);
/// The same for a text that `pieces` writes piece by piece.
void write_output(const OutputOptions& options, const std::function<void(const Write&)>& pieces);
/// A terminal that nobody asked to leave plain (NO_COLOR, TERM=dumb, --no-color, --output).
bool wants_colour(const OutputOptions& options);

/// The columns of the terminal that is written to; 0: it is none.
std::size_t terminal_width(const OutputOptions& options);

struct JudgingOptions {
  std::vector<std::string> policies;
  std::string fail_on = "high";
  bool quiet = false;
  bool verbose = false;
  bool timings = false;
};

/// `--fail-on`, the contract's threshold for exit code 1.
void add_fail_on(CLI::App& app, std::string& fail_on);
void add_judging_options(CLI::App& app, JudgingOptions& options);
/// `--timings`.
void add_timings(CLI::App& app, bool& timings);

/// YYYY-MM-DD, UTC.
std::string today();

}  // namespace pgleast
