#pragma once
// Parts of the connection space as results: over which transports, and which points.

#include <cstdint>
#include <utility>
#include <vector>

#include "connections/connection_classes.hpp"

namespace pgleast {

struct Part {
  std::vector<Transport> transports;  // ascending
  Region region;                      // of the ConnectionClasses's classes
};

/// Disjoint regions of transports (bits' numbers of Line::transports), put together where sides
/// are equal; sorted.
std::vector<Part> parts_of(const ConnectionClasses& classes,
                           std::vector<std::pair<std::uint8_t, Region>>&& regions);

}  // namespace pgleast
