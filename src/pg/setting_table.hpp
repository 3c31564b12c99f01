#pragma once
// The settings that each version knows, as its own pg_settings describes them: the rows are
// in setting_table.inc, which tests/support/settings-table.sh takes from real servers.
//
//   work_mem   integer of kB, 64 to 2147483647, default 4096, any user may set it

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pg/version.hpp"

namespace pgleast {

enum class SettingType : std::uint8_t { boolean, integer, real, string, enumeration };

/// Who may change it and when (pg_settings.context), from never to always.
enum class SettingContext : std::uint8_t {
  internal,
  postmaster,  // only at server start
  sighup,      // only in the files
  superuser_backend,
  backend,
  superuser,
  user,
};

struct SettingInfo {
  std::string_view name;  // as the server spells it: `DateStyle`
  Versions versions;
  SettingType type;
  std::string_view unit;  // of a bare number: kB, 8kB, B, MB, ms, s, min; empty: none
  SettingContext context;
  std::string_view min;
  std::string_view max;
  std::string_view enum_values;  // by commas; without the hidden spellings that are taken, too
  std::string_view boot_value;   // the built-in default, in the unit
};

/// As pg_settings.context: `superuser-backend`.
std::string_view to_string(SettingContext context);

/// Any case, and the old names that the version still takes (`sort_mem`). Null: unknown there.
const SettingInfo* find_setting_info(std::string_view name, int major);

/// All of that version, sorted by name without regard to case.
std::vector<const SettingInfo*> settings_of_version(int major);

/// Whether ALTER SYSTEM takes it (guc.c, GUC_DISALLOW_IN_FILE and _IN_AUTO_FILE).
bool may_be_altered_by_system(const SettingInfo& setting);

/// "; it is gone since version 17", "; it exists since version 15", or an empty text.
std::string other_version(std::string_view name, int major);

/// As guc_name_compare sees names: ASCII letters in lower case, all else as it is.
std::string setting_key(std::string_view name);

}  // namespace pgleast
