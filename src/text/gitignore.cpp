#include "text/gitignore.hpp"

#include <algorithm>
#include <cstddef>

#include "text/path_name.hpp"

namespace pgleast {
namespace {

constexpr std::size_t most_steps = 20000;  // a pattern of many stars is not worth more

// `[a-z]` or `[!a-z]` at the beginning of `pattern`; its length, 0: the bracket is not closed.
std::size_t match_set(std::string_view pattern, char c, bool& fits) {
  std::size_t at = 1;
  const bool negated = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
  if (negated) ++at;
  bool found = false;
  for (bool first = true; at < pattern.size() && (first || pattern[at] != ']'); first = false) {
    const char low = pattern[at++];
    char high = low;
    if (at + 1 < pattern.size() && pattern[at] == '-' && pattern[at + 1] != ']') {
      high = pattern[at + 1];
      at += 2;
    }
    found = found || (low <= c && c <= high);
  }
  fits = found != negated && c != '/';
  return at < pattern.size() ? at + 1 : 0;
}

class Matching {
 public:
  bool match(std::string_view pattern, std::string_view path) {
    while (!pattern.empty()) {
      if (++steps_ > most_steps) return false;
      if (pattern.front() == '*') return match_star(pattern, path);
      if (path.empty() || !take_one(pattern, path)) return false;
    }
    return path.empty();
  }

 private:
  static bool take_one(std::string_view& pattern, std::string_view& path) {
    const char c = path.front();
    std::size_t length = 1;
    bool fits = pattern.front() == c;
    if (pattern.front() == '?') fits = c != '/';
    if (pattern.front() == '[') length = match_set(pattern, c, fits);
    if (pattern.front() == '\\' && pattern.size() > 1) {
      fits = pattern[1] == c;
      length = 2;
    }
    if (!fits || length == 0) return false;
    pattern.remove_prefix(length);
    path.remove_prefix(1);
    return true;
  }

  bool match_star(std::string_view pattern, std::string_view path) {
    const bool any_depth = pattern.starts_with("**");
    while (pattern.starts_with('*')) pattern.remove_prefix(1);
    if (any_depth && pattern.starts_with('/') && match(pattern.substr(1), path)) return true;
    for (;; path.remove_prefix(1)) {
      if (match(pattern, path)) return true;
      if (path.empty() || (path.front() == '/' && !any_depth)) return false;
    }
  }

  std::size_t steps_ = 0;
};

}  // namespace

bool matches_path(std::string_view pattern, std::string_view path) {
  return Matching().match(pattern, path);
}

GitIgnore::GitIgnore(std::string_view text) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    while (line.ends_with(' ') && !line.ends_with("\\ ")) line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    Line read;
    read.keeps = line.front() == '!';
    if (read.keeps) line.remove_prefix(1);
    read.folders_only = line.ends_with('/');
    if (read.folders_only) line.remove_suffix(1);
    read.whole_path = line.find('/') != std::string_view::npos;
    if (line.starts_with('/')) line.remove_prefix(1);
    read.pattern = line;
    if (!line.empty()) lines_.push_back(std::move(read));
  }
}

GitIgnore::Says GitIgnore::of(std::string_view path, bool is_folder) const {
  for (auto line = lines_.rbegin(); line != lines_.rend(); ++line) {
    if (line->folders_only && !is_folder) continue;
    if (matches_path(line->pattern, line->whole_path ? path : name_of_path(path))) {
      return line->keeps ? Says::kept : Says::passed_over;
    }
  }
  return Says::nothing;
}

}  // namespace pgleast
