#include "cli/options.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "finding/finding.hpp"
#include "pg/version.hpp"
#include "text/diagnostic.hpp"
#include "text/display.hpp"
#include "text/files.hpp"

namespace pgleast {

namespace {

// Our own words: CLI11's differ from version to version.
CLI::Validator one_of(const std::vector<std::string>& words) {
  const auto check = [words](const std::string& word) {
    const bool known = std::find(words.begin(), words.end(), word) != words.end();
    if (known) return std::string();
    const bool number = word.find_first_not_of("0123456789") == std::string::npos;
    return fmt::format("`{}` is none of {}{}", displayed(word), listed(words, words.size()),
                       number ? "" : did_you_mean(word, words));
  };
  return CLI::Validator(check, "");
}

// "15" or "15.4".
void take_version(std::optional<int>& version_num, const std::string& text) {
  version_num = version_named(text);
  if (version_num) return;
  fail_usage(fmt::format("--server-version: `{}` is no version from {} to {}, like {} or {}.1",
                         displayed(text), oldest_major, newest_major, newest_major, newest_major));
}

void take_timeout(std::chrono::seconds& timeout, const std::string& text) {
  constexpr int most = 7 * 24 * 3600;
  int seconds = 0;
  const auto* const end = text.data() + text.size();
  const auto [after, error] = std::from_chars(text.data(), end, seconds);
  if (error != std::errc() || after != end || seconds < 1 || seconds > most) {
    fail_usage(
        fmt::format("--timeout: `{}` is no number of seconds from 1 to {}", displayed(text), most));
  }
  timeout = std::chrono::seconds(seconds);
}

}  // namespace

void add_fact_options(CLI::App& app, SourceOptions& o) {
  const auto* const group = "Sources";
  app.add_option("--dsn", o.dsn, "live server: libpq connection string or URI")
      ->type_name("CONNINFO")
      ->group(group);
  app.add_flag("--live", o.live, "live server given by the PG* variables")->group(group);
  app.add_option_function<std::string>(
         "--timeout",
         [&timeout = o.timeout](const std::string& text) { take_timeout(timeout, text); },
         "seconds that the live server has to answer everything (600)")
      ->type_name("SECONDS")
      ->group(group);
  app.add_option("--snapshot", o.snapshot, "a file that `pgleast snapshot` wrote")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--sql", o.sql, "SQL script, replayed on top of the rest (repeatable)")
      ->type_name("FILE")
      ->group(group)
      ->allow_extra_args(false);
  app.add_option("--assume", o.assume,
                 "what is there before: SQL script, or azure, cloudsql, rds, supabase (repeatable)")
      ->type_name("FILE")
      ->group(group)
      ->allow_extra_args(false);
  app.add_option_function<std::string>(
         "--server-version",
         [&version = o.server_version](const std::string& text) { take_version(version, text); },
         fmt::format("version whose rules apply to files ({} to {}, {}.1)", oldest_major,
                     newest_major, newest_major))
      ->type_name("N")
      ->group(group);
}

void add_source_options(CLI::App& app, SourceOptions& o, bool databases) {
  const auto* const group = "Sources";
  add_fact_options(app, o);
  if (databases) {
    app.add_flag("--all-databases", o.all_databases, "read every database of the live server")
        ->group(group);
    app.add_option("--database", o.databases, "read this database of the live server (repeatable)")
        ->type_name("D")
        ->group(group)
        ->allow_extra_args(false);
  }
  app.add_option("--hba", o.hba, "pg_hba.conf; includes are followed")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--ident", o.ident, "pg_ident.conf")->type_name("FILE")->group(group);
  app.add_option("--conf", o.conf, "postgresql.conf; includes are followed")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--pgbouncer", o.poolers,
                 "pgbouncer.ini of a pooler in front of the server (repeatable)")
      ->type_name("FILE")
      ->group(group)
      ->allow_extra_args(false);
  app.add_option("paths", o.paths,
                 "files of any kind that pgleast knows, or folders, which are walked whole")
      ->type_name("PATH")
      ->group(group);
  app.add_option("--cluster", o.cluster, "which one, where folders describe several")
      ->type_name("NAME")
      ->group(group);
}

void add_output_options(CLI::App& app, OutputOptions& o, const std::vector<std::string>& formats) {
  o.format = formats.front();
  std::string names;
  for (const auto& f : formats) names += (names.empty() ? "" : "|") + f;
  app.add_option("--format", o.format, fmt::format("output format (default: {})", formats.front()))
      ->type_name(names)
      ->check(one_of(formats))
      ->group("Output");
  app.add_option("--output,-o", o.output, "write to this file")->type_name("FILE")->group("Output");
  app.add_flag("--no-color", o.no_color, "no colours (also NO_COLOR, TERM=dumb)")->group("Output");
}

void write_output(const OutputOptions& options, const std::function<void(const Write&)>& pieces) {
  if (!options.output.empty() && options.output != "-") return write_file(options.output, pieces);
  const auto check = [](bool written) {
    if (!written) fail("standard output", "cannot be written");
  };
  pieces([&](std::string_view text) {
    check(std::fwrite(text.data(), 1, text.size(), stdout) == text.size());
  });
  check(std::fflush(stdout) == 0);
}

void write_output(const OutputOptions& options, const std::string& text) {
  write_output(options, [&](const Write& write) { write(text); });
}

bool wants_colour(const OutputOptions& options) {
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const term = std::getenv("TERM");
  const bool plain = options.no_color || (no_color != nullptr && *no_color != '\0') ||
                     (term != nullptr && std::string_view(term) == "dumb");
  return !plain && options.output.empty() && isatty(STDOUT_FILENO) == 1;
}

std::size_t terminal_width(const OutputOptions& options) {
  winsize size{};
  const bool known = options.output.empty() && isatty(STDOUT_FILENO) == 1 &&
                     ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
  return known ? size.ws_col : 0;
}

void add_fail_on(CLI::App& app, std::string& fail_on) {
  std::vector<std::string> levels(severity_names.begin(), severity_names.end());
  levels.emplace_back("never");
  app.add_option("--fail-on", fail_on, "least severity that makes the exit code 1 or 3")
      ->type_name("SEVERITY|never")
      ->check(one_of(levels))
      ->group("Policy");
}

void add_judging_options(CLI::App& app, JudgingOptions& o) {
  app.add_option("--policy", o.policies, "policy file or pack (repeatable; default: baseline)")
      ->type_name("FILE|PACK")
      ->group("Policy")
      ->allow_extra_args(false);
  add_fail_on(app, o.fail_on);
  app.add_flag("--quiet,-q", o.quiet, "only the exit code")->group("Output");
  app.add_flag("--verbose,-v", o.verbose, "waived findings and rules that hold, too")
      ->group("Output");
  add_timings(app, o.timings);
}

void add_timings(CLI::App& app, bool& timings) {
  app.add_flag("--timings", timings, "phases in milliseconds and peak memory, on standard error")
      ->group("Output");
}

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

}  // namespace pgleast
