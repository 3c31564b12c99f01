// A comment of a pull request, one screen: how much is broken, the worst of it and where, how each
// is closed. Names from outside are text and nothing else: no link, no HTML, nobody is mentioned.

#include <fmt/format.h>

#include <algorithm>

#include "report/report.hpp"
#include "report/shown.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

constexpr std::size_t most_rows = 12;
constexpr std::size_t most_unseen = 6;

std::string where(const Finding& finding) {
  if (!finding.location || finding.location->file.empty())
    return markdown_text(finding.subject.name);
  return markdown_text(
      fmt::format("{}:{}", in_folder(finding.location->file), finding.location->line));
}

// The first statement or edit.
std::string closed_by(const Finding& finding, const FindingFix& fix) {
  if (!fix.sql.empty()) return markdown_text(fix.sql.front());
  if (!fix.edits.empty()) {
    const auto& edit = fix.edits.front();
    return edit.after.empty() ? "take the line out" : markdown_text(edit.after);
  }
  return finding.decision.empty() ? "" : "decide: " + markdown_text(finding.decision);
}

std::string table(const std::vector<const FixedFinding*>& findings) {
  std::string text = "\n| | rule | what | where | closed by |\n|---|---|---|---|---|\n";
  const auto shown = std::min(findings.size(), most_rows);
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& [finding, fix] = *findings[i];
    text += fmt::format("| {} | {} | {} | {} | {} |\n", to_string(finding.severity), finding.rule,
                        markdown_text(finding.message), where(finding), closed_by(finding, fix));
  }
  if (shown < findings.size()) {
    text += fmt::format("\nand {}\n", counted(findings.size() - shown, "more finding"));
  }
  return text;
}

std::string unseen_text(const Audit& audit) {
  std::vector<std::string> rules;
  for (const auto& judgement : audit.judgements) {
    if (judgement.verdict.kind == Verdict::Kind::unseen) rules.push_back(judgement.rule);
  }
  if (rules.empty()) return "";
  return fmt::format("\nNot checked, and so not clean: {}.\n", listed(rules, most_unseen));
}

}  // namespace

std::string markdown_report(const ReportInput& input) {
  std::vector<const FixedFinding*> findings;
  for (const auto& fixed : input.findings) {
    if (!fixed.finding.waived || input.verbose) findings.push_back(&fixed);
  }
  auto text = fmt::format("**pgleast** {}\n", markdown_text(summary_text(input)));
  if (!findings.empty()) text += table(findings);
  return text + unseen_text(input.audit);
}

std::string join_markdown(const std::vector<NamedReport>& reports) {
  std::string text;
  for (const auto& [cluster, report] : reports) {
    text += fmt::format("{}### {}\n\n{}", text.empty() ? "" : "\n", markdown_text(cluster), report);
  }
  return text;
}

}  // namespace pgleast
