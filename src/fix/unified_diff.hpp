#pragma once
// A patched file as a change of what it was.

#include <string>

#include "fix/plan.hpp"

namespace pgleast {

/// Three lines around each change; secrets show as stars.
std::string unified_diff(const FilePatch& patch, ConfigKind kind, int version_num);

}  // namespace pgleast
