#include "connections/rank_set.hpp"

#include <algorithm>

namespace pgleast {
namespace {

// The first range of `set` that ends at `rank` or later.
RankSet::const_iterator from(const RankSet& set, std::uint32_t rank) {
  return std::lower_bound(set.begin(), set.end(), rank,
                          [](const RankRange& r, std::uint32_t n) { return r.last < n; });
}

}  // namespace

RankSet rank_set(std::vector<RankRange> ranges) {
  std::sort(ranges.begin(), ranges.end());
  RankSet result;
  for (const auto& range : ranges) {
    if (!result.empty() && range.first <= result.back().last + 1) {
      result.back().last = std::max(result.back().last, range.last);
    } else {
      result.push_back(range);
    }
  }
  return result;
}

RankSet without(const RankSet& set, const RankSet& taken) {
  RankSet result;
  if (set.empty()) return result;
  auto t = from(taken, set.front().first);
  for (auto range : set) {
    while (t != taken.end() && t->last < range.first) ++t;
    bool left = true;
    for (auto cut = t; left && cut != taken.end() && cut->first <= range.last; ++cut) {
      if (range.first < cut->first) result.push_back({range.first, cut->first - 1});
      left = cut->last < range.last;
      if (left) range.first = cut->last + 1;
    }
    if (left) result.push_back(range);
  }
  return result;
}

RankSet intersection(const RankSet& a, const RankSet& b) {
  RankSet result;
  if (a.empty()) return result;
  auto j = from(b, a.front().first);
  for (auto i = a.begin(); i != a.end() && j != b.end();) {
    const RankRange common{std::max(i->first, j->first), std::min(i->last, j->last)};
    if (common.first <= common.last) result.push_back(common);
    if (i->last < j->last) {
      ++i;
    } else {
      ++j;
    }
  }
  return result;
}

bool intersects(const RankSet& a, const RankSet& b) {
  const auto& few = a.size() < b.size() ? a : b;
  const auto& many = a.size() < b.size() ? b : a;
  return std::any_of(few.begin(), few.end(), [&](const RankRange& range) {
    const auto found = from(many, range.first);
    return found != many.end() && found->first <= range.last;
  });
}

bool covers(const RankSet& a, const RankSet& b) {
  return std::all_of(b.begin(), b.end(), [&](const RankRange& range) {
    const auto found = from(a, range.first);
    return found != a.end() && found->first <= range.first && range.last <= found->last;
  });
}

}  // namespace pgleast
