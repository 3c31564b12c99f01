#pragma once
// Names as a policy writes them:
//
//   app_*            `*` and `?` stand for any text and any one character
//   re:^app_[0-9]+   an re2 expression that must match the whole name
//   class:people     every role of that class
//   is:bootstrap     the superuser that initdb made
//   $administrators  the value of that parameter

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "text/yaml.hpp"

namespace re2 {
class RE2;
}

namespace pgleast {

struct Pattern {
  enum class Kind { glob, expression, role_class, bootstrap, parameter } kind = Kind::glob;
  std::string text;                       // without its prefix
  std::shared_ptr<const re2::RE2> regex;  // shared: patterns are copied, compiled ones are not
  std::string place = {};                 // "policy.yaml:7:12"; empty: nobody's policy says it

  /// A glob without `*` and `?`: exactly one name.
  bool is_exact() const;
  /// `*`: everything, so the name of nothing.
  bool is_all() const { return kind == Kind::glob && text == "*"; }
};

using Patterns = std::vector<Pattern>;

/// One pattern or a list. Throws Error (usage) for an expression that is not valid.
Patterns read_patterns(const YamlNode& node);

/// Globs and expressions only.
bool matches_name(const Patterns& patterns, std::string_view name);
bool matches_name(const Pattern& pattern, std::string_view name);

/// The anchored POSIX expression of a glob or expression, for `~` on the server.
std::string posix_expression(const Pattern& pattern);

}  // namespace pgleast
