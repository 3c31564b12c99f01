#pragma once
// Long lines for a terminal, broken between words.

#include <string>
#include <string_view>
#include <vector>

namespace pgleast {

/// `text` as lines of at most `width` characters; a word that is longer is a line of its own.
/// 0: one line. Nothing but the blanks at the breaks is lost.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

}  // namespace pgleast
