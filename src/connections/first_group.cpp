#include "connections/first_group.hpp"

#include <re2/re2.h>

#include <vector>

namespace pgleast {
namespace {

constexpr std::size_t most_bytes_tried = 256;

/// Calls f(position) for each character that is no part of an escape or of a [bracket].
template <typename F>
void each_plain(const std::string& text, const F& f) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '[') {
      i += i + 1 < text.size() && text[i + 1] == '^' ? 2 : 1;
      if (i < text.size() && text[i] == ']') ++i;
      for (; i < text.size() && text[i] != ']'; ++i) i += text[i] == '\\' ? 1U : 0U;
    } else {
      f(i);
    }
  }
}

/// The alternatives that are in no group.
std::vector<std::string> alternatives(const std::string& text) {
  std::vector<std::size_t> bars;
  int depth = 0;
  each_plain(text, [&](std::size_t at) {
    depth += text[at] == '(' ? 1 : text[at] == ')' ? -1 : 0;
    if (text[at] == '|' && depth == 0) bars.push_back(at);
  });
  std::vector<std::string> result;
  std::size_t begin = 0;
  for (const auto bar : bars) {
    result.push_back(text.substr(begin, bar - begin));
    begin = bar + 1;
  }
  result.push_back(text.substr(begin));
  return result;
}

/// One alternative around its first group: `before(group)after`.
struct Parts {
  std::string before, group, after;
  bool optional = false;  // `(...)?`
  bool repeated = false;  // `(...)*` and the like
};

std::optional<Parts> divided(const std::string& text) {
  std::optional<std::size_t> open;
  std::optional<std::size_t> close;
  int depth = 0;
  each_plain(text, [&](std::size_t at) {
    if (close) return;
    if (text[at] == '(' && depth++ == 0) open = at;
    if (text[at] == ')' && --depth == 0) close = at;
  });
  if (!open || !close) return std::nullopt;
  Parts parts{text.substr(0, *open), text.substr(*open + 1, *close - *open - 1),
              text.substr(*close + 1), false, false};
  const char next = parts.after.empty() ? '\0' : parts.after.front();
  parts.optional = next == '?';
  parts.repeated = next == '*' || next == '+' || next == '{';
  if (parts.optional) parts.after.erase(0, 1);
  return parts;
}

bool has_lazy_quantifier(const std::string& text) {
  for (const char* const lazy : {"*?", "+?", "??", "}?"}) {
    if (text.find(lazy) != std::string::npos) return true;
  }
  return false;
}

class RegexPiece {
 public:
  explicit RegexPiece(const std::string& text) : expression_("(?:" + text + ")", options()) {}

  /// Whether it takes just that part of `name`.
  bool takes(const std::string& name, std::size_t begin, std::size_t end) const {
    return expression_.ok() &&
           expression_.Match(name, begin, end, re2::RE2::ANCHOR_BOTH, nullptr, 0);
  }
  /// The leftmost match and the longest there.
  bool find(const std::string& name, std::size_t& begin, std::size_t& end) const {
    re2::StringPiece whole;
    if (!expression_.Match(name, 0, name.size(), re2::RE2::UNANCHORED, &whole, 1)) return false;
    begin = static_cast<std::size_t>(whole.data() - name.data());
    end = begin + whole.size();
    return true;
  }

 private:
  static re2::RE2::Options options() {
    re2::RE2::Options result;
    result.set_log_errors(false);
    result.set_dot_nl(true);
    result.set_encoding(re2::RE2::Options::EncodingLatin1);
    result.set_longest_match(true);
    return result;
  }
  re2::RE2 expression_;
};

FirstGroup group_of(const Parts& parts, const std::string& name, std::size_t begin,
                    std::size_t end) {
  if (parts.repeated) return {};
  const RegexPiece before(parts.before);
  const RegexPiece group(parts.group);
  const RegexPiece after(parts.after);
  const RegexPiece without(parts.before + "(?:)" + parts.after);
  const bool may_be_absent = parts.optional && without.takes(name, begin, end);
  for (auto i = end + 1; i-- > begin;) {
    if (!before.takes(name, begin, i)) continue;
    for (auto j = end + 1; j-- > i;) {
      if (!group.takes(name, i, j) || !after.takes(name, j, end)) continue;
      if (may_be_absent) return {};
      return {true, name.substr(i, j - i)};
    }
  }
  return {parts.optional, std::nullopt};
}

}  // namespace

FirstGroup first_group(const std::string& expression, const std::string& name) {
  std::size_t begin = 0;
  std::size_t end = 0;
  if (name.size() > most_bytes_tried || has_lazy_quantifier(expression)) return {};
  if (!RegexPiece(expression).find(name, begin, end)) return {};
  bool is_first_group = true;
  for (const auto& alternative : alternatives(expression)) {
    const auto parts = divided(alternative);
    if (RegexPiece(alternative).takes(name, begin, end)) {
      if (!parts || !is_first_group) return {true, std::nullopt};
      return group_of(*parts, name, begin, end);
    }
    is_first_group = is_first_group && !parts;
  }
  return {};
}

}  // namespace pgleast
