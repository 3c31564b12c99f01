#include "input/config/auth_remarks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "input/config/logical_lines.hpp"

namespace pgleast {
namespace {

bool is_auth_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/// Where the comment of a line begins: quotes hide a `#`.
std::optional<std::size_t> comment_in(std::string_view line) {
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') quoted = !quoted;
    if (line[i] == '#' && !quoted) return i;
  }
  return std::nullopt;
}

std::uint32_t line_of(std::string_view text, std::size_t at) {
  const auto before = text.substr(0, std::min(at, text.size()));
  return static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n') + 1);
}

/// Whether a line says anything but a comment.
bool says_something(std::string_view line) {
  const auto first = std::find_if_not(line.begin(), line.end(), is_auth_blank);
  return first != line.end() && *first != '#' && *first != '\n';
}

void add_swallowed(std::string_view text, std::uint32_t number, std::size_t begin, std::size_t end,
                   std::vector<AuthRemark>& remarks) {
  for (auto at = text.find('\n', begin); at < end; at = text.find('\n', at + 1)) {
    ++number;
    if (!says_something(text.substr(at + 1, end - at - 1))) continue;
    remarks.push_back({AuthRemark::Kind::swallowed_line, number,
                       "belongs to the comment before it, which ends in a backslash: the server "
                       "does not read it"});
  }
}

}  // namespace

std::vector<AuthRemark> auth_remarks(std::string_view text, int version_num) {
  std::vector<AuthRemark> result;
  for (LogicalLines lines(text, version_num); lines.next();) {
    const auto line = lines.line();
    const auto comment = comment_in(line);
    if (!comment) continue;
    const auto span = lines.original(*comment, line.size());
    const auto number = line_of(text, span.begin);
    if (*comment > 0 && !is_auth_blank(line[*comment - 1]) && line[*comment - 1] != ',') {
      result.push_back({AuthRemark::Kind::comment_in_word, number,
                        "a `#` within a word begins a comment: what follows it is not read; in "
                        "quotes it is a character like any other"});
    }
    add_swallowed(text, number, span.begin, span.end, result);
  }
  return result;
}

}  // namespace pgleast
