#include "audit/tally.hpp"

namespace pgleast {

Tally tally(const Audit& audit) {
  Tally result;
  result.rules = audit.judgements.size();
  for (const auto& judgement : audit.judgements) {
    const auto kind = judgement.verdict.kind;
    if (kind == Verdict::Kind::holds) ++result.holds;
    if (kind == Verdict::Kind::unseen) ++result.unseen;
    bool broken = false;
    for (const auto& finding : judgement.verdict.findings) {
      if (finding.waived) {
        ++result.waived;
      } else {
        broken = true;
        ++result.findings[static_cast<std::size_t>(finding.severity)];
      }
    }
    if (!broken) continue;
    ++result.broken;
    ++result.broken_rules[static_cast<std::size_t>(judgement.severity)];
  }
  return result;
}

}  // namespace pgleast
