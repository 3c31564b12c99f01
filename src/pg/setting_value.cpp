#include "pg/setting_value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

namespace pgleast {
namespace {

struct Unit {
  std::string_view name;
  std::string_view base;
  double factor;
};

constexpr double kilo = 1024;

/// From large to small within each base (guc.c, memory_ and time_unit_conversion_table).
constexpr std::array<Unit, 38> units{{
    {"TB", "B", kilo* kilo* kilo* kilo},
    {"GB", "B", kilo* kilo* kilo},
    {"MB", "B", kilo* kilo},
    {"kB", "B", kilo},
    {"B", "B", 1},
    {"TB", "kB", kilo* kilo* kilo},
    {"GB", "kB", kilo* kilo},
    {"MB", "kB", kilo},
    {"kB", "kB", 1},
    {"B", "kB", 1 / kilo},
    {"TB", "MB", kilo* kilo},
    {"GB", "MB", kilo},
    {"MB", "MB", 1},
    {"kB", "MB", 1 / kilo},
    {"B", "MB", 1 / (kilo * kilo)},
    {"TB", "8kB", kilo* kilo* kilo / 8},
    {"GB", "8kB", kilo* kilo / 8},
    {"MB", "8kB", kilo / 8},
    {"kB", "8kB", 1.0 / 8},
    {"B", "8kB", 1.0 / 8 / kilo},
    {"d", "ms", 1000.0 * 60 * 60 * 24},
    {"h", "ms", 1000.0 * 60 * 60},
    {"min", "ms", 1000.0 * 60},
    {"s", "ms", 1000},
    {"ms", "ms", 1},
    {"us", "ms", 1.0 / 1000},
    {"d", "s", 60.0 * 60 * 24},
    {"h", "s", 60.0 * 60},
    {"min", "s", 60},
    {"s", "s", 1},
    {"ms", "s", 1.0 / 1000},
    {"us", "s", 1.0 / 1'000'000},
    {"d", "min", 60.0 * 24},
    {"h", "min", 60},
    {"min", "min", 1},
    {"s", "min", 1.0 / 60},
    {"ms", "min", 1.0 / (1000 * 60)},
    {"us", "min", 1.0 / (1000.0 * 1000 * 60)},
}};

constexpr std::string_view blanks = " \t\n\r\f\v";

std::string_view without_leading_blanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(blanks), text.size()));
}

/// guc.c, convert_to_base_unit: a fraction is rounded to the next smaller unit.
std::optional<double> in_base_unit(double value, std::string_view unit, std::string_view base) {
  const auto end = unit.find_first_of(blanks);
  if (!without_leading_blanks(unit.substr(std::min(end, unit.size()))).empty()) {
    return std::nullopt;
  }
  unit = unit.substr(0, end);
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (units[i].base != base || units[i].name != unit || base.empty()) continue;
    double result = value * units[i].factor;
    if (i + 1 < units.size() && units[i + 1].base == base) {
      result = std::rint(result / units[i + 1].factor) * units[i + 1].factor;
    }
    return result;
  }
  return std::nullopt;
}

struct Number {
  double value;
  std::string_view rest;
};

/// An integer setting takes decimal, 0x and octal, and a fraction; a real one what strtod does.
std::optional<Number> number_at_start(const std::string& text, bool integer) {
  const char* const begin = text.c_str();
  char* end = nullptr;
  double value = 0;
  errno = 0;
  if (integer) value = static_cast<double>(std::strtol(begin, &end, 0));
  if (!integer || *end == '.' || *end == 'e' || *end == 'E' || errno == ERANGE) {
    errno = 0;
    value = std::strtod(begin, &end);
  }
  if (end == begin || errno == ERANGE || std::isnan(value)) return std::nullopt;
  const auto used = static_cast<std::size_t>(end - begin);
  return Number{value, without_leading_blanks(std::string_view(text).substr(used))};
}

double limit(std::string_view text) { return std::strtod(std::string(text).c_str(), nullptr); }

bool within_limits(double value, const SettingInfo& info) {
  return (info.min.empty() || value >= limit(info.min)) &&
         (info.max.empty() || value <= limit(info.max));
}

std::vector<std::string> enumerators(const SettingInfo& info) {
  std::vector<std::string> result;
  for (auto rest = info.enum_values;;) {
    const auto comma = rest.find(',');
    result.emplace_back(rest.substr(0, comma));
    if (comma == std::string_view::npos) return result;
    rest.remove_prefix(comma + 1);
  }
}

