#pragma once
// A cluster as initdb leaves it: the bootstrap superuser `postgres`, the predefined roles,
// postgres, template0 and template1, and what lies in these but for the catalogs.

#include "model/cluster.hpp"

namespace pgleast {

/// What lies in the databases is unseen until something is made there.
Cluster fresh_cluster(int version_num);

/// Whether objects are unseen because nothing was made in any database yet.
bool is_untouched(const Cluster& cluster);

/// Adds what lies in a database that nobody changed: schemas, languages.
void add_fresh_contents(Cluster& cluster, ObjectId database);

}  // namespace pgleast
