#pragma once
// The orders that Cluster promises for what it has of code (code.hpp), whoever read it.

#include "model/cluster.hpp"

namespace pgleast {

void sort_code(Cluster& cluster);

}  // namespace pgleast