bool has(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

/// Spellings that pg_settings.enumvals leaves out (guc_tables.c, the entries marked hidden).
std::string_view hidden_spelling(const std::string& key, const std::vector<std::string>& known,
                                 const SettingInfo& info) {
  const bool yes = key == "true" || key == "yes" || key == "1";
  const bool no = key == "false" || key == "no" || key == "0";
  if (info.name == "password_encryption" && info.versions.until == 13) {
    return yes || key == "on" ? "md5" : "";
  }
  if (has(known, "on") && yes) return "on";
  if (has(known, "off") && no) return "off";
  if (info.name == "wal_level" && (key == "archive" || key == "hot_standby")) return "replica";
  if (key == "debug" && has(known, "debug2")) return "debug2";
  const bool to_client = info.name == "client_min_messages" ||
                         info.name == "trace_recovery_messages" ||
                         info.name == "icu_validation_level";
  if (to_client && key == "info") return "info";
  return "";
}

std::string with_unit(double value, const SettingInfo& info, bool integer) {
  const auto printed = [&](double number) {
    return integer ? fmt::format("{:.0f}", number) : fmt::format("{:g}", number);
  };
  if (value <= 0 || info.unit.empty()) return printed(value);
  std::string result = printed(value) + std::string(info.unit);
  for (const auto& unit : units) {
    if (unit.base != info.unit || info.unit.empty()) continue;
    const double number = value / unit.factor;
    const bool exact = integer ? std::rint(number) == number || unit.factor <= 1
                               : std::fabs(std::rint(number) / number - 1.0) <= 1e-8;
    result = printed(number) + std::string(unit.name);
    if (exact) break;
  }
  return result;
}

/// What no value of the setting's type but one is taken for.
bool own_check(std::string_view text, const SettingInfo& info) {
  if (info.name == "role") return text == "none";
  if (info.name == "default_with_oids") return parse_bool(text) == false;
  return true;
}

bool is_file_mode(std::string_view name) {
  return name == "unix_socket_permissions" || name == "log_file_mode" ||
         name == "data_directory_mode";
}

}  // namespace

std::optional<bool> parse_bool(std::string_view text) {
  const auto word = setting_key(text);
  const auto shortens = [&](std::string_view whole, std::size_t least) {
    return word.size() >= least && whole.starts_with(word);
  };
  if (shortens("true", 1) || shortens("yes", 1) || shortens("on", 2) || word == "1") return true;
  if (shortens("false", 1) || shortens("no", 1) || shortens("off", 2) || word == "0") return false;
  return std::nullopt;
}

std::optional<double> parse_quantity(std::string_view text, const SettingInfo& info) {
  const bool integer = info.type == SettingType::integer;
  const std::string whole(text);
  const auto number = number_at_start(whole, integer);
  if (!number) return std::nullopt;
  double value = number->value;
  if (!number->rest.empty()) {
    const auto converted = in_base_unit(value, number->rest, info.unit);
    if (!converted) return std::nullopt;
    value = *converted;
  }
  if (!integer) return value;
  value = std::rint(value);
  constexpr auto most = static_cast<double>(std::numeric_limits<int>::max());
  if (value > most || value < -most - 1) return std::nullopt;
  return value;
}

std::optional<std::string> parse_enum(std::string_view text, const SettingInfo& info) {
  const auto key = setting_key(text);
  const auto known = enumerators(info);
  for (const auto& word : known) {
    if (setting_key(word) == key) return word;
  }
  const auto hidden = hidden_spelling(key, known, info);
  if (hidden.empty()) return std::nullopt;
  return std::string(hidden);
}

std::optional<std::string> shown_value(std::string_view text, const SettingInfo& info) {
  if (!own_check(text, info)) return std::nullopt;
  switch (info.type) {
    case SettingType::boolean:
      if (const auto value = parse_bool(text)) return *value ? "on" : "off";
      return std::nullopt;
    case SettingType::enumeration:
      return parse_enum(text, info);
    case SettingType::string:
      return std::string(text);
    case SettingType::integer:
    case SettingType::real:
      break;
  }
  const auto value = parse_quantity(text, info);
  if (!value || !within_limits(*value, info)) return std::nullopt;
  if (is_file_mode(info.name)) return fmt::format("{:04o}", static_cast<unsigned>(*value));
  return with_unit(*value, info, info.type == SettingType::integer);
}

std::optional<std::string> value_error(std::string_view text, const SettingInfo& info) {
  if (shown_value(text, info)) return std::nullopt;
  switch (info.type) {
    case SettingType::boolean:
      if (parse_bool(text)) return fmt::format("`{}` cannot be turned on", info.name);
      return fmt::format("`{}` is on or off", info.name);
    case SettingType::enumeration:
      return fmt::format("`{}` is one of {}", info.name, fmt::join(enumerators(info), ", "));
    case SettingType::string:
      return fmt::format("`{}` does not take this", info.name);
    case SettingType::integer:
    case SettingType::real:
      break;
  }
  if (parse_quantity(text, info)) {
    return fmt::format("`{}` is {} to {}{}{}", info.name, info.min, info.max,
                       info.unit.empty() ? "" : " of ", info.unit);
  }
  return fmt::format("`{}` is a number{}{}", info.name, info.unit.empty() ? "" : " in units of ",
                     info.unit);
}

}  // namespace pgleast
