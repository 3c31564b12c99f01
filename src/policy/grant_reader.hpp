#pragma once
// The `grants` of a policy: ceilings and floors.

#include <vector>

#include "policy/policy.hpp"

namespace pgleast {

/// Each kind of object in an item is an entry of its own. Throws Error (usage).
std::vector<GrantEntry> read_grants(const YamlNode& node);

/// A floor above another entry's ceiling for the same grantee and the same objects is
/// refused, with both places.
void check_contradictions(const std::vector<GrantEntry>& entries);

}  // namespace pgleast
