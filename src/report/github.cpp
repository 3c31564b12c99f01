// Workflow commands of GitHub Actions, which show at the lines of a change:
//
//   ::error file=db/pg_hba.conf,line=12,col=27,title=HBA-001 (critical)::trust lets in ...
//
// A command is one line; `%`, line ends and, in properties, `:` and `,` are written as %25 and so
// on (the runner's ActionCommand.cs). Without a file it is an annotation of the run.

#include <fmt/format.h>

#include <array>

#include "report/report.hpp"
#include "report/shown.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

/// INVARIANT: entry n is of severity n.
constexpr std::array<std::string_view, severity_names.size()> commands{"notice", "notice",
                                                                       "warning", "error", "error"};
std::string_view command_of(Severity severity) {
  return commands[static_cast<std::size_t>(severity)];
}

std::string escaped(std::string_view text, std::string_view special) {
  std::string result;
  for (const char c : text) {
    const bool plain = special.find(c) == std::string_view::npos;
    result += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return result;
}
std::string message(std::string_view text) { return escaped(text, "%\r\n"); }
std::string property(std::string_view text) { return escaped(displayed(text), "%\r\n:,"); }

std::string place(const Finding& finding) {
  if (!finding.location || finding.location->file.empty()) return "";
  const auto& at = *finding.location;
  auto text = fmt::format("file={},", property(in_folder(at.file)));
  if (at.line > 0) text += fmt::format("line={},", at.line);
  if (at.line > 0 && at.column > 0) text += fmt::format("col={},", at.column);
  return text;
}

std::string annotation(const Finding& finding, const FindingFix& fix) {
  const auto title = fmt::format("{} ({})", finding.rule, to_string(finding.severity));
  return fmt::format("::{} {}title={}::{}\n", command_of(finding.severity), place(finding),
                     property(title), message(whole_text(finding, fix)));
}

}  // namespace

std::string github_report(const ReportInput& input) {
  std::string text;
  for (const auto& [finding, fix] : input.findings) {
    if (!finding.waived || input.verbose) text += annotation(finding, fix);
  }
  for (const auto& judgement : input.audit.judgements) {
    if (judgement.verdict.kind != Verdict::Kind::unseen) continue;
    const auto why = with_remedy(judgement.verdict.why, judgement.verdict.remedy);
    text += fmt::format("::warning title={}::{}\n", property(judgement.rule + " is unseen"),
                        message(displayed(judgement.title + ": " + why)));
  }
  return text + displayed(summary_text(input)) + '\n';
}

std::string join_github(const std::vector<NamedReport>& reports) {
  std::string text;
  for (const auto& [cluster, report] : reports) {
    text +=
        fmt::format("::group::cluster {}\n{}::endgroup::\n", message(displayed(cluster)), report);
  }
  return text;
}

}  // namespace pgleast
