#include "pg/standby_names.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pg/setting_table.hpp"

namespace pgleast {
namespace {

enum class StandbyKind { name, number, any, first, comma, open, close, junk };

struct StandbyToken {
  StandbyKind kind;
  std::string_view text;
};

/// syncrep_scanner.l.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  /// Absent at the end.
  std::optional<StandbyToken> next() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\n\r\f\v"), rest_.size()));
    if (rest_.empty()) return std::nullopt;
    const char c = rest_.front();
    if (c == '"') return quoted();
    if (is_digit(c)) return StandbyToken{StandbyKind::number, take(is_digit)};
    if (is_letter(c)) return word(take(is_word));
    rest_.remove_prefix(1);
    return StandbyToken{c == ','   ? StandbyKind::comma
                        : c == '(' ? StandbyKind::open
                        : c == ')' ? StandbyKind::close
                        : c == '*' ? StandbyKind::name
                                   : StandbyKind::junk,
                        ""};
  }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static bool is_letter(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
  static bool is_word(char c) { return is_letter(c) || is_digit(c) || c == '$'; }

  std::string_view take(bool (*belongs)(char)) {
    const auto* const end = std::find_if_not(rest_.begin(), rest_.end(), belongs);
    const auto taken = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(taken.size());
    return taken;
  }

  static StandbyToken word(std::string_view text) {
    const auto key = setting_key(text);
    return {key == "any"     ? StandbyKind::any
            : key == "first" ? StandbyKind::first
                             : StandbyKind::name,
            text};
  }

  StandbyToken quoted() {
    while (rest_.starts_with('"')) {
      const auto end = rest_.find('"', 1);
      rest_.remove_prefix(std::min(end, rest_.size() - 1) + 1);
      if (end == std::string_view::npos) return {StandbyKind::junk, ""};
    }
    return {StandbyKind::name, ""};
  }

  std::string_view rest_;
};

/// A name or a number between commas.
bool is_list(std::span<const StandbyToken> tokens) {
  if (tokens.size() % 2 == 0) return false;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const auto kind = tokens[i].kind;
    const bool name = kind == StandbyKind::name || kind == StandbyKind::number;
    if (i % 2 == 0 ? !name : kind != StandbyKind::comma) return false;
  }
  return true;
}

}  // namespace

bool is_standby_names(std::string_view text, int) {
  if (text.empty()) return true;
  std::vector<StandbyToken> all;
  for (Scanner scanner(text); const auto token = scanner.next();) all.push_back(*token);
  std::span<const StandbyToken> tokens = all;
  const bool counted = !all.empty() && (all.front().kind == StandbyKind::any ||
                                        all.front().kind == StandbyKind::first);
  if (counted) tokens = tokens.subspan(1);
  const bool grouped = tokens.size() > 2 && tokens[0].kind == StandbyKind::number &&
                       tokens[1].kind == StandbyKind::open &&
                       tokens.back().kind == StandbyKind::close;
  if (!grouped) return !counted && is_list(tokens);
  // The server's atoi overflows as this does.
  const auto wanted = std::strtol(std::string(tokens[0].text).c_str(), nullptr, 10);
  return static_cast<int>(wanted) > 0 && is_list(tokens.subspan(2, tokens.size() - 3));
}

}  // namespace pgleast
