#pragma once
// Whether PostgreSQL takes a text as an advanced regular expression. Since version 16 a
// name in pg_hba.conf that starts with `/` is one, and a bad one keeps the file from loading:
//
//   /^app_(ro|rw)$     fine
//   /^app_(ro|rw$      parentheses () not balanced

#include <optional>
#include <string>
#include <string_view>

namespace pgleast {

/// Why it is refused, in the server's words; absent when it is fine. Bytes above 127 are
/// letters, as they are while pg_hba.conf is read.
std::optional<std::string> regex_error(std::string_view pattern);

}  // namespace pgleast
