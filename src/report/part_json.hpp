#pragma once
// Parts of the connection space for scripts.

#include <nlohmann/json.hpp>
#include <vector>

#include "connections/wording.hpp"

namespace pgleast {

/// [{"transports": [...], "roles": {...}, "databases": {...}, "addresses": [...], "witness": ...}];
/// `roles` and `databases` are {"names": [...]} or {"all_but": [...]}. Of more than 1,000 ranges
/// of addresses the last item is "...".
nlohmann::ordered_json parts_json(const Wording& wording, const ConnectionClasses& classes,
                                  const std::vector<Part>& parts);

}  // namespace pgleast
