#pragma once
// FOR VALUES of a partition:
//
//   IN (1, NULL)                          {"list", "1", "NULL"}
//   FROM (1, 2) TO (9, MAXVALUE)          {"range", "1", "2", "9", "MAXVALUE"}
//   WITH (MODULUS 4, REMAINDER 1)         {"hash", "4", "1"}
//   DEFAULT                               {"default"}

#include <string>
#include <vector>

#include "input/replay/catalog/catalog.hpp"

namespace pgleast {

using PartitionBound = std::vector<std::string>;

/// Empty where it is no constant.
PartitionBound partition_bound(const SqlNode& node);
/// Throws Refused where another partition of `parent` takes some of the same rows, or it takes
/// none.
void need_no_overlap(const SqlCatalog& catalog, EntityId parent, const PartitionBound& bound);

}  // namespace pgleast
