// Superusers that can log in over the network.
//
//   fix: {reject: true}

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "checks/check.hpp"
#include "checks/hba_exposure.hpp"
#include "pg/identifier.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

bool is_superuser(const Facts& facts, std::uint32_t atom) {
  const auto& role = facts.decided().roles[atom].role;
  return role && facts.cluster().role(*role).superuser;
}

}  // namespace

Check hba_superuser(MapReader&, MapReader& fix) {
  const bool reject = fix.boolean("reject", false);
  return [=](const Facts& facts) -> Verdict {
    if (const auto missing = facts.missing_records()) return *missing;
    if (auto missing = facts.missing(Fact::roles)) {
      missing->why = "which roles are superusers is not known: " + missing->why;
      return *missing;
    }
    // One finding for each superuser: by which records, the first one as the place.
    std::map<std::uint32_t, std::vector<Exposure>> by_role;
    for (const auto& exposure : exposures(
             facts, Origin::network, [](const HbaRecord&, const DecidedPart&) { return true; })) {
      for (const auto& part : exposure.parts) {
        for (const auto role : part.roles) {
          if (!is_superuser(facts, role)) continue;
          if (!can_log_in(facts, part, *facts.decided().roles[role].role)) continue;
          auto& list = by_role[role];
          if (list.empty() || list.back().record != exposure.record) {
            list.push_back({exposure.record, {}});
          }
          list.back().parts.push_back(part);
          list.back().parts.back().roles = {role};
        }
      }
    }
    std::vector<Finding> findings;
    for (auto& [role, list] : by_role) {
      const auto first_record = list.front().record;
      // A record that leads to a database makes the plainer place than one for replication.
      std::stable_partition(list.begin(), list.end(), [&](const Exposure& exposure) {
        return !facts.decided().databases[exposure.parts.front().databases.front()].replication;
      });
      const auto& first = list.front();
      const auto& record = facts.cluster().hba.records[first.record];
      const auto name = facts.decided().roles[role].name;
      auto finding =
          record_finding(facts, first, record.at.user,
                         fmt::format("superuser {} can log in over the network", displayed(name)));
      finding.subject = {"role", name, ""};
      for (std::size_t i = 1; i < list.size(); ++i) {
        const auto& other = facts.cluster().hba.records[list[i].record];
        finding.detail.push_back(
            fmt::format("also by {}:{}", displayed(other.at.file), other.at.line));
      }
      if (reject) {
        finding.remedies.emplace_back(InsertRecord{
            first_record,
            fmt::format("host    all,replication {:<15} all                     reject",
                        quote_identifier(name))});
      }
      findings.push_back(std::move(finding));
    }
    return verdict_of(std::move(findings));
  };
}

}  // namespace pgleast
