#pragma once
// The server that a document declares, read as the server would read it: records, mappings and
// settings keep the places that they have in the document.

#include "input/platforms/declared/declared_server.hpp"
#include "model/assumption.hpp"
#include "model/cluster.hpp"

namespace pgleast {

/// On top of a cluster as initdb leaves it; before scripts are run. Throws Error.
void read_declared(const DeclaredServer& server, Cluster& cluster);
/// What stands in no script and is done before those: databases, passwords. What the document does
/// not say of roles is unseen. What its statements use and none of them makes is assumed.
void replay_declared(const DeclaredServer& server, Cluster& cluster, Assumptions* assumptions);

}  // namespace pgleast
