// JUnit's XML as CI servers read it: a rule is a test. Broken: failed, with all its findings;
// unseen: skipped, with the reason; waived alone: passed, unless --verbose asks for what was
// waived.

#include <fmt/format.h>

#include "audit/tally.hpp"
#include "report/report.hpp"
#include "report/shown.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

constexpr std::string_view declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
constexpr std::string_view end = "</testsuites>\n";

// Control characters are shown by then; these two XML does not have at all (1.0, section 2.2).
std::string xml(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 3) == "\xef\xbf\xbe" || text.substr(i, 3) == "\xef\xbf\xbf") {
      result += "\xef\xbf\xbd";
      i += 2;
      continue;
    }
    switch (text[i]) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += text[i];
    }
  }
  return result;
}

std::string place_text(const Finding& finding) {
  if (!finding.location || finding.location->file.empty()) return "";
  return fmt::format("{}:{}: ", displayed(finding.location->file), finding.location->line);
}

std::string failure(const ReportInput& input, const Judgement& judgement) {
  std::string lines;
  std::size_t count = 0;
  for (const auto& [finding, fix] : input.findings) {
    if (finding.rule != judgement.rule || (finding.waived && !input.verbose)) continue;
    lines += (count++ > 0 ? "\n\n" : "") + place_text(finding) + whole_text(finding, fix);
  }
  if (count == 0) return "";
  return fmt::format("\n      <failure type=\"{}\" message=\"{}\">{}</failure>\n    ",
                     to_string(judgement.severity), counted(count, "finding"), xml(lines));
}

std::string content(const ReportInput& input, const Judgement& judgement) {
  const auto& verdict = judgement.verdict;
  if (verdict.kind == Verdict::Kind::broken) return failure(input, judgement);
  if (verdict.kind == Verdict::Kind::holds) return "";
  return fmt::format("\n      <skipped message=\"unseen: {}\"/>\n    ",
                     xml(displayed(with_remedy(verdict.why, verdict.remedy))));
}

}  // namespace

std::string junit_report(const ReportInput& input) {
  std::string tests;
  std::size_t failed = 0;
  for (const auto& judgement : input.audit.judgements) {
    const auto inside = content(input, judgement);
    failed += inside.find("<failure") == std::string::npos ? 0U : 1U;
    tests += fmt::format("    <testcase classname=\"pgleast\" name=\"{} {}\"{}\n", judgement.rule,
                         xml(displayed(judgement.title)),
                         inside.empty() ? "/>" : ">" + inside + "</testcase>");
  }
  const auto counts = fmt::format("tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\"",
                                  input.audit.judgements.size(), failed, tally(input.audit).unseen);
  return fmt::format("{0}<testsuites {1}>\n  <testsuite name=\"{2}\" {1}>\n{3}  {4}{5}",
                     declaration, counts, xml(displayed(summary_text(input))), tests,
                     "</testsuite>\n", end);
}

// The suites one after another; a reader that wants the sums adds them up.
std::string join_junit(const std::vector<NamedReport>& reports) {
  std::string suites;
  for (const auto& [cluster, text] : reports) {
    const auto begin = text.find("  <testsuite name=\"");
    auto suite = text.substr(begin, text.size() - begin - end.size());
    const std::string_view name = "<testsuite name=\"";
    suite.insert(suite.find(name) + name.size(), xml(displayed(cluster)) + ": ");
    suites += suite;
  }
  return fmt::format("{}<testsuites>\n{}{}", declaration, suites, end);
}

}  // namespace pgleast
