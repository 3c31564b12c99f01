#include "checks/role_origin.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checks/hba_exposure.hpp"
#include "pg/auth_method.hpp"
#include "text/display.hpp"

namespace pgleast {

std::vector<std::string> way_in(const Facts& facts, RoleId role) {
  const auto& cluster = facts.cluster();
  if (!cluster.seen(Fact::hba) || !cluster.hba.loads() || !cluster.role(role).login) return {};
  const Piece* best = nullptr;
  const auto rank = [&](const Piece& piece) {
    return part_from(piece, Origin::network) ? 2 : piece.transport == Transport::local ? 0 : 1;
  };
  for (const auto& piece : facts.space().pieces) {
    const auto method = auth_method_named(cluster.hba.records[piece.record].method);
    if (method && method->credential == Credential::refused) continue;
    const bool lets_in = std::any_of(piece.roles.begin(), piece.roles.end(),
                                     [&](auto i) { return facts.space().roles[i].role == role; });
    if (lets_in && (best == nullptr || rank(piece) > rank(*best))) best = &piece;
  }
  if (best == nullptr) return {};
  const auto& record = cluster.hba.records[best->record];
  return {fmt::format("{} logs in by {}:{} ({})", facts.shown(role), displayed(record.at.file),
                      record.at.line, displayed(record.method))};
}

}  // namespace pgleast
