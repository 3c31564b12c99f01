#pragma once
// Text from outside, made safe to show. A name may hold a newline, an escape
// sequence or invalid UTF-8; shown as it is, it could forge a line of a report or
// drive a terminal.

#include <string>
#include <string_view>
#include <vector>

namespace pgleast {

enum class Tabs { escaped, kept };

/// Printable text as it is; control characters (C0, DEL, C1, line and paragraph
/// separators, bidirectional overrides) and bytes that are no UTF-8 as `\n`, `\t`,
/// `\x1b`, `\u202e`. A backslash stays a backslash.
std::string displayed(std::string_view text, Tabs tabs = Tabs::escaped);

/// Printable ASCII: shown as it is, a column a byte.
bool is_plain(std::string_view text);

/// "a", "a and b", "a, b and c"; more than `most` end in "and 3 more".
std::string listed(const std::vector<std::string>& items, std::size_t most = 6);

/// "1 rule", "2 rules", "2 policies", "2 classes".
std::string counted(std::size_t count, std::string_view noun);

/// A to Z as a to z; other bytes as they are.
std::string lower_case(std::string_view text);

/// The known word that `word` was probably meant to be; empty when none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

/// "; did you mean `memberships`?" or an empty text.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

}  // namespace pgleast
