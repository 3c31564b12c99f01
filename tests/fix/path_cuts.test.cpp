// A plan cuts as few edges as there is any way to end all that is forbidden with: every choice of
// edges is tried on small worlds.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <random>
#include <set>

#include "fix/plan.hpp"
#include "policies/examples.hpp"
#include "support/catch.hpp"
#include "support/script_cluster.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

constexpr int roles = 6, tables = 3;  // r0 to r5, t0 to t2

struct Edge {
  int from = 0;        // the member or grantee; -1: PUBLIC
  int to = 0;          // a role, or a table
  bool grant = false;  // of a table
  auto operator<=>(const Edge&) const = default;
};

struct Wish {
  int role = 0, table = 0;
  auto operator<=>(const Wish&) const = default;
};

struct World {
  std::vector<Edge> edges;
  std::set<Wish> forbidden, required;
};

std::set<int> groups_of(const World& world, std::uint32_t cut, int role) {
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

bool holds(const World& world, std::uint32_t cut, const Wish& wish) {
  const auto groups = groups_of(world, cut, wish.role);
  for (std::size_t e = 0; e < world.edges.size(); ++e) {
    const auto& edge = world.edges[e];
    if (!edge.grant || (cut >> e & 1U) != 0 || edge.to != wish.table) continue;
    if (edge.from < 0 || groups.contains(edge.from)) return true;
  }
  return false;
}

std::optional<int> fewest(const World& world) {
  std::optional<int> best;
  for (std::uint32_t cut = 0; cut < (1U << world.edges.size()); ++cut) {
    const auto count = std::popcount(cut);
    if (best && count >= *best) continue;
    const bool ended = std::none_of(world.forbidden.begin(), world.forbidden.end(),
                                    [&](const Wish& wish) { return holds(world, cut, wish); });
    const bool kept = std::all_of(world.required.begin(), world.required.end(),
                                  [&](const Wish& wish) { return holds(world, cut, wish); });
    if (ended && kept) best = count;
  }
  return best;
}

World random_world(std::mt19937& random) {
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  std::set<Edge> edges;
  for (int i = 4 + below(9); i > 0; --i) {
    const int from = below(roles);
    if (below(5) < 3) {
      // Never round in a circle.
      if (from + 1 < roles) edges.insert({from, from + 1 + below(roles - from - 1), false});
    } else {
      edges.insert({below(8) == 0 ? -1 : from, below(tables), true});
    }
  }
  World world{{edges.begin(), edges.end()}, {}, {}};
  for (int i = 2 + below(5); i > 0; --i) world.forbidden.insert({below(roles), below(tables)});
  for (int i = below(4); i > 0; --i) {
    const Wish wish{below(roles), below(tables)};
    if (!world.forbidden.contains(wish) && holds(world, 0, wish)) world.required.insert(wish);
  }
  return world;
}

std::string sql_of(const World& world) {
  std::string sql;
  for (int r = 0; r < roles; ++r) sql += fmt::format("CREATE ROLE r{};", r);
  for (int t = 0; t < tables; ++t) sql += fmt::format("CREATE TABLE t{} (a int);", t);
  for (const auto& edge : world.edges) {
    sql += edge.grant ? fmt::format("GRANT SELECT ON t{} TO {};", edge.to,
                                    edge.from < 0 ? "PUBLIC" : fmt::format("r{}", edge.from))
                      : fmt::format("GRANT r{} TO r{};", edge.to, edge.from);
  }
  return sql;
}

std::string policy_of(const World& world) {
  std::string text = "policy: 1\nextends: [model]\naccess:\n";
  for (const auto& [role, table] : world.forbidden) {
    text += fmt::format(
        "  - {{id: f{0}-{1}, who: r{0}, cannot: [SELECT], on: \"table:public.t{1}\"}}\n", role,
        table);
  }
  if (!world.required.empty()) text += "grants:\n";
  for (const auto& [role, table] : world.required) {
    text += fmt::format(
        "  - {{to: r{}, tables: {{schema: public, names: [t{}], require: [SELECT]}}}}\n", role,
        table);
  }
  return text;
}

}  // namespace

TEST_CASE("a plan is as small as the smallest that there is", "[fix][plan]") {
  std::mt19937 random(11);
  int cut = 0, impossible = 0;
  for (int i = 0; i < 1'000; ++i) {
    const auto world = random_world(random);
    const auto sql = sql_of(world), policy = policy_of(world);
    INFO(sql << "\n" << policy);
    const auto plan = make_plan(script_cluster(sql), Auditor(policy_of_text(policy), "2026-01-01"));
    const auto best = fewest(world);
    if (!best) {
      ++impossible;
      CHECK_FALSE(plan.contradictions.empty());
      continue;
    }
    std::string statements;
    for (const auto& section : plan.sections) {
      statements += fmt::format("{}\n", fmt::join(section.sql, "\n"));
    }
    INFO(statements);
    cut += *best > 0 ? 1 : 0;
    CHECK(plan.statements() == static_cast<std::size_t>(*best));
    CHECK(plan.fewest);
    CHECK(sorted_findings(plan.after).empty());
  }
  CHECK(cut > 500);
  CHECK(impossible > 20);
}
