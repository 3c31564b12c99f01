#include "pg/secret_text.hpp"

#include <algorithm>
#include <cctype>

#include "pg/setting_table.hpp"

namespace pgleast {
namespace {

using Range = std::pair<std::size_t, std::size_t>;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool opens_quote(char c) { return c == '\\' || c == '\'' || c == '"'; }

/// A value of a conninfo or a shell assignment that starts at `begin`: quoted (a quote of a
/// configuration file may be doubled or escaped) or up to a blank.
Range value_at(std::string_view text, std::size_t begin) {
  std::size_t at = begin;
  while (at < text.size() && opens_quote(text[at])) ++at;
  if (at == begin) {
    while (at < text.size() && !is_blank(text[at]) && text[at] != '\'' && text[at] != '"' &&
           text[at] != '&' && text[at] != ';') {
      ++at;
    }
    return {begin, at};
  }
  const auto opening = text.substr(begin, at - begin);
  const auto closing = text.find(opening, at);
  return {at, std::min(closing, text.size())};
}

/// `name` and `=`, blanks allowed around it. Where the value starts; npos when there is none.
std::size_t after_assignment(std::string_view text, std::size_t name_end) {
  auto at = name_end;
  while (at < text.size() && is_blank(text[at])) ++at;
  if (at >= text.size() || text[at] != '=') return std::string_view::npos;
  ++at;
  while (at < text.size() && is_blank(text[at])) ++at;
  return at;
}

void find_assignments(std::string_view text, std::vector<Range>& found) {
  const auto key = setting_key(text);
  for (const std::string_view word : {"password", "passwd", "secret", "passphrase"}) {
    std::size_t plain_end = 0;  // of a value without quotes: another inside it ends there, too
    for (auto at = key.find(word); at != std::string::npos; at = key.find(word, at + 1)) {
      const auto begin = after_assignment(text, at + word.size());
      if (begin == std::string_view::npos) continue;
      if (begin < plain_end && !opens_quote(text[begin])) continue;
      const auto range = value_at(text, begin);
      if (range.second > range.first) found.push_back(range);
      if (range.first == begin) plain_end = range.second;
    }
  }
  for (auto at = key.find("pass:"); at != std::string::npos; at = key.find("pass:", at + 1)) {
    const bool inside_word = at > 0 && std::isalpha(static_cast<unsigned char>(key[at - 1])) != 0;
    const auto range = value_at(text, at + 5);
    if (!inside_word && range.second > range.first) found.push_back(range);
  }
}

/// scheme://user:secret@host
void find_in_urls(std::string_view text, std::vector<Range>& found) {
  for (auto at = text.find("://"); at != std::string_view::npos; at = text.find("://", at + 1)) {
    const auto begin = at + 3;
    const auto end = std::min(text.find_first_of("/ \t\n\r'\"?", begin), text.size());
    const auto authority = text.substr(begin, end - begin);
    const auto sign = authority.rfind('@');
    const auto colon = authority.find(':');
    if (sign == std::string_view::npos || colon == std::string_view::npos || colon + 1 >= sign) {
      continue;
    }
    found.emplace_back(begin + colon + 1, begin + sign);
  }
}

}  // namespace

std::vector<Range> secrets_in(std::string_view text) {
  std::vector<Range> found;
  find_assignments(text, found);
  find_in_urls(text, found);
  std::sort(found.begin(), found.end());
  std::vector<Range> apart;
  for (const auto& range : found) {
    if (!apart.empty() && range.first < apart.back().second) {
      apart.back().second = std::max(apart.back().second, range.second);
    } else {
      apart.push_back(range);
    }
  }
  return apart;
}

std::string masked_text(std::string_view text) {
  std::string result;
  std::size_t at = 0;
  for (const auto& [begin, end] : secrets_in(text)) {
    result.append(text.substr(at, begin - at)).append(secret_mask);
    at = end;
  }
  return result.append(text.substr(at));
}

std::string masked_setting(std::string_view name, std::string_view value) {
  // The command may be `echo secret`: nothing of it can be told apart.
  if (setting_key(name) == "ssl_passphrase_command" && !value.empty()) {
    return std::string(secret_mask);
  }
  return masked_text(value);
}

}  // namespace pgleast
