#include "fix/plain_sql.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace pgleast {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// Behind the quote that closes what begins at `open`; a doubled one does not.
std::size_t end_of_quoted(std::string_view text, std::size_t open, bool escapes) {
  const char quote = text[open];
  for (auto at = open + 1; at < text.size(); ++at) {
    if (escapes && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      if (at + 1 == text.size() || text[at + 1] != quote) return at + 1;
      ++at;
    }
  }
  return text.size();
}

/// Control characters as `format` has it; `doubled`: backslashes mean themselves until now.
std::string escaped(std::string_view quoted, fmt::format_string<int> format, bool doubled) {
  std::string result;
  for (const char c : quoted) {
    if (is_control(c)) {
      result += fmt::format(format, static_cast<int>(static_cast<unsigned char>(c)));
    } else {
      result.append(doubled && c == '\\' ? 2 : 1, c);
    }
  }
  return result;
}

}  // namespace

std::string plain_sql(std::string_view statement) {
  std::string result;
  for (std::size_t at = 0; at < statement.size();) {
    const char c = statement[at];
    if (c != '"' && c != '\'') {
      result += c;
      ++at;
      continue;
    }
    const bool is_escape_string =
        c == '\'' && at > 0 && statement[at - 1] == 'E' &&
        (at == 1 || std::isalnum(static_cast<unsigned char>(statement[at - 2])) == 0);
    const auto end = end_of_quoted(statement, at, is_escape_string);
    const auto quoted = statement.substr(at, end - at);
    at = end;
    if (std::none_of(quoted.begin(), quoted.end(), is_control)) {
      result += quoted;
    } else if (c == '"') {
      result += "U&" + escaped(quoted, "\\{:04X}", true);
    } else {
      result += (is_escape_string ? "" : "E") + escaped(quoted, "\\x{:02x}", !is_escape_string);
    }
  }
  return result;
}

}  // namespace pgleast
