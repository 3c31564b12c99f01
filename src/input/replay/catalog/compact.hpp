#pragma once
// A cluster without what scripts have dropped: objects, their details and access lists are numbered
// anew, and nothing points to what is gone.

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "model/cluster.hpp"

namespace pgleast {

/// What goes, by number.
struct Gone {
  std::vector<bool> objects;  // as many as there are
  std::set<std::size_t> policies;
};

/// Where each is now.
struct Renumbered {
  std::vector<ObjectId> objects;                       // no_object: it is gone
  std::vector<std::optional<std::uint32_t>> policies;  // none: it is gone
};

Renumbered compact(Cluster& cluster, Gone gone);

}  // namespace pgleast
