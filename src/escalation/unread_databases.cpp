#include "escalation/unread_databases.hpp"

#include <fmt/format.h>

#include "text/display.hpp"

namespace pgleast {

std::optional<Unseen> unread_databases(const Cluster& cluster,
                                       const std::optional<std::string>& only) {
  std::vector<std::string> names;
  for (const auto& o : cluster.objects) {
    if (o.kind != ObjectKind::database || cluster.server.empty()) continue;
    const auto& detail = cluster.databases[o.detail];
    const bool asked = !only || o.name == *only;
    if (asked && detail.allows_connections && !detail.read) names.push_back(displayed(o.name));
  }
  if (names.empty()) return std::nullopt;
  return Unseen{
      fmt::format("what is in {} was not looked at, and code there may lead up", listed(names)),
      "--all-databases"};
}

}  // namespace pgleast
