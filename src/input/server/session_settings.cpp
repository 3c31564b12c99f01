#include "input/server/session_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "pg/identifier.hpp"

namespace pgleast {
namespace {

using NameAndValue = std::pair<std::string_view, std::string_view>;

// Those that this version does not have are passed over.
constexpr std::array fixed_settings{
    NameAndValue{"search_path", "pg_catalog"},
    NameAndValue{"standard_conforming_strings", "on"},
    NameAndValue{"escape_string_warning", "off"},
    NameAndValue{"backslash_quote", "safe_encoding"},
    NameAndValue{"statement_timeout", "5min"},
    NameAndValue{"lock_timeout", "5s"},
    NameAndValue{"idle_in_transaction_session_timeout", "10min"},
    NameAndValue{"idle_session_timeout", "0"},
    NameAndValue{"transaction_timeout", "0"},
    NameAndValue{"quote_all_identifiers", "off"},
    NameAndValue{"row_security", "on"},
    NameAndValue{"client_min_messages", "error"},
    NameAndValue{"exit_on_error", "off"},
    NameAndValue{"bytea_output", "hex"},
    NameAndValue{"DateStyle", "ISO, YMD"},
    NameAndValue{"IntervalStyle", "postgres"},
    NameAndValue{"TimeZone", "UTC"},
    NameAndValue{"extra_float_digits", "1"},
    NameAndValue{"transform_null_equals", "off"},
    NameAndValue{"array_nulls", "on"},
    NameAndValue{"xmlbinary", "base64"},
    NameAndValue{"xmloption", "content"},
};

bool is_fixed(std::string_view name) {
  return std::any_of(fixed_settings.begin(), fixed_settings.end(),
                     [&](const NameAndValue& s) { return s.first == name; });
}

std::string call(std::string_view name, std::string_view value) {
  return fmt::format("pg_catalog.set_config({}, {}, true)", quote_literal(std::string(name)),
                     quote_literal(std::string(value)));
}

bool is_stored(const SettingAtStart& setting) {
  return setting.source == "global" || setting.source == "database" || setting.source == "user" ||
         setting.source == "database user";
}

}  // namespace

bool hides_the_servers(const SettingAtStart& setting) {
  return is_stored(setting) || setting.source == "client";
}

std::string fixed_settings_sql(const SettingsAtStart& at_start) {
  std::string sql = "SELECT ";
  for (const auto& [name, value] : fixed_settings) {
    if (!at_start.contains(std::string(name))) continue;
    sql += (sql.size() > 7 ? ", " : "") + call(name, value);
  }
  return sql;
}

std::vector<std::string> stored_settings_sql(const SettingsAtStart& at_start) {
  std::vector<std::string> sql;
  for (const auto& [name, setting] : at_start) {
    if (!is_stored(setting) || setting.context != "user" || is_fixed(name)) continue;
    sql.push_back("SELECT " + call(name, setting.boot_value));
  }
  return sql;
}

std::string options_against_stored(int major) {
  // A parallel worker begins with the limits that are stored.
  std::string options =
      "-c local_preload_libraries= -c statement_timeout=0 -c lock_timeout=0 "
      "-c max_parallel_workers_per_gather=0 "
      "-c idle_in_transaction_session_timeout=0 -c exit_on_error=off";
  if (major >= 14) options += " -c idle_session_timeout=0";
  if (major >= 17) options += " -c transaction_timeout=0";
  return options;
}

}  // namespace pgleast
