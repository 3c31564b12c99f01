#pragma once
// A cluster as initdb leaves it, as far as roles and databases go: the bootstrap superuser
// `postgres`, the predefined roles, postgres, template0 and template1.

#include "model/cluster.hpp"

namespace pgleast {

/// What lies in the databases, and what is granted on it, is unseen.
Cluster fresh_cluster(int version_num);

}  // namespace pgleast
