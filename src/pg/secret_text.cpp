#include "pg/secret_text.hpp"

#include <algorithm>
#include <cctype>

#include "pg/secret_name.hpp"
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

bool in_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
}

/// `AWS_SECRET_ACCESS_KEY=...`, `?token=...&sig=...`: a name that speaks of a secret, and `=`.
void find_named_values(std::string_view text, std::vector<Range>& found) {
  constexpr std::size_t longest_name = 64;
  std::size_t plain_end = 0;
  for (auto sign = text.find('='); sign != std::string_view::npos;
       sign = text.find('=', sign + 1)) {
    auto begin = sign;
    while (begin > 0 && sign - begin < longest_name && in_name(text[begin - 1])) --begin;
    const auto name = text.substr(begin, sign - begin);
    if (name.find('.') != std::string_view::npos || sign < plain_end || !names_secret(name)) {
      continue;
    }
    const auto range = value_at(text, sign + 1);
    if (range.second > range.first) found.push_back(range);
    plain_end = range.second;
  }
}

/// A word of a command that starts at `at`, past blanks; without the quotes around it.
Range word_at(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return value_at(text, at);
}

/// `curl -u user:secret`, `--user user:secret`.
void add_after_colon(std::string_view text, Range word, std::vector<Range>& found) {
  const auto colon = text.find(':', word.first);
  if (colon >= word.second || text.substr(colon, 3) == "://") return;
  if (colon + 1 < word.second) found.emplace_back(colon + 1, word.second);
}

/// `mysqldump -pSecret`: no number (a port), and no cluster of small letters (`tar -pxzf`) unless
/// the program is known to take a password so.
void add_short_option(std::string_view text, std::size_t option, std::vector<Range>& found) {
  const auto line = text.rfind('\n', option);
  const auto before = text.substr(line == std::string_view::npos ? 0 : line,
                                  option - (line == std::string_view::npos ? 0 : line));
  const auto runs = [&](std::string_view program) {
    return before.find(program) != std::string_view::npos;
  };
  const bool known = runs("mysql") || runs("mariadb") || runs("7z") || runs("sshpass");
  auto word = value_at(text, option + 2);
  if (option + 2 < text.size() && is_blank(text[option + 2])) {
    if (!runs("sshpass")) return;
    word = word_at(text, option + 2);
  }
  const auto value = text.substr(word.first, word.second - word.first);
  const auto is = [&](auto&& of) { return std::all_of(value.begin(), value.end(), of); };
  const bool number = is([](unsigned char c) { return std::isdigit(c) != 0; });
  const bool small = is([](unsigned char c) { return std::islower(c) != 0; });
  if (value.empty() || (!known && (number || small || value.size() < 3))) return;
  found.push_back(word);
}

/// `--passphrase secret`, `-u user:secret`, `-pSecret`.
void find_options(std::string_view text, std::vector<Range>& found) {
  for (auto at = text.find('-'); at != std::string_view::npos; at = text.find('-', at + 1)) {
    if (at > 0 && !is_blank(text[at - 1]) && !opens_quote(text[at - 1])) continue;
    auto end = at;
    while (end < text.size() && in_name(text[end])) ++end;
    const auto option = text.substr(at, end - at);
    const bool has_word = end < text.size() && (text[end] == ' ' || text[end] == '\t');
    if (option == "-u" || option == "--user" || option == "-U" || option == "--proxy-user") {
      add_after_colon(text, word_at(text, end), found);
    } else if (option.starts_with("-u") && end < text.size() && text[end] == ':') {
      add_after_colon(text, value_at(text, at + 2), found);
    } else if (option.starts_with("--") && has_word && names_secret(option) &&
               !option.starts_with("--no-")) {
      const auto word = word_at(text, end);
      if (word.second > word.first && text[word.first] != '-') found.push_back(word);
    } else if (option.starts_with("-p")) {
      add_short_option(text, at, found);
    }
  }
}

/// `Authorization: Bearer ...`, `Basic ...`.
void find_in_headers(std::string_view text, std::vector<Range>& found) {
  const auto key = setting_key(text);
  for (const std::string_view scheme : {"bearer ", "basic "}) {
    for (auto at = key.find(scheme); at != std::string::npos; at = key.find(scheme, at + 1)) {
      auto before = at;
      while (before > 0 && is_blank(text[before - 1])) --before;
      const bool header = before > 0 && (text[before - 1] == ':' || opens_quote(text[before - 1]));
      const auto word = word_at(text, at + scheme.size());
      const auto value = text.substr(word.first, word.second - word.first);
      const bool odd =
          value.size() >= 12 || value.find_first_of("0123456789") != std::string_view::npos;
      if (word.second > word.first && (header || (odd && scheme[1] == 'e'))) found.push_back(word);
    }
  }
}

}  // namespace

std::vector<Range> secrets_in(std::string_view text) {
  std::vector<Range> found;
  find_assignments(text, found);
  find_in_urls(text, found);
  find_named_values(text, found);
  find_options(text, found);
  find_in_headers(text, found);
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
  // Also of a command, such as `echo secret`, nothing can be told apart.
  if (is_secret_setting(name) && !value.empty()) return std::string(secret_mask);
  return masked_text(value);
}

std::string masked_option(std::string_view option) {
  const auto sign = option.find('=');
  if (sign == std::string_view::npos) return std::string(option);
  return std::string(option.substr(0, sign + 1)) +
         masked_setting(option.substr(0, sign), option.substr(sign + 1));
}

}  // namespace pgleast
