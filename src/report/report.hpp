#pragma once
// What an audit says, for a person, a script or a code-scanning service: one file for each
// format, one table of them.
//
//   mystore on PostgreSQL 15.18: 41 rules hold, 9 broken (2 critical, 4 high, 3 medium), 1 unseen
//
// INVARIANT: the same input gives the same bytes; no name from outside begins a line, ends
// one or drives a terminal.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "audit/audit.hpp"
#include "fix/finding_fix.hpp"

namespace pgleast {

struct ReportInput {
  const Cluster& cluster;
  const Policy& policy;
  const Audit& audit;
  const std::vector<FixedFinding>& findings;  // the audit's, in their order
  bool verbose = false;  // what is waived and what holds too, and all of many findings
  bool colour = false;
  std::size_t width = 0;  // of the terminal; 0: none, and lines are as long as they are
};

/// What was written of one cluster of several.
struct NamedReport {
  std::string cluster;
  std::string text;
};

struct ReportFormat {
  std::string_view name;  // as `--format` takes it
  std::string (*write)(const ReportInput& input);
  /// Several of the same policy as one, each finding with the name of its cluster.
  std::string (*join)(const std::vector<NamedReport>& reports);
};

std::span<const ReportFormat> report_formats();

std::string text_report(const ReportInput& input);
/// As src/report/report.schema.json says.
std::string json_report(const ReportInput& input);
/// SARIF 2.1.0.
std::string sarif_report(const ReportInput& input);
/// Workflow commands of GitHub Actions.
std::string github_report(const ReportInput& input);
/// GitLab's code quality report.
std::string gitlab_report(const ReportInput& input);
/// JUnit's XML.
std::string junit_report(const ReportInput& input);
/// A comment of a pull request.
std::string markdown_report(const ReportInput& input);

std::string join_text(const std::vector<NamedReport>& reports);
std::string join_json(const std::vector<NamedReport>& reports);
std::string join_sarif(const std::vector<NamedReport>& reports);
std::string join_github(const std::vector<NamedReport>& reports);
std::string join_gitlab(const std::vector<NamedReport>& reports);
std::string join_junit(const std::vector<NamedReport>& reports);
std::string join_markdown(const std::vector<NamedReport>& reports);

}  // namespace pgleast
