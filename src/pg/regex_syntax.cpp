#include "pg/regex_syntax.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <vector>

namespace pgleast {
namespace {

// Follows regc_lex.c and regcomp.c token by token, with a stack of its own instead of
// recursion. What a pattern means is not asked, only whether it is one.

struct Fault {
  std::string_view why;
};

constexpr std::string_view bad_pattern = "invalid regexp (reg version 0.8)";
constexpr std::string_view bad_element = "invalid collating element";
constexpr std::string_view bad_class = "invalid character class";
constexpr std::string_view bad_escape = "invalid escape \\ sequence";
constexpr std::string_view bad_reference = "invalid backreference number";
constexpr std::string_view open_bracket = "brackets [] not balanced";
constexpr std::string_view open_paren = "parentheses () not balanced";
constexpr std::string_view open_brace = "braces {} not balanced";
constexpr std::string_view bad_count = "invalid repetition count(s)";
constexpr std::string_view bad_range = "invalid character range";
constexpr std::string_view bad_repeat = "quantifier operand invalid";
constexpr std::string_view bad_option = "invalid embedded option";

constexpr int most_repeats = 255;
constexpr std::uint32_t largest_character = 0x7ffffffe;

constexpr std::array<std::string_view, 14> class_names{"alnum", "alpha", "ascii",  "blank", "cntrl",
                                                       "digit", "graph", "lower",  "print", "punct",
                                                       "space", "upper", "xdigit", "word"};

struct NamedCharacter {
  std::string_view name;
  std::uint32_t code;
};

constexpr NamedCharacter character_names[] = {
#include "pg/regex_names.inc"
};

bool is_alnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

enum class Escape { character, shorthand, constraint, reference };

struct Escaped {
  Escape kind;
  std::uint32_t value = 0;
};

class Checker {
 public:
  explicit Checker(std::string_view pattern) : text_(pattern) {}

  void check() {
    take_prefix();
    if (literal_) return;
    while (true) {
      skip();
      if (done()) break;
      take_element();
    }
    if (!groups_.empty()) throw Fault{open_paren};
  }

 private:
  struct Group {
    bool lookaround;
    std::size_t number;  // 0: does not capture
  };

  bool done() const { return at_ >= text_.size(); }
  bool sees(std::string_view next) const { return text_.substr(at_).starts_with(next); }
  bool eat(std::string_view next) {
    if (!sees(next)) return false;
    at_ += next.size();
    return true;
  }
  char take() { return text_[at_++]; }

  /// `***=` and the like, and options such as (?i).
  void take_prefix() {
    if (text_.size() >= 4 && sees("***")) {
      at_ += 3;
      const char kind = take();
      if (kind == '?') throw Fault{bad_pattern};
      if (kind != '=' && kind != ':') throw Fault{bad_repeat};
      literal_ = kind == '=';
      if (literal_) return;
    }
    const bool options = sees("(?") && at_ + 2 < text_.size() &&
                         std::isalpha(static_cast<unsigned char>(text_[at_ + 2])) != 0;
    if (!options) return;
    for (at_ += 2; !done() && std::isalpha(static_cast<unsigned char>(text_[at_])) != 0;) {
      take_option(take());
    }
    if (!eat(")")) throw Fault{bad_option};
  }

  void take_option(char option) {
    if (std::string_view("bceimnpqstwx").find(option) == std::string_view::npos) {
      throw Fault{bad_option};
    }
    if (option == 'q') literal_ = true;
    if (option == 'b' || option == 'e') literal_ = advanced_ = false;
    if (option == 'x') expanded_ = true;
    if (option == 't') expanded_ = false;
  }

