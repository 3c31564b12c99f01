#include "input/platforms/variables.hpp"

#include <algorithm>

namespace pgleast {
namespace {

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

// What stands between the braces: `NAME`, `NAME:-default`, `NAME?message`.
std::optional<std::string> value_of(std::string_view inside,
                                    const std::map<std::string, std::string>& values) {
  std::size_t end = 0;
  while (end < inside.size() && is_name_char(inside[end])) ++end;
  const auto found = values.find(std::string(inside.substr(0, end)));
  auto rest = inside.substr(end);
  const bool or_empty = rest.starts_with(':');
  if (or_empty) rest.remove_prefix(1);
  const bool has_value = found != values.end() && !(or_empty && found->second.empty());
  if (rest.starts_with('-')) {
    return has_value ? std::optional(found->second) : filled_in(rest.substr(1), values);
  }
  if (rest.starts_with('+')) return has_value ? filled_in(rest.substr(1), values) : "";
  return has_value ? std::optional(found->second) : std::nullopt;
}

}  // namespace

std::optional<std::string> filled_in(std::string_view text,
                                     const std::map<std::string, std::string>& values) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '$' || i + 1 == text.size()) {
      result += text[i++];
      continue;
    }
    std::string_view inside;
    if (text[i + 1] == '$') {
      result += '$';
      i += 2;
      continue;
    }
    if (text[i + 1] == '{') {
      std::size_t depth = 1, end = i + 2;
      while (end < text.size() && (text[end] != '}' || --depth > 0)) {
        depth += text[end] == '{' ? 1 : 0;
        ++end;
      }
      inside = text.substr(i + 2, end - i - 2);
      i = std::min(end + 1, text.size());
    } else {
      auto end = i + 1;
      while (end < text.size() && is_name_char(text[end])) ++end;
      inside = text.substr(i + 1, end - i - 1);
      if (inside.empty()) {
        result += text[i++];
        continue;
      }
      i = end;
    }
    const auto value = value_of(inside, values);
    if (!value) return std::nullopt;
    result += *value;
  }
  return result;
}

std::map<std::string, std::string> read_env_file(std::string_view text) {
  std::map<std::string, std::string> result;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with("export ")) line = trimmed(line.substr(7));
    const auto equals = line.find('=');
    if (line.empty() || line.starts_with('#') || equals == std::string_view::npos) continue;
    const auto name = trimmed(line.substr(0, equals));
    auto value = trimmed(line.substr(equals + 1));
    const char quote = value.empty() ? '\0' : value.front();
    const auto close =
        quote == '"' || quote == '\'' ? value.find(quote, 1) : std::string_view::npos;
    if (close != std::string_view::npos) {
      value = value.substr(1, close - 1);
    } else {
      const auto comment = value.find(" #");
      value = trimmed(value.substr(0, comment));
    }
    result[std::string(name)] = std::string(value);
  }
  return result;
}

}  // namespace pgleast
