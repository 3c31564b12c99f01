#include "checks/role_origin.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checks/hba_exposure.hpp"
#include "text/display.hpp"

namespace pgleast {

std::vector<PathStep> way_in(const Facts& facts, RoleId role) {
  const auto& cluster = facts.cluster();
  if (!cluster.seen(Fact::hba) || !cluster.hba.loads() || !cluster.role(role).login) return {};
  const DecidedPart* best = nullptr;
  const auto rank = [&](const DecidedPart& part) {
    return part_from(part, Origin::network) ? 2 : part.transport == Transport::local ? 0 : 1;
  };
  const auto atom = facts.atom_of(role);
  if (!atom) return {};
  for (const auto& part : facts.decided().parts) {
    if (best != nullptr && rank(part) <= rank(*best)) continue;
    const bool named = std::binary_search(part.roles.begin(), part.roles.end(), *atom);
    if (named && can_log_in(facts, part, role)) best = &part;
  }
  if (best == nullptr) return {};
  const auto& record = cluster.hba.records[best->record];
  return {fmt::format("{} logs in by {}:{} ({})", facts.shown(role), displayed(record.at.file),
                      record.at.line, displayed(record.method))};
}

}  // namespace pgleast
