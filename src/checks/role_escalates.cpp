// Login roles that are no superusers and can become one.
//
//   with: {except: $administrators}
//   fix: {cut: true}

#include <fmt/format.h>

#include <algorithm>

#include "checks/check.hpp"
#include "checks/role_origin.hpp"
#include "escalation/unread_databases.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

// The step that gives the power first: to take it away ends the way for all who take it. That
// somebody is a superuser is another rule's.
PathCuts cuts_of(const std::vector<Step>& way) {
  PathCuts result;
  for (auto step = way.rbegin(); step != way.rend(); ++step) {
    if (!step->cut.empty() && step->edge != "ESC-SUPER") result.push_back(step->cut);
  }
  return result;
}

}  // namespace

Check role_escalates(MapReader& with, MapReader& fix) {
  const auto except = read_patterns(with.need("except"));
  const bool cuts = fix.boolean("cut", false);
  return [=](const Facts& facts) -> Verdict {
    if (const auto missing = facts.missing(Fact::roles)) return *missing;
    const auto& cluster = facts.cluster();
    std::vector<Finding> findings;
    std::optional<Step> unknown;
    for (const auto role : facts.roles().ordinary_roles()) {
      const auto& r = cluster.role(role);
      if (r.superuser || !r.login || facts.roles().matches(except, role)) continue;
      const auto way = facts.escalations().way(role, {no_role, Power::superuser}, Help::none);
      const auto uncertain =
          std::find_if(way.begin(), way.end(), [](const Step& s) { return !s.certain; });
      if (uncertain != way.end()) {
        if (!unknown) unknown = *uncertain;
        continue;
      }
      if (way.empty()) continue;
      Finding finding;
      finding.subject = {"role", r.name, ""};
      finding.message = fmt::format("{} can become superuser", facts.shown(role));
      finding.path = way_in(facts, role);
      for (const auto& step : way) finding.path.push_back(facts.told(step));
      if (cuts) {
        finding.paths = {cuts_of(way)};
        finding.concerns = {role};
        if (!finding.paths.front().empty()) finding.remedies = finding.paths.front().front();
      }
      findings.push_back(std::move(finding));
    }
    auto verdict = verdict_of(std::move(findings));
    if (verdict.kind == Verdict::Kind::broken) return verdict;
    // What was not seen, or cannot be told, is no proof that there is no way.
    for (const auto fact : {Fact::objects, Fact::code}) {
      if (const auto missing = facts.missing(fact)) return *missing;
    }
    if (!unknown) {
      if (const auto unread = unread_databases(cluster)) {
        verdict.why = unread->why;
        verdict.remedy = unread->remedy;
      }
      return verdict;
    }
    return unseen(unknown->how,
                  fmt::format("`pgleast rules {}` says what to look at", unknown->edge));
  };
}

}  // namespace pgleast
