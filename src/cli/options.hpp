#pragma once
// Options that several subcommands share.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/timings.hpp"
#include "finding/finding.hpp"
#include "model/cluster.hpp"
#include "text/files.hpp"

namespace CLI {
class App;
}

namespace pgleast {

struct SourceOptions {
  std::string dsn;
  bool live = false;
  bool all_databases = false;
  std::vector<std::string> databases;
  std::string snapshot, hba, ident, conf;
  std::vector<std::string> sql;      // in the order in which they are run
  std::vector<std::string> poolers;  // pgbouncer.ini, each in front of the server
  std::optional<int> server_version;
  std::vector<std::string> paths;

  bool is_live() const { return live || !dsn.empty(); }
};

/// What tells of roles and databases: a server, a snapshot, SQL scripts.
void add_fact_options(CLI::App& app, SourceOptions& options);
/// All of them. With `databases`, --database and --all-databases, too.
void add_source_options(CLI::App& app, SourceOptions& options, bool databases = true);

/// Everything the sources say of one cluster; a file given explicitly wins over what the
/// server says. Throws Error.
Cluster read_sources(const SourceOptions& options);
/// The same; each phase is ended in `timings`.
Cluster read_sources(const SourceOptions& options, Timings& timings);

/// What add_fact_options() offers; with none of them nothing is known. Throws Error.
Cluster read_facts(const SourceOptions& options);

/// Throws Error, "WHAT: why it is unseen; what would let it be", unless the fact was seen.
void need(const Cluster& cluster, Fact fact, std::string_view what);

/// The records of pg_hba.conf are known and the file loads: nothing is said of the good lines of
/// one that does not, for the server would not take them. Throws Error.
void need_records(const Cluster& cluster);

/// The remarks on what was read, and why roles are known in part, on standard error, a line each.
void print_notes(const Cluster& cluster);

/// Files of the disk, and `-` as standard input; an include in that is looked for beside the
/// caller.
FileReader files_and_standard_input();

/// The version whose rules apply to files that come without a server.
int version_num_of(const SourceOptions& options);

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

/// The documented exit code for what an audit found.
int exit_code(const std::vector<Judgement>& judgements, const JudgingOptions& options);

/// YYYY-MM-DD, UTC.
std::string today();

}  // namespace pgleast
