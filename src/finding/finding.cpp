#include "finding/finding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace pgleast {

std::optional<Severity> severity_named(std::string_view name) {
  const auto* const found = std::find(severity_names.begin(), severity_names.end(), name);
  if (found == severity_names.end()) return std::nullopt;
  return static_cast<Severity>(found - severity_names.begin());
}

std::string fingerprint(const Finding& finding) {
  // FNV-1a, with a byte that no text holds between the parts.
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const auto& part :
       {finding.rule, finding.subject.kind, finding.subject.database, finding.subject.name}) {
    for (const char c : part + '\0') {
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    }
  }
  return fmt::format("{:016x}", hash);
}

std::vector<std::string> path_texts(const Finding& finding) {
  std::vector<std::string> texts;
  for (const auto& step : finding.path) texts.push_back(step.text);
  return texts;
}

std::string_view to_string(Verdict::Kind kind) {
  switch (kind) {
    case Verdict::Kind::holds:
      return "holds";
    case Verdict::Kind::broken:
      return "broken";
    case Verdict::Kind::unseen:
      return "unseen";
  }
  return "";
}

Verdict unseen(std::string why, std::string remedy) {
  return {Verdict::Kind::unseen, std::move(why), std::move(remedy), {}};
}

Verdict verdict_of(std::vector<Finding> findings) {
  Verdict verdict;
  if (!findings.empty()) verdict.kind = Verdict::Kind::broken;
  verdict.findings = std::move(findings);
  return verdict;
}

}  // namespace pgleast
