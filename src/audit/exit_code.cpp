#include "audit/exit_code.hpp"

#include <algorithm>

namespace pgleast {

int exit_code(const std::vector<Judgement>& judgements, const std::string& fail_on) {
  if (fail_on == "never") return 0;
  const auto least = severity_named(fail_on).value_or(Severity::high);
  bool unseen = false;
  for (const auto& j : judgements) {
    if (j.severity < least) continue;
    const auto& findings = j.verdict.findings;
    if (std::any_of(findings.begin(), findings.end(), [](const auto& f) { return !f.waived; })) {
      return 1;
    }
    unseen = unseen || j.verdict.kind == Verdict::Kind::unseen || !j.verdict.why.empty();
  }
  return unseen ? 3 : 0;
}

}  // namespace pgleast
