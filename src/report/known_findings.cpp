#include "report/known_findings.hpp"

#include <nlohmann/json.hpp>

#include "text/diagnostic.hpp"

namespace pgleast {
namespace {

std::string key_of(const std::string& print, const std::string& message) {
  return print + ' ' + message;
}
std::string key_of(const Finding& finding) { return key_of(fingerprint(finding), finding.message); }

}  // namespace

KnownFindings known_findings(const std::string& path, const std::string& text) {
  const auto report = nlohmann::json::parse(text, nullptr, false);
  const bool is_report = report.is_object() && report.value("schema", "") == "pgleast-report/1" &&
                         report.contains("findings") && report["findings"].is_array();
  if (!is_report) fail(path, "is no report that `pgleast audit --format json` wrote");
  KnownFindings known;
  for (const auto& finding : report["findings"]) {
    if (!finding.is_object() || !finding.contains("fingerprint")) continue;
    known[finding.value("cluster", "")].insert(
        key_of(finding.value("fingerprint", ""), finding.value("message", "")));
  }
  return known;
}

std::set<std::string> findings_in(const Audit& audit) {
  std::set<std::string> known;
  for (const auto& judgement : audit.judgements) {
    for (const auto& finding : judgement.verdict.findings) known.insert(key_of(finding));
  }
  return known;
}

void waive_known(Audit& audit, const std::set<std::string>& known, const std::string& since) {
  for (auto& judgement : audit.judgements) {
    for (auto& finding : judgement.verdict.findings) {
      if (finding.waived || !known.contains(key_of(finding))) continue;
      finding.waived = Waiver{finding.rule, finding.subject.name, "known since " + since, "", ""};
    }
  }
}

}  // namespace pgleast
