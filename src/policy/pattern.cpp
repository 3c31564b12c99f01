#include "policy/pattern.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include "text/display.hpp"

namespace pgleast {
namespace {

bool takes_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

Pattern read_word(const YamlNode& node) {
  const auto whole = scalar_text(node);
  std::string_view text = whole;
  if (takes_prefix(text, "re:")) {
    RE2::Options options;
    options.set_log_errors(false);
    auto regex = std::make_shared<const RE2>(std::string(text), options);
    if (!regex->ok())
      fail_policy(node, "not an expression that re2 takes: " + displayed(regex->error()));
    return {Pattern::Kind::expression, std::string(text), std::move(regex)};
  }
  if (takes_prefix(text, "class:")) return {Pattern::Kind::role_class, std::string(text), nullptr};
  if (text == "is:bootstrap") return {Pattern::Kind::bootstrap, "", nullptr};
  if (text.starts_with("is:")) {
    fail_policy(node, fmt::format("unknown `{}`; there is `is:bootstrap`", displayed(text)));
  }
  if (takes_prefix(text, "$")) return {Pattern::Kind::parameter, std::string(text), nullptr};
  return {Pattern::Kind::glob, std::string(text), nullptr};
}

Pattern read_pattern(const YamlNode& node) {
  auto pattern = read_word(node);
  pattern.place = place_of(node);
  return pattern;
}

// The two-pointer way: the last `*` takes one more whenever the rest does not fit.
bool glob_matches(std::string_view glob, std::string_view name) {
  std::size_t g = 0, n = 0, star = std::string_view::npos, mark = 0;
  while (n < name.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      mark = n;
    } else if (g < glob.size() && (glob[g] == '?' || glob[g] == name[n])) {
      ++g;
      ++n;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      n = ++mark;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

}  // namespace

bool Pattern::is_exact() const {
  return kind == Kind::glob && text.find_first_of("*?") == std::string::npos;
}

Patterns read_patterns(const YamlNode& node) {
  Patterns result;
  if (!node.is(YamlNode::Kind::sequence)) return {read_pattern(node)};
  for (const auto& item : node.items) result.push_back(read_pattern(item));
  return result;
}

bool matches_name(const Pattern& pattern, std::string_view name) {
  if (pattern.kind == Pattern::Kind::glob) return glob_matches(pattern.text, name);
  return pattern.regex != nullptr && RE2::FullMatch({name.data(), name.size()}, *pattern.regex);
}

bool matches_name(const Patterns& patterns, std::string_view name) {
  for (const auto& p : patterns) {
    if (matches_name(p, name)) return true;
  }
  return false;
}

std::string posix_expression(const Pattern& pattern) {
  if (pattern.kind == Pattern::Kind::expression) return "^(?:" + pattern.text + ")$";
  std::string result = "^";
  for (const char c : pattern.text) {
    if (c == '*') {
      result += ".*";
    } else if (c == '?') {
      result += '.';
    } else if (std::string_view("\\.^$|()[]{}+").find(c) != std::string_view::npos) {
      result += '\\';
      result += c;
    } else {
      result += c;
    }
  }
  return result + '$';
}

}  // namespace pgleast
