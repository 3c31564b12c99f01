#pragma once
// Two clusters that are read apart, numbered alike, so that losses() can compare them: what one of
// them lacks is there with no right to it and of no use.
//
//   before: roles a, b      after: roles b, c      both: a, b, c; c of before may do nothing

#include <utility>
#include <vector>

#include "model/cluster.hpp"

namespace pgleast {

struct AlignedClusters {
  Cluster before, after;
  std::vector<bool> object_was, object_is;  // of each object: whether it was there, and is
};

AlignedClusters align(Cluster before, Cluster after);

}  // namespace pgleast
