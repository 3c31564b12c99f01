#pragma once
// A Cluster that did not come from our own readers may hold numbers that lead nowhere.

#include "model/cluster.hpp"

namespace pgleast {

/// Throws Error (unreadable) when an id of `cluster` refers to nothing.
void check_numbers(const Cluster& cluster);

}  // namespace pgleast
