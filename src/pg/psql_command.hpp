#pragma once
// What a person types to run a script, for the comment at its head:
//
//   psql -v ON_ERROR_STOP=1 -d shop -f fix.sql
//   psql -v ON_ERROR_STOP=1 -d 'a b; rm' -f fix.sql
//   psql -v ON_ERROR_STOP=1 -d 'dbname='\''a=b'\''' -f fix.sql

#include <string>
#include <string_view>

namespace pgleast {

/// One word for a shell, always on one line: control characters as $'a\012b', which bash, ksh and
/// zsh take.
std::string shell_word(std::string_view text);

/// Without a database: DATABASE stands for one.
std::string psql_command(std::string_view database, std::string_view file);

}  // namespace pgleast
