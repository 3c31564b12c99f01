#include "audit/audit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <tuple>

#include "audit/assumed.hpp"
#include "audit/waived.hpp"
#include "checks/unmatched_names.hpp"
#include "text/display.hpp"

namespace pgleast {

Auditor::Auditor(Policy policy, std::string today)
    : policy_(std::move(policy)), today_(std::move(today)) {
  for (const auto& rule : policy_.rules) {
    auto check = compile(rule);
    checks_.push_back(rule.enabled ? std::move(check) : Check());
  }
}

namespace {

// A database that was asked for and not read may hide what the others do not show.
void admit_unread(const Cluster& cluster, const Rule& rule, Verdict& verdict) {
  if (!cluster.unread_databases || !kind_of(rule).looks_into_databases) return;
  if (verdict.kind == Verdict::Kind::unseen) return;
  if (verdict.kind == Verdict::Kind::holds) verdict.kind = Verdict::Kind::unseen;
  verdict.why = cluster.unread_databases->why;
  verdict.remedy = cluster.unread_databases->remedy;
}

// What was said of a name that matches nothing was not looked at.
void admit_unmatched(const Facts& facts, const Rule& rule, Verdict& verdict) {
  if (verdict.kind == Verdict::Kind::unseen) return;
  const auto unmatched = unmatched_names(facts, rule);
  if (!unmatched) return;
  if (verdict.kind == Verdict::Kind::holds) verdict.kind = Verdict::Kind::unseen;
  if (!verdict.why.empty()) return;
  verdict.why = unmatched->why;
  verdict.remedy = unmatched->remedy;
}

// What a rule that holds did not look at is a remark.
void tell_how_far(const Rule& rule, Verdict& verdict, std::vector<Remark>& remarks) {
  if (verdict.kind != Verdict::Kind::holds || verdict.why.empty()) return;
  remarks.push_back({fmt::format("{} holds as far as was looked: {}", rule.id, verdict.why),
                     verdict.remedy, RemarkKind::other});
  verdict.why.clear();
  verdict.remedy.clear();
}

bool covers(const Waiver& waiver, const Finding& finding) {
  const Pattern subject{Pattern::Kind::glob, waiver.subject, nullptr};
  return waiver.rule == finding.rule && matches_name(subject, finding.subject.name);
}

}  // namespace

bool Auditor::has_waiver(const Rule& rule) const {
  return std::any_of(policy_.waivers.begin(), policy_.waivers.end(),
                     [&](const Waiver& waiver) { return waiver.rule == rule.id; });
}

void Auditor::rest_on(Assumptions assumptions, const std::optional<Cluster>& platform) {
  assumptions_ = {};
  platform_ = {};
  if (platform) platform_ = audit(*platform);
  assumptions_ = std::move(assumptions);
}

Audit Auditor::audit(const Cluster& cluster, const std::function<void(const std::string&)>& done,
                     const std::function<bool(const Rule&)>& wanted) const {
  const Facts facts(cluster, policy_, today_);
  done("graph");
  Audit result;
  result.remarks = cluster.remarks;
  std::vector<bool> used(policy_.waivers.size());
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    if (!checks_[i] || !(wanted(policy_.rules[i]) || has_waiver(policy_.rules[i]))) continue;
    const auto& rule = policy_.rules[i];
    Judgement judgement{rule.id, rule.title, rule.severity, checks_[i](facts)};
    admit_unread(cluster, rule, judgement.verdict);
    admit_unmatched(facts, rule, judgement.verdict);
    tell_how_far(rule, judgement.verdict, result.remarks);
    for (auto& finding : judgement.verdict.findings) {
      finding.rule = rule.id;
      finding.severity = rule.severity;
      if (!finding.location) finding.location = facts.said_location(finding);
      for (std::size_t w = 0; w < policy_.waivers.size(); ++w) {
        const auto& waiver = policy_.waivers[w];
        if (!covers(waiver, finding)) continue;
        used[w] = true;
        if (waiver.expires.empty() || waiver.expires >= today_) finding.waived = waiver;
      }
    }
    result.judgements.push_back(std::move(judgement));
    done(rule.id);
  }
  leave_waived_alone(result);
  std::erase_if(result.judgements, [&](const Judgement& judgement) {
    return !wanted(*policy_.find_rule(judgement.rule));
  });
  leave_platform_alone(result, platform_);
  hold_back(result, policy_, assumptions_);
  for (std::size_t w = 0; w < policy_.waivers.size(); ++w) {
    const auto& waiver = policy_.waivers[w];
    const auto name =
        fmt::format("the waiver of {} for {}", waiver.rule, displayed(waiver.subject));
    if (!waiver.expires.empty() && waiver.expires < today_) {
      result.remarks.push_back(
          {fmt::format("{} expired on {}", name, waiver.expires), "renew or remove it"});
    } else if (!used[w]) {
      result.remarks.push_back({name + " matches nothing", "remove it"});
    }
  }
  return result;
}

std::vector<Finding> sorted_findings(const Audit& audit) {
  std::vector<Finding> findings;
  for (const auto& judgement : audit.judgements) {
    findings.insert(findings.end(), judgement.verdict.findings.begin(),
                    judgement.verdict.findings.end());
  }
  const auto key = [](const Finding& f) {
    return std::tuple<bool, int, std::string_view, std::string_view, std::size_t, std::string_view,
                      std::string_view>(f.waived.has_value(), -static_cast<int>(f.severity), f.rule,
                                        f.location ? std::string_view(f.location->file) : "",
                                        f.location ? f.location->line : 0, f.subject.database,
                                        f.subject.name);
  };
  std::stable_sort(findings.begin(), findings.end(),
                   [&](const Finding& a, const Finding& b) { return key(a) < key(b); });
  return findings;
}

}  // namespace pgleast
