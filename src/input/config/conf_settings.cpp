#include <algorithm>
#include <map>
#include <utility>

#include "input/config/conf.hpp"
#include "pg/secret_text.hpp"
#include "pg/setting_table.hpp"
#include "pg/setting_value.hpp"
#include "pg/version.hpp"

namespace pgleast {
namespace {

Setting from_file(const ConfEntry& entry, const SettingInfo* info) {
  const auto shown = info == nullptr ? std::nullopt : shown_value(entry.value, *info);
  const std::string name(info == nullptr ? entry.name : info->name);
  return {name, masked_setting(name, shown.value_or(entry.value)), "configuration file", entry.file,
          entry.line};
}

Setting built_in(const SettingInfo& info) {
  const auto shown = shown_value(info.boot_value, info);
  return {std::string(info.name), shown.value_or(std::string(info.boot_value)), "default", "", 0};
}

}  // namespace

std::vector<SettingProblem> setting_problems(const ConfFile& file) {
  std::vector<std::pair<std::uint32_t, SettingProblem>> found;
  for (const auto& p : file.problems) {
    found.push_back({p.row, {"", "", p.file, p.line, p.diagnostic.message}});
  }
  for (const auto& e : file.entries) {
    if (!e.error) continue;
    found.push_back(
        {e.row, {e.name, masked_setting(e.name, e.value), e.file, e.line, e.error->message}});
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<SettingProblem> result;
  for (auto& [row, problem] : found) result.push_back(std::move(problem));
  return result;
}

std::vector<Setting> settings_of(const ConfFile& file, int version_num) {
  const auto major = major_of(version_num);
  std::map<std::string, Setting> by_key;  // sorted as the result is
  for (const auto* info : settings_of_version(major)) {
    by_key.emplace(setting_key(info->name), built_in(*info));
  }
  for (const auto& entry : file.entries) {
    if (entry.state != ConfState::applied) continue;
    const auto* info = find_setting_info(entry.name, major);
    const auto key = setting_key(info == nullptr ? std::string_view(entry.name) : info->name);
    by_key.insert_or_assign(key, from_file(entry, info));
  }
  std::vector<Setting> result;
  result.reserve(by_key.size());
  for (auto& [key, setting] : by_key) result.push_back(std::move(setting));
  return result;
}

}  // namespace pgleast
