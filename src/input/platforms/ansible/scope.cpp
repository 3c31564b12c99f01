#include "input/platforms/ansible/scope.hpp"

#include <algorithm>
#include <utility>

namespace pgleast {
namespace {

using Is = AnsibleValue::Is;

constexpr int deepest = 8;  // variables that name variables

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// `'text'` and `"text"`, nothing behind it.
std::optional<std::string> literal(std::string_view text) {
  if (text.size() < 2 || (text[0] != '\'' && text[0] != '"')) return std::nullopt;
  const auto inside = text.substr(1, text.size() - 2);
  if (text.back() != text[0] || inside.find(text[0]) != std::string_view::npos) return std::nullopt;
  if (inside.find('\\') != std::string_view::npos) return std::nullopt;
  return std::string(inside);
}

// Where `mark` stands outside quotes and brackets.
std::size_t find_outside(std::string_view text, char mark) {
  char quote = 0;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
      continue;
    }
    if (c == mark && depth == 0) return i;
    if (c == '\'' || c == '"') quote = c;
    if (c == '(' || c == '[') ++depth;
    if (c == ')' || c == ']') --depth;
  }
  return std::string_view::npos;
}

// "x" of `default(x)`, `d(x)` and `default(x, true)`.
std::optional<std::string_view> default_of(std::string_view filter) {
  for (const std::string_view name : {"default(", "d("}) {
    if (!filter.starts_with(name) || !filter.ends_with(')')) continue;
    const auto inside = filter.substr(name.size(), filter.size() - name.size() - 1);
    return trimmed(inside.substr(0, find_outside(inside, ',')));
  }
  return std::nullopt;
}

}  // namespace

AnsibleScope AnsibleScope::with(const std::string& name, const YamlNode& value) const {
  auto result = *this;
  result.named_.emplace_back(name, &value);
  return result;
}

const YamlNode* AnsibleScope::find(std::string_view name) const {
  for (auto it = named_.rbegin(); it != named_.rend(); ++it) {
    if (it->first == name) return it->second;
  }
  for (auto it = layers_.rbegin(); it != layers_.rend(); ++it) {
    if (const auto* const found = find_node(**it, {name})) return found;
  }
  return nullptr;
}

AnsibleValue AnsibleScope::value(const YamlNode& node, int depth) const {
  if (node.is(YamlNode::Kind::null)) return {Is::absent, "", nullptr};
  if (!node.is(YamlNode::Kind::scalar)) return {Is::node, "", &node};
  return filled_in(node.text, depth);
}

AnsibleValue AnsibleScope::filled_in(std::string_view text, int depth) const {
  std::string result;
  while (true) {
    const auto begin = text.find('{');
    if (begin == std::string_view::npos) break;
    const char kind = begin + 1 < text.size() ? text[begin + 1] : ' ';
    if (kind != '{' && kind != '%' && kind != '#') {
      result += text.substr(0, begin + 1);
      text.remove_prefix(begin + 1);
      continue;
    }
    const auto end = text.find(kind == '#' ? "#}" : "}}", begin);
    if (kind == '%' || end == std::string_view::npos) return {};
    const bool is_all = result.empty() && trimmed(text.substr(0, begin)).empty() &&
                        trimmed(text.substr(end + 2)).empty();
    result += text.substr(0, begin);
    if (kind == '{') {
      auto inside = trimmed(text.substr(begin + 2, end - begin - 2));
      if (inside.starts_with('-')) inside = trimmed(inside.substr(1));
      auto value = expression(inside, depth);
      if (is_all) return value;
      if (value.is != Is::text) return {};
      result += value.text;
    }
    text.remove_prefix(end + 2);
  }
  return {Is::text, result + std::string(text), nullptr};
}

// A name and its filters.
AnsibleValue AnsibleScope::expression(std::string_view text, int depth) const {
  auto bar = find_outside(text, '|');
  auto result = path(trimmed(text.substr(0, bar)), depth);
  while (bar != std::string_view::npos) {
    text.remove_prefix(bar + 1);
    bar = find_outside(text, '|');
    const auto filter = trimmed(text.substr(0, bar));
    if (filter == "string" || filter == "trim") continue;
    if (filter == "flatten" || filter.starts_with("flatten(") || filter == "list") continue;
    const auto otherwise = default_of(filter);
    if (!otherwise) return {};
    if (result.is == Is::absent && *otherwise != "omit") result = path(*otherwise, depth);
  }
  return result;
}

