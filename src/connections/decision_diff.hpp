#pragma once
// Where two decision lists over the same points decide otherwise.

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "connections/decision_list.hpp"

namespace pgleast {

struct Difference {
  std::optional<std::uint32_t> before, after;  // the lines that decide; none where none does
  std::uint8_t transport = 0;
  Region part;
};

/// Which lines, by their keys, stand in the same order in both: of points that no other line holds
/// nothing changes.
std::pair<std::vector<bool>, std::vector<bool>> in_common(const std::vector<std::uint32_t>& before,
                                                          const std::vector<std::uint32_t>& after);

/// Lines with equal keys hold the same points and end in the same way. Parts are disjoint; those
/// for which `alike` says that both lines end in the same way are left out.
std::vector<Difference> differences(
    const DecisionList& before, const std::vector<std::uint32_t>& before_keys,
    const DecisionList& after, const std::vector<std::uint32_t>& after_keys,
    const std::function<bool(std::optional<std::uint32_t>, std::optional<std::uint32_t>)>& alike);

}  // namespace pgleast
