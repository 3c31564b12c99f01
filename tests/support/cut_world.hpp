#pragma once
// Small worlds of roles in groups and grants on tables, with what must not be held and what must:
// the fewest edges that end the one and keep the other can be found by trying all choices.

#include <compare>
#include <cstdint>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace pgleast::test {

struct CutWorld {
  struct Edge {
    int from = 0;        // the member or grantee, r0 to r5; -1: PUBLIC
    int to = 0;          // a role, or a table, t0 to t2
    bool grant = false;  // of a table
    auto operator<=>(const Edge&) const = default;
  };
  struct Wish {
    int role = 0, table = 0;
    auto operator<=>(const Wish&) const = default;
  };
  static constexpr int roles = 6, tables = 3;

  std::vector<Edge> edges;
  std::set<Wish> forbidden, required;

  /// Once the edges of `cut`, bit by bit, are gone.
  bool holds(std::uint32_t cut, const Wish& wish) const;
  /// None: what is forbidden cannot be ended without what is required.
  std::optional<int> fewest_cuts() const;
  std::string sql() const;
  std::string policy() const;
};

CutWorld random_cut_world(std::mt19937& random, int least_edges, int most_edges);

}  // namespace pgleast::test
