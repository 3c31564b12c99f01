// GitLab's code quality report: a list of issues, each at a line of a file. What has no place
// stands at the policy; what could not be checked is an issue too, for there is nowhere else to say
// it.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "report/report.hpp"
#include "report/shown.hpp"
#include "text/display.hpp"
#include "text/json.hpp"

namespace pgleast {
namespace {

using Json = nlohmann::ordered_json;

/// INVARIANT: entry n is of severity n.
constexpr std::array<std::string_view, severity_names.size()> grades{"info", "minor", "major",
                                                                     "critical", "blocker"};

Json issue(const std::string& rule, std::string text, const std::string& print,
           std::string_view severity, std::string_view path, std::size_t line) {
  return {{"description", std::move(text)},
          {"check_name", rule},
          {"fingerprint", print},
          {"severity", severity},
          {"location",
           {{"path", displayed(in_folder(path))},
            {"lines", {{"begin", std::max<std::size_t>(line, 1)}}}}}};
}

Json issue_of(const Finding& finding, const FindingFix& fix, const std::string& instead) {
  const bool placed = finding.location && !finding.location->file.empty();
  auto text = displayed(finding.message);
  if (!placed) text += fmt::format(" ({})", displayed(finding.subject.name));
  auto result =
      issue(finding.rule, std::move(text), fingerprint(finding),
            grades[static_cast<std::size_t>(finding.severity)],
            placed ? finding.location->file : instead, placed ? finding.location->line : 1);
  result["content"] = {{"body", whole_text(finding, fix)}};
  return result;
}

}  // namespace

std::string gitlab_report(const ReportInput& input) {
  const auto instead = stand_in(input);
  auto list = Json::array();
  for (const auto& [finding, fix] : input.findings) {
    if (!finding.waived || input.verbose) list.push_back(issue_of(finding, fix, instead));
  }
  for (const auto& judgement : input.audit.judgements) {
    if (judgement.verdict.kind != Verdict::Kind::unseen) continue;
    const auto why = with_remedy(judgement.verdict.why, judgement.verdict.remedy);
    list.push_back(issue(judgement.rule,
                         displayed(fmt::format("unseen: {}: {}", judgement.title, why)),
                         "unseen-" + judgement.rule, grades.front(), instead, 1));
  }
  return json_text(list) + '\n';
}

// Equal fingerprints would be one issue.
std::string join_gitlab(const std::vector<NamedReport>& reports) {
  auto all = Json::array();
  for (const auto& [cluster, report] : reports) {
    for (auto& entry : Json::parse(report)) {
      entry["fingerprint"] = entry["fingerprint"].get<std::string>() + '@' + displayed(cluster);
      all.push_back(std::move(entry));
    }
  }
  return json_text(all) + '\n';
}

}  // namespace pgleast