  /// What (?x) lets stand between elements, and comments.
  void skip() {
    while (!done()) {
      const auto before = at_;
      if (expanded_) {
        while (!done() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
        if (sees("#")) at_ = std::min(text_.find('\n', at_), text_.size());
      }
      if (advanced_ && sees("(?#")) at_ = std::min(text_.find(')', at_), text_.size() - 1) + 1;
      if (at_ == before) return;
    }
  }

  void take_element() {
    const char c = take();
    switch (c) {
      case '|':
      case '^':
      case '$':
        return;
      case '*':
      case '+':
      case '?':
        throw Fault{bad_repeat};
      case '{':
        if (!done() && is_digit(text_[at_])) throw Fault{bad_repeat};
        return take_quantifier(0);
      case '(':
        return open_group();
      case ')':
        return close_group();
      case '[':
        return take_bracket();
      case '\\':
        return take_escape();
      default:
        return take_quantifier(0);
    }
  }

  void open_group() {
    bool lookaround = !groups_.empty() && groups_.back().lookaround;
    bool captures = !lookaround;
    if (advanced_ && eat("?")) {
      captures = false;
      if (eat("=") || eat("!") || eat("<=") || eat("<!")) {
        constraint_groups_.push_back(groups_.size());
        lookaround = true;
      } else if (!eat(":")) {
        throw Fault{bad_repeat};
      }
    }
    if (captures) closed_.push_back(false);
    groups_.push_back({lookaround, captures ? closed_.size() : 0});
  }

  void close_group() {
    if (groups_.empty()) {
      if (advanced_) throw Fault{open_paren};
      return take_quantifier(0);
    }
    const auto group = groups_.back();
    groups_.pop_back();
    if (!constraint_groups_.empty() && constraint_groups_.back() == groups_.size()) {
      constraint_groups_.pop_back();  // nothing to repeat
      return;
    }
    if (group.number > 0) closed_[group.number - 1] = true;
    take_quantifier(group.number);
  }

  void take_quantifier(std::size_t group) {
    skip();
    if (eat("*") || eat("+") || eat("?")) {
      if (advanced_) eat("?");
      return;
    }
    if (!sees("{") || at_ + 1 >= text_.size() || !is_digit(text_[at_ + 1])) return;
    ++at_;
    const int least = take_count();
    int most = least;
    if (bound_character(',')) most = next_is_digit() ? take_count() : most_repeats + 1;
    if (least > most) throw Fault{bad_count};
    if (!bound_character('}')) throw Fault{bad_count};
    if (advanced_) eat("?");
    if (most == 0 && group > 0) closed_[group - 1] = false;  // nothing is left to refer to
  }

  bool next_is_digit() {
    if (expanded_) skip();
    if (done()) throw Fault{open_brace};
    return is_digit(text_[at_]);
  }

  /// Within braces only digits, a comma and the end are words at all.
  bool bound_character(char c) {
    if (next_is_digit()) return false;
    if (text_[at_] != ',' && text_[at_] != '}') throw Fault{bad_count};
    return eat({&c, 1});
  }

  int take_count() {
    int count = 0;
    while (next_is_digit()) {
      if (count >= most_repeats) throw Fault{bad_count};
      count = count * 10 + (take() - '0');
    }
    if (count > most_repeats) throw Fault{bad_count};
    return count;
  }

  void take_escape() {
    if (done()) throw Fault{bad_escape};
    if (!advanced_) {
      ++at_;
      return take_quantifier(0);
    }
    const auto escaped = take_escaped();
    if (escaped.kind == Escape::constraint) return;
    if (escaped.kind == Escape::reference) check_reference(escaped.value);
    take_quantifier(0);
  }

  void check_reference(std::uint32_t number) const {
    const bool lookaround = !groups_.empty() && groups_.back().lookaround;
    if (lookaround || number == 0 || number > closed_.size() || !closed_[number - 1]) {
      throw Fault{bad_reference};
    }
  }

  Escaped take_escaped() {
    const char c = take();
    if (!is_alnum(c)) return {Escape::character, static_cast<unsigned char>(c)};
    switch (c) {
      case 'a':
        return {Escape::character, 7};
      case 'b':
        return {Escape::character, 8};
      case 'B':
        return {Escape::character, '\\'};
      case 'c':
        if (done()) throw Fault{bad_escape};
        return {Escape::character, static_cast<std::uint32_t>(take() & 037)};
      case 'e':
        return {Escape::character, 27};
      case 'f':
        return {Escape::character, 12};
      case 'n':
        return {Escape::character, 10};
      case 'r':
        return {Escape::character, 13};
      case 't':
        return {Escape::character, 9};
      case 'v':
        return {Escape::character, 11};
      case 'u':
        return take_coded(16, 4, 4);
      case 'U':
        return take_coded(16, 8, 8);
      case 'x':
        return take_coded(16, 1, 255);
      default:
        break;
    }
    if (std::string_view("dDsSwW").find(c) != std::string_view::npos) return {Escape::shorthand};
    if (std::string_view("AmMyYZ").find(c) != std::string_view::npos) return {Escape::constraint};
    if (!is_digit(c)) throw Fault{bad_escape};
    return take_number(c);
  }

  /// A reference when it has one digit or there is such a group, else octal.
  Escaped take_number(char first) {
    const auto after_first = at_;
    --at_;
    if (first != '0') {
      const auto number = take_digits(10, 1, 255);
      if (at_ == after_first || (number > 0 && number <= closed_.size())) {
        return {Escape::reference, number};
      }
      at_ = after_first - 1;
    }
    auto code = take_digits(8, 1, 3);
    if (code > 0xff) {
      --at_;
      code >>= 3U;
    }
    return {Escape::character, code};
  }

  Escaped take_coded(std::uint32_t base, std::size_t least, std::size_t most) {
    const auto code = take_digits(base, least, most);
    if (code > largest_character) throw Fault{bad_escape};
    return {Escape::character, code};
  }

  std::uint32_t take_digits(std::uint32_t base, std::size_t least, std::size_t most) {
    std::uint32_t value = 0;
    std::size_t count = 0;
    for (; count < most && !done(); ++count, ++at_) {
      const char c = text_[at_];
      std::uint32_t digit = base;
      if (is_digit(c)) digit = static_cast<std::uint32_t>(c - '0');
      if (c >= 'a' && c <= 'f') digit = static_cast<std::uint32_t>(c - 'a') + 10;
      if (c >= 'A' && c <= 'F') digit = static_cast<std::uint32_t>(c - 'A') + 10;
      if (digit >= base) break;
      value = value * base + digit;
    }
    if (count < least) throw Fault{bad_escape};
    return value;
  }

  void take_bracket() {
    if (eat("[:<:]]") || eat("[:>:]]")) return;  // ends of words: nothing to repeat
    eat("^");
    for (bool first = true; first || !sees("]"); first = false) {
      if (done()) throw Fault{open_bracket};
      take_part(first);
      if (done()) throw Fault{open_bracket};
    }
    ++at_;
    take_quantifier(0);
  }

  bool sees_range() const { return sees("-") && !sees("-]"); }

  /// One character, class or range between brackets; `]` and `-` are plain in front.
  void take_part(bool first) {
    if (!first && sees_range()) throw Fault{bad_range};
    const auto start = take_endpoint();
    if (!start || !sees_range()) return;
    ++at_;
    if (done()) throw Fault{open_bracket};
    const auto end = take_endpoint();
    if (end) check_next();
    if (!end || *start > *end) throw Fault{bad_range};
  }

  /// The server has read the next token before it compares the ends of a range.
  void check_next() {
    if (done()) throw Fault{open_bracket};
    const auto here = at_;
    if (sees("\\")) static_cast<void>(take_endpoint());
    at_ = here;
  }

  /// Absent for a class, which is no end of a range.
  std::optional<std::uint32_t> take_endpoint() {
    const char c = take();
    if (c == '\\' && advanced_) {
      if (done()) throw Fault{bad_escape};
      const auto escaped = take_escaped();
      if (escaped.kind == Escape::shorthand) return std::nullopt;
      if (escaped.kind != Escape::character) throw Fault{bad_escape};
      return escaped.value;
    }
    if (c != '[') return static_cast<unsigned char>(c);
    if (done()) throw Fault{open_bracket};
    const char kind = text_[at_];
    if (kind != '.' && kind != '=' && kind != ':') return static_cast<unsigned char>(c);
    ++at_;
    return take_named(kind);
  }

  std::optional<std::uint32_t> take_named(char kind) {
    const std::array<char, 2> closing{kind, ']'};
    const auto end = text_.find(std::string_view(closing.data(), 2), at_);
    if (end == std::string_view::npos) throw Fault{open_bracket};
    const auto name = text_.substr(at_, end - at_);
    at_ = end + 2;
    if (kind == ':') {
      if (std::find(class_names.begin(), class_names.end(), name) == class_names.end()) {
        throw Fault{bad_class};
      }
      return std::nullopt;
    }
    const auto code = element(name);
    return kind == '=' ? std::nullopt : std::optional(code);
  }

  static std::uint32_t element(std::string_view name) {
    if (name.size() == 1) return static_cast<unsigned char>(name.front());
    for (const auto& known : character_names) {
      if (!name.empty() && known.name == name) return known.code;
    }
    throw Fault{bad_element};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool literal_ = false;
  bool advanced_ = true;
  bool expanded_ = false;
  std::vector<Group> groups_;
  std::vector<std::size_t> constraint_groups_;  // depths at which a lookaround was opened
  std::vector<bool> closed_;                    // of each capturing group
};

}  // namespace

std::optional<std::string> regex_error(std::string_view pattern) {
  try {
    Checker(pattern).check();
    return std::nullopt;
  } catch (const Fault& fault) {
    return std::string(fault.why);
  }
}

}  // namespace pgleast
