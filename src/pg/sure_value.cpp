#include "pg/sure_value.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "pg/identifier.hpp"
#include "text/utf8.hpp"

namespace pgleast {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool are_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

/// `-007.50` is -7.5.
struct Decimal {
  bool negative = false;
  std::string whole, fraction;  // without zeros before and after

  std::string text() const {
    return (negative ? "-" : "") + (whole.empty() ? "0" : whole) +
           (fraction.empty() ? "" : "." + fraction);
  }
};

std::optional<Decimal> decimal_of(std::string_view text) {
  constexpr std::size_t longest = 100;
  Decimal result;
  if (text.empty() || text.size() > longest) return std::nullopt;
  if (text.front() == '-' || text.front() == '+') {
    result.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  const auto dot = text.find('.');
  auto whole = text.substr(0, dot);
  auto fraction = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
  if (!are_digits(whole) || (dot != std::string_view::npos && !are_digits(fraction))) {
    return std::nullopt;
  }
  while (!whole.empty() && whole.front() == '0') whole.remove_prefix(1);
  while (!fraction.empty() && fraction.back() == '0') fraction.remove_suffix(1);
  result.whole = whole;
  result.fraction = fraction;
  if (whole.empty() && fraction.empty()) result.negative = false;
  return result;
}

using Modifiers = std::vector<int>;
using Result = std::optional<SureValue>;

/// One with a fraction is rounded, as a number; as a text it is refused.
Result integer(const Constant& c, std::string_view least, std::string_view most) {
  if (c.kind == Constant::Kind::truth) return std::nullopt;
  const auto value = decimal_of(c.text);
  if (!value) return std::nullopt;
  if (c.text.find('.') != std::string::npos) {
    const bool fits = c.kind == Constant::Kind::number && value->whole.size() < most.size();
    return fits ? Result(SureValue{value->text(), false}) : std::nullopt;
  }
  const auto limit = value->negative ? least : most;
  const bool fits = value->whole.size() < limit.size() ||
                    (value->whole.size() == limit.size() && value->whole <= limit);
  return fits ? Result(SureValue{value->text(), true}) : std::nullopt;
}

Result int2(const Constant& c, const Modifiers&) { return integer(c, "32768", "32767"); }
Result int4(const Constant& c, const Modifiers&) { return integer(c, "2147483648", "2147483647"); }
Result int8(const Constant& c, const Modifiers&) {
  return integer(c, "9223372036854775808", "9223372036854775807");
}

/// numeric.c, apply_typmod: what is rounded up may have one digit more.
Result numeric(const Constant& c, const Modifiers& modifiers) {
  if (c.kind == Constant::Kind::truth) return std::nullopt;
  const auto value = decimal_of(c.text);
  if (!value) return std::nullopt;
  if (modifiers.empty()) return SureValue{value->text(), true};
  const int scale = modifiers.size() > 1 ? modifiers[1] : 0;
  if (scale < 0 || modifiers[0] < scale) return std::nullopt;
  const auto room = static_cast<std::size_t>(modifiers[0] - scale);
  const bool rounded = value->fraction.size() > static_cast<std::size_t>(scale);
  if (value->whole.size() + (rounded ? 1 : 0) > room) return std::nullopt;
  return SureValue{value->text(), !rounded};
}

Result floating(const Constant& c, const Modifiers&) {
  constexpr std::size_t longest = 30;
  if (c.kind == Constant::Kind::truth || c.text.size() > longest) return std::nullopt;
  const auto value = decimal_of(c.text);
  return value ? Result(SureValue{value->text(), false}) : std::nullopt;
}

Result truth(const Constant& c, const Modifiers&) {
  if (c.kind == Constant::Kind::number) return std::nullopt;
  if (c.text == "true" || c.text == "t") return SureValue{"true", true};
  if (c.text == "false" || c.text == "f") return SureValue{"false", true};
  return std::nullopt;
}

/// What a backslash means hangs on standard_conforming_strings.
bool is_sure_text(const std::string& text) {
  return is_utf8(text) && text.find('\\') == std::string::npos;
}

Result text(const Constant& c, const Modifiers&) {
  if (c.kind == Constant::Kind::text) {
    return is_sure_text(c.text) ? Result(SureValue{c.text, true}) : std::nullopt;
  }
  if (c.kind == Constant::Kind::truth) return SureValue{c.text, true};
  const auto value = decimal_of(c.text);
  if (!value) return std::nullopt;
  return SureValue{value->text(), value->text() == c.text && value->fraction.empty()};
}

/// In bytes, which are no fewer than characters.
Result limited_text(const Constant& c, const Modifiers& modifiers) {
  auto value = text(c, {});
  if (!value || modifiers.empty()) return value;
  return c.text.size() <= static_cast<std::size_t>(std::max(0, modifiers[0])) ? value
                                                                              : std::nullopt;
}

Result padded_text(const Constant& c, const Modifiers& modifiers) {
  auto value = limited_text(c, modifiers);
  if (value) value->text.erase(value->text.find_last_not_of(' ') + 1);
  return value;
}

Result name(const Constant& c, const Modifiers&) {
  const bool fits = c.kind == Constant::Kind::text && c.text.size() <= most_name_bytes;
  return fits ? text(c, {}) : std::nullopt;
}

Result uuid(const Constant& c, const Modifiers&) {
  constexpr std::string_view form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (c.kind != Constant::Kind::text || c.text.size() != form.size()) return std::nullopt;
  auto value = c.text;
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (value[i] >= 'A' && value[i] <= 'F') value[i] = static_cast<char>(value[i] - 'A' + 'a');
    const bool fits = form[i] == '-' ? value[i] == '-'
                                     : is_digit(value[i]) || (value[i] >= 'a' && value[i] <= 'f');
    if (!fits) return std::nullopt;
  }
  return SureValue{value, true};
}

// --- Dates, as every datestyle reads them ---

/// Takes so many digits from the front.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits || !are_digits(text.substr(0, digits))) return std::nullopt;
  int value = 0;
  std::from_chars(text.data(), text.data() + digits, value);
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

bool take_date(std::string_view& text) {
  constexpr std::array days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const auto year = take_number(text, 4);
  if (!year || *year == 0 || !take(text, '-')) return false;
  const auto month = take_number(text, 2);
  if (!month || *month < 1 || *month > 12 || !take(text, '-')) return false;
  const auto day = take_number(text, 2);
  const bool leap = *year % 4 == 0 && (*year % 100 != 0 || *year % 400 == 0);
  const int last = days[static_cast<std::size_t>(*month - 1)] + (leap && *month == 2 ? 1 : 0);
  return day && *day >= 1 && *day <= last;
}

bool take_time(std::string_view& text) {
  const auto hour = take_number(text, 2);
  if (!hour || *hour > 23 || !take(text, ':')) return false;
  const auto minute = take_number(text, 2);
  if (!minute || *minute > 59) return false;
  if (!take(text, ':')) return true;
  const auto second = take_number(text, 2);
  if (!second || *second > 59) return false;
  if (!take(text, '.')) return true;
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  text.remove_prefix(digits);
  return digits >= 1 && digits <= 6;
}

/// `Z`, `+01`, `-03:30`
bool take_zone(std::string_view& text) {
  if (take(text, 'Z')) return true;
  if (!take(text, '+') && !take(text, '-')) return false;
  const auto hour = take_number(text, 2);
  if (!hour || *hour > 14) return false;
  if (!take(text, ':')) return true;
  const auto minute = take_number(text, 2);
  return minute && *minute <= 59;
}

Result date(const Constant& c, const Modifiers&) {
  std::string_view left = c.text;
  const bool fits = c.kind == Constant::Kind::text && take_date(left) && left.empty();
  return fits ? Result(SureValue{c.text, true}) : std::nullopt;
}

Result time_of_day(const Constant& c, const Modifiers&) {
  std::string_view left = c.text;
  const bool fits = c.kind == Constant::Kind::text && take_time(left) && left.empty();
  return fits ? Result(SureValue{c.text, false}) : std::nullopt;
}

bool take_timestamp(std::string_view& text) {
  if (!take_date(text)) return false;
  return text.empty() || ((take(text, ' ') || take(text, 'T')) && take_time(text));
}

Result timestamp(const Constant& c, const Modifiers&) {
  std::string_view left = c.text;
  const bool fits = c.kind == Constant::Kind::text && take_timestamp(left) && left.empty();
  return fits ? Result(SureValue{c.text, false}) : std::nullopt;
}

Result timestamptz(const Constant& c, const Modifiers&) {
  constexpr std::size_t date_alone = 10;
  std::string_view left = c.text;
  bool fits = c.kind == Constant::Kind::text && take_timestamp(left);
  if (fits && !left.empty()) fits = c.text.size() > date_alone && take_zone(left) && left.empty();
  return fits ? Result(SureValue{c.text, false}) : std::nullopt;
}

/// `{}`, `[]`: of others it is not asked what they are.
Result json(const Constant& c, const Modifiers&) {
  const bool empty = c.kind == Constant::Kind::text && (c.text == "{}" || c.text == "[]");
  return empty ? Result(SureValue{c.text, false}) : std::nullopt;
}

struct SimpleType {
  std::string_view name;
  Result (*value)(const Constant&, const Modifiers&);
};
constexpr std::array simple_types{
    SimpleType{"bool", truth},          SimpleType{"bpchar", padded_text},
    SimpleType{"date", date},           SimpleType{"float4", floating},
    SimpleType{"float8", floating},     SimpleType{"int2", int2},
    SimpleType{"int4", int4},           SimpleType{"int8", int8},
    SimpleType{"json", json},           SimpleType{"jsonb", json},
    SimpleType{"name", name},           SimpleType{"numeric", numeric},
    SimpleType{"text", text},           SimpleType{"time", time_of_day},
    SimpleType{"timestamp", timestamp}, SimpleType{"timestamptz", timestamptz},
    SimpleType{"uuid", uuid},           SimpleType{"varchar", limited_text},
};

}  // namespace

std::optional<SureValue> sure_value(std::string_view type, const std::vector<int>& modifiers,
                                    const Constant& constant) {
  const auto* const found = std::find_if(simple_types.begin(), simple_types.end(),
                                         [&](const SimpleType& t) { return t.name == type; });
  return found == simple_types.end() ? std::nullopt : found->value(constant, modifiers);
}

int compare_decimals(const std::string& a, const std::string& b) {
  const auto x = decimal_of(a), y = decimal_of(b);
  if (!x || !y) return a.compare(b);
  if (x->negative != y->negative) return x->negative ? -1 : 1;
  const int sign = x->negative ? -1 : 1;
  if (x->whole.size() != y->whole.size()) return x->whole.size() < y->whole.size() ? -sign : sign;
  const int whole = x->whole.compare(y->whole);
  return sign * (whole != 0 ? whole : x->fraction.compare(y->fraction));
}

}  // namespace pgleast
