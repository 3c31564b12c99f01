// pgleast audit: check, print findings.

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <set>

#include "audit/audit.hpp"
#include "audit/exit_code.hpp"
#include "audit/known_records.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "policy/loader.hpp"
#include "report/known_findings.hpp"
#include "report/report.hpp"
#include "sources/revision.hpp"
#include "text/diagnostic.hpp"
#include "text/display.hpp"

namespace fs = std::filesystem;

namespace pgleast {
namespace {

constexpr int exit_unseen = 3;

struct AuditOptions {
  SourceOptions sources;
  OutputOptions output;
  JudgingOptions judging;
  std::string since;  // a report, a path or a git revision
};

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const auto& format : report_formats()) names.emplace_back(format.name);
  return names;
}

const ReportFormat& format_of(const AuditOptions& options) {
  const auto formats = report_formats();
  return *std::find_if(formats.begin(), formats.end(), [&](const ReportFormat& format) {
    return format.name == options.output.format;
  });
}

std::string report_of(const AuditOptions& options, const Auditor& auditor, Cluster& cluster,
                      const Audit& result) {
  const auto findings = findings_with_fixes(cluster, result);
  return format_of(options).write({cluster, auditor.policy(), result, findings,
                                   options.judging.verbose, wants_colour(options.output),
                                   terminal_width(options.output)});
}

bool wants_report(const AuditOptions& options) {
  return !options.judging.quiet || !options.output.output.empty();
}

struct Audited {
  Cluster cluster;
  Audit audit;
};

Audited audited(Auditor& auditor, const SourceOptions& sources, Timings& timings) {
  Grounds grounds;
  Audited result;
  result.cluster = read_cluster(sources, timings, &grounds);
  auditor.rest_on(std::move(grounds.assumptions), grounds.platform);
  result.audit =
      auditor.audit(result.cluster, [&](const std::string& rule) { timings.rule(rule); });
  judge_known_records(result.audit, result.cluster, auditor);
  return result;
}

int audit_one(const AuditOptions& options, Auditor& auditor, const SourceOptions& sources,
              const std::set<std::string>& known, std::string& report, Timings& timings) {
  auto [cluster, result] = audited(auditor, sources, timings);
  waive_known(result, known, options.since);
  timings.phase("audit");
  if (wants_report(options)) report = report_of(options, auditor, cluster, result);
  return exit_code(result.judgements, options.judging.fail_on);
}

// The worst of several: findings, then what is unseen.
int worse(int a, int b) {
  for (const int code : {1, exit_unseen}) {
    if (a == code || b == code) return code;
  }
  return std::max(a, b);
}

// What cannot be read of one keeps nobody from the others.
int audit_each(const AuditOptions& options, Auditor& auditor, const FoundSources& found,
               KnownFindings& known, std::string& report, Timings& timings) {
  int code = 0;
  std::vector<NamedReport> reports;
  for (const auto& one : found.clusters) {
    try {
      reports.push_back({one.name, ""});
      code = worse(code, audit_one(options, auditor, one.options, known[one.name],
                                   reports.back().text, timings));
    } catch (const Error& e) {
      reports.pop_back();
      std::fputs(fmt::format("pgleast: {}\n", e.what()).c_str(), stderr);
      code = worse(code, exit_unseen);
    }
  }
  const bool any = wants_report(options) && !reports.empty();
  if (any) report = format_of(options).join(reports);
  return code;
}

// What an audit of these sources finds. What cannot be read there has no known findings.
KnownFindings found_in(const SourceOptions& sources, Auditor& auditor) {
  KnownFindings known;
  Timings timings;
  const auto found = find_sources(sources, NothingFound::allowed);
  for (const auto& one : found.clusters) {
    const auto name = found.clusters.size() == 1 ? std::string() : one.name;
    known[name] = findings_in(audited(auditor, one.options, timings).audit);
  }
  return known;
}

// A report, else a file or folder, else a commit, in which the same paths are looked at.
KnownFindings known_since(const AuditOptions& options, Auditor& auditor) {
  if (options.since.empty()) return {};
  std::error_code ignored;
  auto sources = options.sources;
  if (!fs::exists(options.since, ignored)) {
    const Revision revision(options.since);
    const InFolder inside(revision.folder());
    std::erase_if(sources.paths, [&](const std::string& p) { return !fs::exists(p, ignored); });
    return sources.paths.empty() ? KnownFindings() : found_in(sources, auditor);
  }
  if (!fs::is_directory(options.since, ignored)) {
    const auto text = read_file(options.since);
    if (text.find("\"pgleast-report/1\"") != std::string::npos) {
      return known_findings(options.since, text);
    }
  }
  sources.paths = {options.since};
  return found_in(sources, auditor);
}

int audit(const AuditOptions& options) {
  Timings timings;
  Auditor auditor(load_policy(options.judging.policies), today());
  timings.phase("policy");
  const auto found = find_sources(options.sources);
  print_problems(found);
  auto known = known_since(options, auditor);
  std::string report;
  int code =
      found.clusters.size() == 1
          ? audit_one(options, auditor, found.clusters[0].options, known[""], report, timings)
          : audit_each(options, auditor, found, known, report, timings);
  if (wants_report(options)) write_output(options.output, report);
  timings.phase("report");
  if (!found.problems.empty()) code = worse(code, exit_unseen);
  if (!options.judging.quiet) print_looked(found);
  if (options.judging.timings) timings.print();
  return code;
}

}  // namespace

void add_audit(CLI::App& app, Run& run) {
  const auto options = std::make_shared<AuditOptions>();  // shared: CLI11 and `run` hold it
  auto& command = add_command(app, run, "audit", "check, print findings",
                              [options] { return audit(*options); });
  add_source_options(command, options->sources);
  add_judging_options(command, options->judging);
  add_value(command, "--new-since", options->since,
            "fail on findings alone that this report, path or git revision does not have",
            "SOURCE");
  add_output_options(command, options->output, format_names());
}

}  // namespace pgleast
