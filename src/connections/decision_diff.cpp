#include "connections/decision_diff.hpp"

#include <algorithm>
#include <unordered_map>

namespace pgleast {
namespace {

using Keys = std::vector<std::uint32_t>;
using Pairs = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

// The keys that both have exactly once, with their places.
Pairs once_in_both(const Keys& a, std::size_t begin, std::size_t a_end, const Keys& b,
                   std::size_t b_end) {
  struct Seen {
    std::uint32_t in_a = 0, in_b = 0, a = 0, b = 0;
  };
  std::unordered_map<std::uint32_t, Seen> seen;
  for (auto i = begin; i < a_end; ++i) {
    auto& s = seen[a[i]];
    ++s.in_a;
    s.a = static_cast<std::uint32_t>(i);
  }
  for (auto i = begin; i < b_end; ++i) {
    auto& s = seen[b[i]];
    ++s.in_b;
    s.b = static_cast<std::uint32_t>(i);
  }
  Pairs result;
  for (const auto& [key, s] : seen) {
    if (s.in_a == 1 && s.in_b == 1) result.emplace_back(s.a, s.b);
  }
  std::sort(result.begin(), result.end());
  return result;
}

// The longest run of pairs, in the order of the first, whose second ones ascend.
Pairs ascending(const Pairs& pairs) {
  constexpr auto none = static_cast<std::size_t>(-1);
  std::vector<std::size_t> tails, previous(pairs.size(), none);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto at =
        std::lower_bound(tails.begin(), tails.end(), pairs[i].second,
                         [&](std::size_t t, std::uint32_t b) { return pairs[t].second < b; });
    if (at != tails.begin()) previous[i] = *(at - 1);
    if (at == tails.end()) {
      tails.push_back(i);
    } else {
      *at = i;
    }
  }
  Pairs result;
  for (auto i = tails.empty() ? none : tails.back(); i != none; i = previous[i]) {
    result.push_back(pairs[i]);
  }
  std::reverse(result.begin(), result.end());
  return result;
}

void add_uncommon(const DecisionList& list, const std::vector<bool>& common,
                  std::vector<Line>& lines) {
  for (std::size_t i = 0; i < common.size(); ++i) {
    if (!common[i]) lines.push_back(list.lines()[i]);
  }
}

}  // namespace

std::pair<std::vector<bool>, std::vector<bool>> in_common(const Keys& a, const Keys& b) {
  std::vector<bool> a_common(a.size()), b_common(b.size());
  const auto keep = [&](std::size_t i, std::size_t j) { a_common[i] = b_common[j] = true; };
  std::size_t begin = 0, a_end = a.size(), b_end = b.size();
  for (; begin < a_end && begin < b_end && a[begin] == b[begin]; ++begin) keep(begin, begin);
  while (a_end > begin && b_end > begin && a[a_end - 1] == b[b_end - 1]) keep(--a_end, --b_end);
  for (const auto& [i, j] : ascending(once_in_both(a, begin, a_end, b, b_end))) keep(i, j);
  return {a_common, b_common};
}

std::vector<Difference> differences(
    const DecisionList& before, const Keys& before_keys, const DecisionList& after,
    const Keys& after_keys,
    const std::function<bool(std::optional<std::uint32_t>, std::optional<std::uint32_t>)>& alike) {
  const auto [before_common, after_common] = in_common(before_keys, after_keys);
  std::vector<Line> uncommon;
  add_uncommon(before, before_common, uncommon);
  add_uncommon(after, after_common, uncommon);
  const auto touched = before.with_lines(std::move(uncommon));
  std::vector<Difference> result;
  const auto compare = [&](std::uint8_t transport, const Region& region) {
    for (const auto& was : before.decide(region, transport)) {
      for (const auto& is : after.decide(was.part, transport)) {
        if (!alike(was.line, is.line)) result.push_back({was.line, is.line, transport, is.part});
      }
    }
  };
  for (std::uint32_t i = 0; i < touched.lines().size(); ++i) {
    for (std::uint8_t t = 0; t < touched.transports(); ++t) {
      if ((touched.lines()[i].transports & (1U << t)) == 0) continue;
      for (const auto& region : touched.left(touched.region(i), t, i)) compare(t, region);
    }
  }
  return result;
}

}  // namespace pgleast
