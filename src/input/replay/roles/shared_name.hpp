#pragma once
// Names of what all databases share: roles, databases, tablespaces.
//
//   CREATE ROLE "a
//   b"        ERROR:  role name "a\nb" contains a newline or carriage return character

#include <string>
#include <string_view>

namespace pgleast {

/// Throws Refused. `kind`: role, database, tablespace.
void check_shared_name(std::string_view kind, const std::string& name, int major);

}  // namespace pgleast
