#pragma once
// Who may hold more than scripts say, for they take something for granted:
//
//   GRANT anon TO app;     role anon is assumed: what else anon may do, and app by it, is not known

#include <optional>
#include <vector>

#include "model/assumption.hpp"
#include "model/cluster.hpp"

namespace pgleast {

/// What is not known; none: nothing is assumed.
std::optional<Unseen> unknown_beyond(const Assumptions& assumptions);

/// By role.
std::vector<bool> may_hold_more(const Cluster& cluster, const Assumptions& assumptions);

}  // namespace pgleast
