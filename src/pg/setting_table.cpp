#include "pg/setting_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "pg/version.hpp"

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
    if (row->versions.has(major)) return row;
  }
  return nullptr;
}

}  // namespace

bool may_be_altered_by_system(const SettingInfo& setting) {
  constexpr std::array<std::string_view, 9> never{"allow_alter_system",
                                                  "config_file",
                                                  "data_directory",
                                                  "role",
                                                  "seed",
                                                  "session_authorization",
                                                  "transaction_isolation",
                                                  "transaction_read_only",
                                                  "transaction_deferrable"};
  return setting.context != SettingContext::internal &&
         std::find(never.begin(), never.end(), setting.name) == never.end();
}

std::string other_version(std::string_view name, int major) {
  for (int other = newest_major; other >= oldest_major; --other) {
    const auto* info = find_setting_info(name, other);
    if (info == nullptr) continue;
    return other < major ? fmt::format("; it is gone since version {}", other + 1)
                         : fmt::format("; it exists since version {}", info->versions.since);
  }
  return "";
}

std::string setting_key(std::string_view name) {
  std::string key(name);
  for (char& c : key) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return key;
}

std::string_view to_string(SettingContext context) {
  constexpr std::array<std::string_view, 7> names{
      "internal", "postmaster", "sighup", "superuser-backend", "backend", "superuser", "user"};
  return names[static_cast<std::size_t>(context)];
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
    if (row.versions.has(major)) result.push_back(&row);
  }
  return result;
}

}  // namespace pgleast
