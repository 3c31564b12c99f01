#pragma once
// Comma lists inside a value (varlena.c):
//
//   radiusservers = "10.0.0.1, 10.0.0.2"    SplitGUCList: names as they are
//   search_path = '"$user", Shop, "Old"'    SplitIdentifierString: $user, shop, Old

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pg/identifier.hpp"

namespace pgleast {

/// At most so many bytes, and no part of a character (mbutils.c, pg_mbcliplen).
std::string cut_name(std::string name, std::size_t bytes = most_name_bytes);

/// Absent for what the server calls a syntax error: an empty name, an open quote. A vertical
/// tab is blank from version 17 on (scansup.c, scanner_isspace).
std::optional<std::vector<std::string>> split_guc_list(std::string_view text, int major);

/// The same, but names are identifiers: in lower case unless quoted, cut to 63 bytes.
std::optional<std::vector<std::string>> split_identifiers(std::string_view text, int major);

/// What a search_path names. `""` is no schema; a text that the server refuses names none.
std::vector<std::string> schemas_of_path(std::string_view text, int major);

}  // namespace pgleast
