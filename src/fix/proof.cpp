#include "fix/proof.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "checks/grant_model.hpp"
#include "fix/held_back.hpp"
#include "input/server/server_reader.hpp"
#include "text/diagnostic.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

std::map<std::string, std::string> unwaived(const Audit& audit) {
  std::map<std::string, std::string> result;
  for (const auto& finding : sorted_findings(audit)) {
    if (!finding.waived) result.emplace(fingerprint(finding), finding.rule);
  }
  return result;
}

struct Required {
  std::size_t all = 0, held = 0;
};

Required required_of(const Cluster& after, const Policy& policy) {
  Required result;
  const Facts facts(after, policy);
  for (const auto& floor : floors(facts)) {
    const auto& object = after.object(floor.object);
    const auto held = floor.grantee == public_role
                          ? granted_to(after.effective_acl(object), public_role)
                          : facts.graph().held(floor.grantee, object).privileges;
    floor.privileges.each([&](Privilege p) {
      ++result.all;
      result.held += held.has(p) ? 1U : 0U;
    });
  }
  return result;
}

// "app_user: 12 privileges, reports: 1 privilege", the most first; "none". Of rows and code each
// object counts once.
std::string by_role(const std::vector<Loss>& losses, Loss::What what, const char* unit) {
  std::map<std::string, std::set<std::string>> objects;
  std::map<std::string, std::size_t> counts;
  const bool by_object = what == Loss::What::rows || what == Loss::What::code;
  for (const auto& loss : losses) {
    if (loss.what != what) continue;
    const bool first = objects[loss.role].insert(loss.database + '\n' + loss.object).second;
    if (first || !by_object) ++counts[loss.role];
  }
  std::vector<std::pair<std::string, std::size_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<std::string> parts;
  for (const auto& [role, count] : sorted) {
    parts.push_back(fmt::format("{}: {}", displayed(role), counted(count, unit)));
  }
  return parts.empty() ? "none" : listed(parts, 12);
}

std::string line(std::string_view label, std::string_view text) {
  return fmt::format("{:<15} {}\n", label, text);
}

// A body in SQL is parsed and analysed again with the function's own settings when the function is
// replaced by itself (pg_proc.c, ProcedureCreate): its names are found, or they are not.
std::vector<std::string> stopped_functions(Session& session, const Plan& plan,
                                           const Cluster& before) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < before.objects.size(); ++i) {
    const auto& object = before.objects[i];
    if (object.kind != ObjectKind::function) continue;
    const auto& now = plan.model.objects[i];
    if (before.function(object).config == plan.model.function(now).config) continue;
    if (before.object(object.database).name != session.database()) continue;
    const auto text = session.try_ask(
        fmt::format("SELECT pg_catalog.pg_get_functiondef({}::pg_catalog.oid)", object.oid));
    if (!text.rows || text.rows->empty() || !text.rows->front().front()) continue;
    session.try_ask("SET LOCAL check_function_bodies = on");
    const auto again = session.try_ask(std::string(*text.rows->front().front()));
    if (!again.rows) {
      result.push_back(fmt::format("{}: {}", displayed(object.identity), displayed(again.why)));
    }
  }
  return result;
}

}  // namespace

Proof prove(const Plan& plan, const Cluster& cluster, const Auditor& auditor,
            const std::string& conninfo, std::chrono::seconds timeout) {
  Session session(conninfo, cluster.name, Access::rolled_back_writes,
                  SessionLimits::within(timeout));
  bool whole = true;
  for (const auto& section : plan.sections) {
    if (!section.database.empty() && section.database != session.database()) {
      whole = false;
      continue;
    }
    for (const auto& statement : section.sql) {
      const auto answer = session.try_ask(statement);
      if (!answer.rows) {
        fail("", fmt::format("the server refuses a statement of the fix: {}\n  {}", answer.why,
                             displayed(statement)));
      }
    }
  }
  auto stopped = stopped_functions(session, plan, cluster);
  auto after = read_session(session);
  // Files and settings are not the transaction's: the patched ones stand for them.
  after.hba = plan.model.hba;
  after.settings = plan.model.settings;
  after.files = plan.model.files;
  after.unseen = cluster.unseen;
  after.remarks = cluster.remarks;
  // One transaction sees one database: of several the model speaks.
  const auto read = std::count_if(cluster.databases.begin(), cluster.databases.end(),
                                  [](const DatabaseDetail& d) { return d.read; });
  return {whole, std::move(stopped), read > 1 ? plan.after : auditor.audit(after)};
}

Effects effects_of(const Plan& plan, const Cluster& before, const std::string& today) {
  const ClusterState was(before, today), is(plan.model, today);
  return {losses(was, is), losses(is, was)};
}

std::string outcome(const Plan& plan, const Effects& effects, const Audit& left,
                    const Auditor& auditor) {
  const auto old_findings = unwaived(plan.before);
  const auto new_findings = unwaived(left);
  std::size_t gone = 0;
  std::set<std::string> rules, fresh;
  std::size_t old_left = 0;
  for (const auto& [mark, rule] : old_findings) gone += new_findings.contains(mark) ? 0U : 1U;
  for (const auto& [mark, rule] : new_findings) {
    const bool known = old_findings.contains(mark);
    old_left += known ? 1U : 0U;
    if (known) rules.insert(rule);
  }
  for (const auto& finding : sorted_findings(left)) {
    if (finding.waived || old_findings.contains(fingerprint(finding))) continue;
    fresh.insert(fmt::format("{} {}", finding.rule, displayed(finding.subject.name)));
  }
  const auto names = [](const std::set<std::string>& all) {
    return all.empty() ? std::string() : fmt::format(" ({})", listed({all.begin(), all.end()}, 12));
  };
  auto text = line("findings", fmt::format("gone {}   left {}{}   new {}{}", gone, old_left,
                                           names(rules), fresh.size(), names(fresh)));
  const auto& lost = effects.lost;
  text += line("logins lost", by_role(lost, Loss::What::login, "login"));
  if (plan.model.seen(Fact::objects)) {
    text += line("groups lost", by_role(lost, Loss::What::membership, "group"));
    text += line("access lost", by_role(lost, Loss::What::privilege, "privilege"));
    text += line("access gained", by_role(effects.gained, Loss::What::privilege, "privilege"));
    text += line("rows lost", by_role(lost, Loss::What::rows, "table"));
    text += line("code stopped", by_role(lost, Loss::What::code, "object"));
    const auto required = required_of(plan.model, auditor.policy());
    if (required.all > 0) {
      text += line("required", fmt::format("{} of {} that the policy requires hold", required.held,
                                           counted(required.all, "privilege")));
    }
  }
  for (const auto& contradiction : plan.contradictions)
    text += line("contradiction", contradiction);
  if (const auto waiting = held_back_counts(plan); !waiting.empty()) {
    text += line("your word", waiting + ": see notes.md, then --accept KIND");
  }
  return text;
}

}  // namespace pgleast
