#pragma once
// Columns of a line that is edited: what follows a field stays where it stood, where there is room.
//
//   host    all   all   0.0.0.0/0      trust            # why
//   hostssl all   all   10.20.0.0/16   scram-sha-256    # why

#include <cstddef>
#include <string>
#include <string_view>

namespace pgleast {

/// Where what follows that text on its line would stand, from 0.
std::size_t column_after(std::string_view text);

/// The blanks to put after `after` so that the next field stands where it did when `gap` stood
/// after `before`; at least one. Both begin where a line does. A gap that is more than blanks, or
/// none, stays as it is.
std::string kept_gap(std::string_view before, std::string_view gap, std::string_view after);

/// The fields of `line`, each in the column of the same field of another line, whose gaps it takes.
std::string in_columns_of(std::string_view other, std::string_view line);

}  // namespace pgleast
