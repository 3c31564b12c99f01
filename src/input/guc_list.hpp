#pragma once
// Comma lists inside a value: `radiusservers="10.0.0.1, 10.0.0.2"` (varlena.c, SplitGUCList).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgleast {

/// Absent for what the server calls a syntax error: an empty name, an open quote.
std::optional<std::vector<std::string>> split_guc_list(std::string_view text);

}  // namespace pgleast
