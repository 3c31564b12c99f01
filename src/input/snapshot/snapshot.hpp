#pragma once
// A Cluster as one JSON file: everything that was read and what could not be, so that
// every command says of the file what it says of the server. No secret is in it.

#include <string>

#include "model/cluster.hpp"
#include "text/files.hpp"
#include "text/source.hpp"

namespace pgleast {

/// Ends in a line break; the same cluster always makes the same text.
void write_snapshot(Cluster cluster, const Write& write);
std::string write_snapshot(Cluster cluster);

/// The inverse. Throws Error (unreadable) with its place for text that is cut off, is no
/// JSON, is of another schema, or whose numbers lead nowhere.
Cluster read_snapshot(const Source& source);

}  // namespace pgleast
