// Login roles that are no superusers and can become one.
//
//   with: {except: $administrators}
//   fix: {cut: true}

#include <fmt/format.h>

#include <algorithm>

#include "checks/check.hpp"
#include "checks/role_origin.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

// The step that gives the power is the one to take away: it ends the way for all who take it.
// That somebody is a superuser is another rule's.
std::vector<Remedy> cut_of(const std::vector<Step>& way) {
  for (auto step = way.rbegin(); step != way.rend(); ++step) {
    if (!step->cut.empty() && step->edge != "ESC-SUPER") return step->cut;
  }
  return {};
}

// Of a server, those that one can connect to.
std::vector<std::string> databases_not_read(const Cluster& cluster) {
  std::vector<std::string> names;
  for (const auto& o : cluster.objects) {
    if (o.kind != ObjectKind::database || cluster.server.empty()) continue;
    const auto& detail = cluster.databases[o.detail];
    if (detail.allows_connections && !detail.read) names.push_back(displayed(o.name));
  }
  return names;
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
      for (const auto& step : way) {
        finding.path.push_back(fmt::format("{}  ({})", step.how, step.edge));
      }
      if (cuts) finding.remedies = cut_of(way);
      findings.push_back(std::move(finding));
    }
    auto verdict = verdict_of(std::move(findings));
    if (verdict.kind == Verdict::Kind::broken) return verdict;
    // What was not seen, or cannot be told, is no proof that there is no way.
    for (const auto fact : {Fact::objects, Fact::code}) {
      if (const auto missing = facts.missing(fact)) return *missing;
    }
    if (!unknown) {
      const auto unread = databases_not_read(cluster);
      if (!unread.empty()) {
        verdict.why = fmt::format("what is in {} was not looked at, and code there may lead up",
                                  listed(unread));
        verdict.remedy = "--all-databases";
      }
      return verdict;
    }
    return unseen(unknown->how,
                  fmt::format("`pgleast rules {}` says what to look at", unknown->edge));
  };
}

}  // namespace pgleast
