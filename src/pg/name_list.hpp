#pragma once
// Comma lists inside a value: `radiusservers="10.0.0.1, 10.0.0.2"` (varlena.c, SplitGUCList).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgleast {

/// Absent for what the server calls a syntax error: an empty name, an open quote. A vertical
/// tab is blank from version 17 on (scansup.c, scanner_isspace).
std::optional<std::vector<std::string>> split_guc_list(std::string_view text, int major);

}  // namespace pgleast
