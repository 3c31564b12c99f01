// Records that let anybody but a replication role copy the cluster over the network.
//
//   with: {roles: $replication}
//   fix: {set_user: true}

#include <fmt/format.h>

#include <algorithm>

#include "checks/check.hpp"
#include "checks/hba_exposure.hpp"
#include "pg/identifier.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

bool is_replication_role(const Facts& facts, const Patterns& patterns, const RoleAtom& atom) {
  if (atom.other) return false;
  return atom.role ? facts.roles().matches(patterns, *atom.role)
                   : facts.roles().matches(patterns, atom.name);
}

// Where replication goes: only the parts that reach it, with the roles that should not.
std::vector<Exposure> wrong_replication(const Facts& facts, const Patterns& patterns) {
  const auto& decided = facts.decided();
  const auto replicates = [&](const DecidedPart& part) {
    for (const auto d : part.databases) {
      if (decided.databases[d].replication) return true;
    }
    return false;
  };
  auto result = exposures(facts, Origin::network, [&](const HbaRecord&, const DecidedPart& part) {
    return replicates(part) && std::any_of(part.roles.begin(), part.roles.end(), [&](auto r) {
             return !is_replication_role(facts, patterns, decided.roles[r]);
           });
  });
  for (auto& exposure : result) {
    for (auto& part : exposure.parts) {
      std::erase_if(part.databases, [&](auto d) { return !decided.databases[d].replication; });
      std::erase_if(part.roles,
                    [&](auto r) { return is_replication_role(facts, patterns, decided.roles[r]); });
    }
  }
  return result;
}

}  // namespace

Check hba_replication(MapReader& with, MapReader& fix) {
  const auto patterns = read_patterns(with.need("roles"));
  const bool set_user = fix.boolean("set_user", false);
  return [=](const Facts& facts) -> Verdict {
    if (const auto missing = facts.missing_records()) return *missing;
    std::vector<Finding> findings;
    for (const auto& exposure : wrong_replication(facts, patterns)) {
      const auto& record = facts.cluster().hba.records[exposure.record];
      auto finding = record_finding(facts, exposure, record.at.user,
                                    "replication is open to roles that are not for it");
      if (set_user && facts.cluster().seen(Fact::roles)) {
        std::string users;
        for (const auto role : facts.roles().matching(patterns)) {
          const auto& r = facts.cluster().role(role);
          if (r.login && r.replication)
            users += (users.empty() ? "" : ",") + quote_identifier(r.name);
        }
        if (users.empty()) {
          finding.remedies.emplace_back(DisableRecord{exposure.record});
        } else {
          finding.remedies.emplace_back(EditRecord{exposure.record, HbaField::user, users});
        }
      }
      findings.push_back(std::move(finding));
    }
    return verdict_of(std::move(findings));
  };
}

}  // namespace pgleast
