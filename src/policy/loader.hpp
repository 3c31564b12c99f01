#pragma once
// From names and files to one Policy: packs, `extends`, overrides, and what contradicts.

#include <string>
#include <vector>

#include "policy/policy.hpp"

namespace pgleast {

/// Each of `names` is a pack's name (`baseline`), a pack's folder or a policy file; later
/// ones win. None: the baseline. Throws Error (usage) at the place of what is wrong.
Policy load_policy(const std::vector<std::string>& names);

/// The names of the packs that are part of the binary, sorted.
std::vector<std::string> pack_names();

}  // namespace pgleast
