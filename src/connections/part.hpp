#pragma once
// Parts of the connection space as results: over which transports, and which points.

#include <cstdint>
#include <utility>
#include <vector>

#include "connections/universe.hpp"

namespace pgleast {

struct Part {
  std::vector<Transport> transports;  // ascending
  Region region;                      // of the Universe's classes
};

/// Disjoint regions of transports (bits' numbers of Line::transports), put together where sides
/// are equal; sorted.
std::vector<Part> parts_of(const Universe& universe,
                           std::vector<std::pair<std::uint8_t, Region>>&& regions);

}  // namespace pgleast
