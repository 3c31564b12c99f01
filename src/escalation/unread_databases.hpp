#pragma once
// Databases of a server that were not read: code in them may lead up, and from there anywhere.

#include <optional>

#include "model/cluster.hpp"

namespace pgleast {

/// Those that one can connect to; with `only`, that one alone matters. None: all were read.
std::optional<Unseen> unread_databases(const Cluster& cluster,
                                       const std::optional<std::string>& only = std::nullopt);

}  // namespace pgleast
