#include "input/config/secrets.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>
#include <vector>

#include "input/config/auth_fields.hpp"
#include "model/hba.hpp"
#include "pg/secret_name.hpp"
#include "pg/secret_text.hpp"
#include "pg/setting_table.hpp"

namespace pgleast {
namespace {

using Ranges = std::vector<std::pair<std::size_t, std::size_t>>;

bool may_hold_option(std::string_view line) {
  return line.find("ldapbindpasswd") != std::string_view::npos ||
         line.find("radiussecrets") != std::string_view::npos;
}

/// The value of `name=value`, without the quote that closes what a quote before it opened.
std::pair<std::size_t, std::size_t> value_of(std::string_view text, Span word) {
  const auto sign = std::min(text.find('=', word.begin), word.end - 1);
  const auto before = text.substr(word.begin, sign - word.begin);
  const bool inside = std::count(before.begin(), before.end(), '"') % 2 == 1;
  const bool closed = text[word.end - 1] == '"';
  return {sign + 1, word.end - (inside && closed ? 1 : 0)};
}

/// The values of the secret options, and the words after one that are no options: the rest of
/// a secret that somebody forgot to quote.
void find_options(std::string_view text, int version_num, Ranges& found) {
  AuthFields grammar(version_num);
  for (LogicalLines lines(text, version_num); lines.next();) {
    if (!may_hold_option(lines.line())) continue;
    if (lines.line().size() >
        longest_auth_line) {  // nothing of it is read: all of it may be the secret
      const auto whole = lines.original(0, lines.line().size());
      found.emplace_back(whole.begin, whole.end);
      continue;
    }
    bool after_secret = false;
    for (const auto& field : grammar.split(lines)) {
      for (const auto& word : field) {
        const auto equals = word.text.find('=');
        if (equals == std::string::npos) {
          if (after_secret) found.emplace_back(word.span.begin, word.span.end);
          continue;
        }
        after_secret = is_secret_option(word.text.substr(0, equals));
        const auto range = value_of(text, word.span);
        if (after_secret && range.first < range.second) found.push_back(range);
      }
    }
  }
}

/// Nothing of it can be told apart: it may be `echo secret`.
void find_passphrase_commands(std::string_view text, Ranges& found) {
  constexpr std::string_view setting = "ssl_passphrase_command";
  const auto key = setting_key(text);
  for (auto name = key.find(setting); name != std::string::npos;
       name = key.find(setting, name + setting.size())) {
    const auto end = std::min(text.find('\n', name), text.size());
    const auto begin = text.find_first_not_of(" \t=", name + setting.size());
    // Also in a comment, and in a line that is no proper one.
    if (begin >= end || key.compare(begin, 9, "_supports") == 0) continue;
    if (text[begin] != '\'') {
      found.emplace_back(begin, end);
      continue;
    }
    auto close = begin + 1;
    while (close < end && text[close] != '\'') close += text[close] == '\\' ? 2 : 1;
    if (close > begin + 1) found.emplace_back(begin + 1, std::min(close, end));
  }
}

bool in_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '$' ||
         c == '-';
}

/// Where the value of a line begins, if its name says that it is a secret; also in a comment.
std::optional<std::size_t> secret_value_of(std::string_view line) {
  auto at = std::min(line.find_first_not_of(" \t#"), line.size());
  const bool comment = line.substr(0, at).find('#') != std::string_view::npos;
  const auto name_begin = at;
  while (at < line.size() && in_name(line[at])) ++at;
  if (!is_secret_setting(line.substr(name_begin, at - name_begin))) return std::nullopt;
  const auto begin = line.find_first_not_of(" \t=", at);
  if (begin == std::string_view::npos) return std::nullopt;
  // In prose a name is followed by a word.
  const bool assigned = line.substr(at, begin - at).find('=') != std::string_view::npos;
  if (comment && !assigned && line[begin] != '\'') return std::nullopt;
  return begin;
}

/// The rest is found by its own form.
void find_settings(std::string_view text, Ranges& found) {
  for (std::size_t line = 0; line < text.size();) {
    const auto end = std::min(text.find('\n', line), text.size());
    const auto value = secret_value_of(text.substr(line, end - line));
    if (value) {
      const auto begin = line + *value;
      auto close = begin + 1;
      while (close < end && text[close] != '\'') close += text[close] == '\\' ? 2 : 1;
      if (text[begin] != '\'') {
        found.emplace_back(begin, end);
      } else if (close > begin + 1) {
        found.emplace_back(begin + 1, std::min(close, end));
      }
    }
    line = end + 1;
  }
}

Ranges merged(Ranges ranges) {
  std::sort(ranges.begin(), ranges.end());
  Ranges result;
  for (const auto& range : ranges) {
    if (!result.empty() && range.first < result.back().second) {
      result.back().second = std::max(result.back().second, range.second);
    } else {
      result.push_back(range);
    }
  }
  return result;
}

}  // namespace

Ranges secret_places(ConfigKind kind, std::string_view text, int version_num) {
  auto ranges = secrets_in(text);
  if (kind == ConfigKind::hba) find_options(text, version_num, ranges);
  if (kind == ConfigKind::conf) {
    find_passphrase_commands(text, ranges);
    find_settings(text, ranges);
  }
  return merged(std::move(ranges));
}

std::string starred(ConfigKind kind, std::string_view text, int version_num) {
  std::string result(text);
  for (const auto& [begin, end] : secret_places(kind, text, version_num)) {
    for (auto at = begin; at < end; ++at) {
      if (result[at] != '\n' && result[at] != '\r') result[at] = '*';
    }
  }
  return result;
}

ConfigFile mask_secrets(const ConfigFile& file, int version_num) {
  const auto ranges = secret_places(file.kind, file.text, version_num);
  ConfigFile result{file.kind, file.path, "", file.masked || !ranges.empty()};
  std::size_t at = 0;
  for (const auto& [begin, end] : ranges) {
    result.text.append(file.text, at, begin - at).append(secret_mask);
    at = end;
  }
  result.text.append(file.text, at);
  return result;
}

}  // namespace pgleast
