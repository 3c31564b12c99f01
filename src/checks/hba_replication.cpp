// Records by which anybody but a replication role can copy the cluster over the network.
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

// Whether somebody replicates as the role who should not; not known of a name when roles were not
// read, while any name is the superuser's, too.
enum class Wrong { no, yes, unknown };

Wrong wrong_role(const Facts& facts, const Patterns& patterns, const DecidedPart& part,
                 const RoleAtom& atom) {
  if (is_replication_role(facts, patterns, atom)) return Wrong::no;
  if (!atom.role) return atom.other ? Wrong::yes : Wrong::unknown;
  return can_log_in(facts, part, *atom.role) ? Wrong::yes : Wrong::no;
}

struct WrongReplication {
  std::vector<Exposure> certain;
  std::vector<std::string> unknown;  // roles of whom it is not known
};

// Where replication goes: only the parts that reach it, with the roles that should not.
WrongReplication wrong_replication(const Facts& facts, const Patterns& patterns) {
  const auto& decided = facts.decided();
  WrongReplication result;
  for (auto& exposure : exposures(facts, Origin::network,
                                  [](const HbaRecord&, const DecidedPart&) { return true; })) {
    Exposure wrong{exposure.record, {}};
    for (auto& part : exposure.parts) {
      std::erase_if(part.databases, [&](auto d) { return !decided.databases[d].replication; });
      if (part.databases.empty()) continue;
      std::erase_if(part.roles, [&](auto r) {
        const auto kind = wrong_role(facts, patterns, part, decided.roles[r]);
        if (kind == Wrong::unknown) result.unknown.push_back(displayed(decided.roles[r].name));
        return kind != Wrong::yes;
      });
      if (!part.roles.empty()) wrong.parts.push_back(std::move(part));
    }
    if (!wrong.parts.empty()) result.certain.push_back(std::move(wrong));
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
    auto wrong = wrong_replication(facts, patterns);
    if (wrong.certain.empty() && !wrong.unknown.empty()) {
      auto missing = facts.missing(Fact::roles).value_or(Verdict{});
      std::sort(wrong.unknown.begin(), wrong.unknown.end());
      wrong.unknown.erase(std::unique(wrong.unknown.begin(), wrong.unknown.end()),
                          wrong.unknown.end());
      missing.why = fmt::format("whether {} may replicate is not known: {}", listed(wrong.unknown),
                                missing.why);
      return missing;
    }
    for (const auto& exposure : wrong.certain) {
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
