#include "support/cut_world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace pgleast::test {
namespace {

std::set<int> groups_of(const CutWorld& world, std::uint32_t cut, int role) {
  std::set<int> reached{role};
  for (bool more = true; more;) {
    more = false;
    for (std::size_t e = 0; e < world.edges.size(); ++e) {
      const auto& edge = world.edges[e];
      if (edge.grant || (cut >> e & 1U) != 0 || !reached.contains(edge.from)) continue;
      more = reached.insert(edge.to).second || more;
    }
  }
  return reached;
}

}  // namespace

bool CutWorld::holds(std::uint32_t cut, const Wish& wish) const {
  const auto groups = groups_of(*this, cut, wish.role);
  for (std::size_t e = 0; e < edges.size(); ++e) {
    const auto& edge = edges[e];
    if (!edge.grant || (cut >> e & 1U) != 0 || edge.to != wish.table) continue;
    if (edge.from < 0 || groups.contains(edge.from)) return true;
  }
  return false;
}

std::optional<int> CutWorld::fewest_cuts() const {
  std::optional<int> best;
  for (std::uint32_t cut = 0; cut < (1U << edges.size()); ++cut) {
    const auto count = std::popcount(cut);
    if (best && count >= *best) continue;
    const bool ended = std::none_of(forbidden.begin(), forbidden.end(),
                                    [&](const Wish& wish) { return holds(cut, wish); });
    const bool kept = std::all_of(required.begin(), required.end(),
                                  [&](const Wish& wish) { return holds(cut, wish); });
    if (ended && kept) best = count;
  }
  return best;
}

CutWorld random_cut_world(std::mt19937& random, int least_edges, int most_edges) {
  using Edge = CutWorld::Edge;
  constexpr int roles = CutWorld::roles, tables = CutWorld::tables;
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  std::set<Edge> edges;
  const auto wanted = static_cast<std::size_t>(least_edges + below(most_edges - least_edges + 1));
  while (edges.size() < wanted) {
    const int from = below(roles);
    if (below(5) < 3) {
      // Never round in a circle.
      if (from + 1 < roles) edges.insert({from, from + 1 + below(roles - from - 1), false});
    } else {
      edges.insert({below(8) == 0 ? -1 : from, below(tables), true});
    }
  }
  CutWorld world{{edges.begin(), edges.end()}, {}, {}};
  for (int i = 2 + below(5); i > 0; --i) world.forbidden.insert({below(roles), below(tables)});
  for (int i = below(4); i > 0; --i) {
    const CutWorld::Wish wish{below(roles), below(tables)};
    if (!world.forbidden.contains(wish) && world.holds(0, wish)) world.required.insert(wish);
  }
  return world;
}

std::string CutWorld::sql() const {
  std::string sql;
  for (int r = 0; r < roles; ++r) sql += fmt::format("CREATE ROLE r{};", r);
  for (int t = 0; t < tables; ++t) sql += fmt::format("CREATE TABLE t{} (a int);", t);
  for (const auto& edge : edges) {
    sql += edge.grant ? fmt::format("GRANT SELECT ON t{} TO {};", edge.to,
                                    edge.from < 0 ? "PUBLIC" : fmt::format("r{}", edge.from))
                      : fmt::format("GRANT r{} TO r{};", edge.to, edge.from);
  }
  return sql;
}

std::string CutWorld::policy() const {
  std::string text = "policy: 1\nextends: [model]\naccess:\n";
  for (const auto& [role, table] : forbidden) {
    text += fmt::format(
        "  - {{id: f{0}-{1}, who: r{0}, cannot: [SELECT], on: \"table:public.t{1}\"}}\n", role,
        table);
  }
  if (!required.empty()) text += "grants:\n";
  for (const auto& [role, table] : required) {
    text += fmt::format(
        "  - {{to: r{}, tables: {{schema: public, names: [t{}], require: [SELECT]}}}}\n", role,
        table);
  }
  return text;
}

}  // namespace pgleast::test
