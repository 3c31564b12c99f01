#pragma once
// A statement for a file that a person reads, and a terminal shows: names and constants say their
// control characters.
//
//   DROP ROLE "red<ESC>[31m";     DROP ROLE U&"red\001B[31m";

#include <string>
#include <string_view>

namespace pgleast {

/// The same statement; what is between quotes has no byte below a blank, and no DEL.
std::string plain_sql(std::string_view statement);

}  // namespace pgleast
