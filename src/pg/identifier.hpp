#pragma once
// SQL text, built so that a name can never become code.

#include <cstddef>
#include <string>
#include <string_view>

namespace pgleast {

/// The server cuts what a client sends to so many (NAMEDATALEN - 1); a longer word of a file
/// matches nothing.
inline constexpr std::size_t most_name_bytes = 63;

/// Always in double quotes: correct for every name, and nobody must know the keywords.
std::string quote_identifier(std::string_view name);

/// 'text' as a string constant that means the same whatever standard_conforming_strings
/// is: E'...' where it holds a backslash.
std::string quote_literal(std::string_view text);

/// As the server shows a name (ruleutils.c, quote_identifier): quoted only where it
/// must be. `major` decides which words are keywords.
std::string shown_identifier(std::string_view name, int major);

/// A dollar-quoted block that `body` cannot leave: the tag is one that does not occur in it.
std::string dollar_quote(std::string_view body);

}  // namespace pgleast
