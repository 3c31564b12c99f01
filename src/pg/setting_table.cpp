#include "pg/setting_table.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace pgleast {
namespace {

/// INVARIANT: sorted by setting_key(name), then by version.
constexpr SettingInfo rows[] = {
#include "pg/setting_table.inc"
};

struct OldName {
  std::string_view old_name;
  std::string_view name;
  int since;
};

/// guc.c, map_old_guc_names.
constexpr std::array<OldName, 3> old_names{{
    {"sort_mem", "work_mem", 0},
    {"vacuum_mem", "maintenance_work_mem", 0},
    {"ssl_ecdh_curve", "ssl_groups", 18},
}};

const SettingInfo* find_row(const std::string& key, int major) {
  const auto* row = std::lower_bound(
      std::begin(rows), std::end(rows), key,
      [](const SettingInfo& info, const std::string& k) { return setting_key(info.name) < k; });
  for (; row != std::end(rows) && setting_key(row->name) == key; ++row) {
    if (row->first_major <= major && major <= row->last_major) return row;
  }
  return nullptr;
}

}  // namespace

std::string setting_key(std::string_view name) {
  std::string key(name);
  for (char& c : key) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return key;
}

const SettingInfo* find_setting_info(std::string_view name, int major) {
  const auto key = setting_key(name);
  if (const auto* row = find_row(key, major)) return row;
  for (const auto& old : old_names) {
    if (old.old_name == key && major >= old.since) return find_row(std::string(old.name), major);
  }
  return nullptr;
}

std::vector<const SettingInfo*> settings_of_version(int major) {
  std::vector<const SettingInfo*> result;
  for (const auto& row : rows) {
    if (row.first_major <= major && major <= row.last_major) result.push_back(&row);
  }
  return result;
}

}  // namespace pgleast
