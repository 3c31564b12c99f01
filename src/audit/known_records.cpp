#include "audit/known_records.hpp"

#include <algorithm>
#include <utility>

namespace pgleast {

void judge_known_records(Audit& audit, const Cluster& cluster, const Auditor& auditor) {
  if (cluster.seen(Fact::hba) || !cluster.hba.loads()) return;
  auto known = cluster;
  known.unseen.erase(Fact::hba);
  const auto is_of_records = [](const Rule& rule) { return rule.check.starts_with("hba_"); };
  const auto more = auditor.audit(
      known, [](const auto&) {}, is_of_records);
  for (const auto& judgement : more.judgements) {
    if (judgement.verdict.kind != Verdict::Kind::broken) continue;
    const auto same = std::find_if(audit.judgements.begin(), audit.judgements.end(),
                                   [&](const Judgement& j) { return j.rule == judgement.rule; });
    if (same == audit.judgements.end() || same->verdict.kind != Verdict::Kind::unseen) continue;
    same->verdict.kind = Verdict::Kind::broken;
    same->verdict.findings = judgement.verdict.findings;
  }
}

}  // namespace pgleast
