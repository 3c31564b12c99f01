#pragma once

#include <optional>

#include "model/cluster.hpp"

namespace pgleast {

/// Whether the server leads back to this cluster, by its host and port; none: it cannot be told.
std::optional<bool> leads_back(const Cluster& cluster, const ForeignServerDetail& server);

}  // namespace pgleast
