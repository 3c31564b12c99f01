#pragma once
// Sets of small numbers as sorted, disjoint ranges. The origins of connections are numbered
// by the ends of the ranges that the records name, so that no set needs the addresses.

#include <cstdint>
#include <vector>

namespace pgleast {

/// Both ends belong to it.
struct RankRange {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  bool operator==(const RankRange&) const = default;
  auto operator<=>(const RankRange&) const = default;
};

/// INVARIANT: ascending, disjoint, not touching.
using RankSet = std::vector<RankRange>;

/// Of ranges in any order that may overlap.
RankSet rank_set(std::vector<RankRange> ranges);
RankSet without(const RankSet& set, const RankSet& taken);
RankSet intersection(const RankSet& a, const RankSet& b);
bool intersects(const RankSet& a, const RankSet& b);
bool covers(const RankSet& a, const RankSet& b);

}  // namespace pgleast