// `'text'`, `name`, `item.name`, `item['name']`. Absent: a variable that no document sets.
AnsibleValue AnsibleScope::path(std::string_view text, int depth) const {
  if (depth > deepest) return {};
  if (auto said = literal(text)) return {Is::text, std::move(*said), nullptr};
  if (text == "[]" || text == "{}") return {Is::absent, "", nullptr};
  const bool is_number = text.find_first_not_of("0123456789") == std::string_view::npos;
  if (!text.empty() && (is_number || text == "true" || text == "false")) {
    return {Is::text, std::string(text), nullptr};
  }
  std::size_t end = 0;
  while (end < text.size() && is_name_char(text[end])) ++end;
  if (end == 0) return {};
  const auto* node = find(text.substr(0, end));
  text.remove_prefix(end);
  while (!text.empty() && node != nullptr) {
    std::string key;
    if (text[0] == '.') {
      end = 1;
      while (end < text.size() && is_name_char(text[end])) ++end;
      key = text.substr(1, end - 1);
      text.remove_prefix(end);
    } else {
      end = text.find(']');
      const auto said = text[0] == '[' && end != std::string_view::npos
                            ? literal(trimmed(text.substr(1, end - 1)))
                            : std::nullopt;
      if (!said) return {};
      key = *said;
      text.remove_prefix(end + 1);
    }
    const auto inner = value(*node, depth + 1);
    if (inner.is == Is::unknown) return {};
    node = inner.node == nullptr ? nullptr : find_node(*inner.node, {key});
  }
  // What is behind it is not looked at where there is nothing.
  if (node == nullptr) return {Is::absent, "", nullptr};
  return value(*node, depth + 1);
}

std::optional<std::string> AnsibleScope::text(const YamlNode& node) const {
  const auto found = value(node);
  return found.is == Is::text ? std::optional(found.text) : std::nullopt;
}

std::optional<std::string> AnsibleScope::filled_in(std::string_view text) const {
  const auto found = filled_in(text, 0);
  return found.is == Is::text ? std::optional(found.text) : std::nullopt;
}

const YamlNode* AnsibleScope::list(const YamlNode& node) const {
  const auto found = value(node);
  return found.is == Is::node && found.node->is(YamlNode::Kind::sequence) ? found.node : nullptr;
}

AnsibleArgument AnsibleArguments::find(std::initializer_list<std::string_view> names) const {
  for (const auto name : names) {
    const auto* const node = find_node(at_, {name});
    if (node == nullptr) continue;
    const auto value = scope_.value(*node);
    // `omit`, or nothing behind the colon.
    const bool omitted = value.is == Is::absent && (node->is(YamlNode::Kind::null) ||
                                                    node->text.find("omit") != std::string::npos);
    if (omitted) continue;
    return {node, value.is == Is::text ? std::optional(value.text) : std::nullopt};
  }
  return {};
}

std::optional<std::string> AnsibleArguments::text(std::initializer_list<std::string_view> names,
                                                  std::string_view otherwise) const {
  const auto found = find(names);
  return found.node == nullptr ? std::optional(std::string(otherwise)) : found.text;
}

std::optional<std::vector<std::string>> AnsibleArguments::texts(
    std::initializer_list<std::string_view> names) const {
  std::vector<std::string> result;
  const auto found = find(names);
  if (found.node == nullptr) return result;
  if (const auto* const items = scope_.list(*found.node)) {
    for (const auto& item : items->items) {
      const auto text = scope_.text(item);
      if (!text) return std::nullopt;
      result.push_back(*text);
    }
    return result;
  }
  if (!found.text) return std::nullopt;
  for (std::string_view rest = *found.text; !rest.empty();) {
    const auto comma = std::min(rest.find(','), rest.size());
    const auto word = trimmed(rest.substr(0, comma));
    if (!word.empty()) result.emplace_back(word);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return result;
}

YamlNode arguments_of_text(const YamlNode& scalar) {
  auto result = scalar;
  result.kind = YamlNode::Kind::mapping;
  result.text.clear();
  const std::string_view text = scalar.text;
  for (std::size_t at = 0; at < text.size();) {
    at = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
    std::string word;
    char quote = 0;
    int braces = 0;
    for (; at < text.size(); ++at) {
      const char c = text[at];
      if (c == quote) {
        quote = 0;
        continue;
      }
      const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
      if (blank && quote == 0 && braces <= 0) break;
      if (c == '{') ++braces;
      if (c == '}') --braces;
      const bool opens = braces <= 0 && quote == 0 && (c == '"' || c == '\'');
      if (opens && word.ends_with('=')) {
        quote = c;
        continue;
      }
      word += c;
    }
    const auto equals = word.find('=');
    if (equals == std::string::npos) continue;
    auto key = scalar, value = scalar;
    key.text = word.substr(0, equals);
    value.text = word.substr(equals + 1);
    result.entries.push_back({std::move(key), std::move(value)});
  }
  return result;
}

}  // namespace pgleast
