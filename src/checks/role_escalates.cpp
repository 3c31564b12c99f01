// Login roles that are no superusers and can become one.
//
//   with: {except: $administrators}
//   fix: {cut: true}

#include <fmt/format.h>

#include "checks/check.hpp"
#include "checks/role_origin.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

// The step that gives the power is the one to take away: it ends the way for all who take it.
std::vector<Remedy> cut_of(const std::vector<Step>& way) {
  for (auto step = way.rbegin(); step != way.rend(); ++step) {
    if (!step->cut.empty()) return step->cut;
  }
  return {};
}

}  // namespace

Check role_escalates(MapReader& with, MapReader& fix) {
  const auto except = read_patterns(with.need("except"));
  const bool cuts = fix.boolean("cut", false);
  return [=](const Facts& facts) -> Verdict {
    if (const auto missing = facts.missing(Fact::roles)) return *missing;
    const auto& cluster = facts.cluster();
    std::vector<Finding> findings;
    for (const auto role : facts.roles().ordinary_roles()) {
      const auto& r = cluster.role(role);
      if (r.superuser || !r.login || facts.roles().matches(except, role)) continue;
      const auto way = facts.escalations().way(role, {no_role, Power::superuser});
      if (way.empty() || !goes_alone(way)) continue;
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
    return verdict_of(std::move(findings));
  };
}

}  // namespace pgleast
