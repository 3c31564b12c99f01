#include "escalation/name_path.hpp"

#include <algorithm>

#include "pg/option_list.hpp"
#include "pg/setting_table.hpp"

namespace pgleast {

std::optional<std::string> own_search_path(const FunctionDetail& function) {
  return option_value(function.config, "search_path");
}

bool is_search_path(const RoleSetting& s) { return setting_key(s.name) == "search_path"; }

std::string path_of_everyone(const Cluster& cluster, ObjectId database) {
  const auto* const setting = cluster.find_setting("search_path");
  const auto* const info = find_setting_info("search_path", cluster.major());
  const bool known = setting != nullptr && setting->source != "session";
  std::string path = known ? setting->value : std::string(info->boot_value);
  for (const bool of_database : {false, true}) {
    for (const auto& s : cluster.role_settings) {
      if (!is_search_path(s) || s.role != no_role) continue;
      if (of_database ? s.database == database : s.database == no_object) path = s.value;
    }
  }
  return path;
}

bool knows_path_of_everyone(const Cluster& cluster, ObjectId database) {
  const auto* const setting = cluster.find_setting("search_path");
  return setting == nullptr || setting->source != "session" ||
         std::any_of(cluster.role_settings.begin(), cluster.role_settings.end(),
                     [&](const RoleSetting& s) {
                       return is_search_path(s) && s.role == no_role &&
                              (s.database == no_object || s.database == database);
                     });
}

std::string path_of_login(const Cluster& cluster, RoleId role, ObjectId database) {
  auto path = path_of_everyone(cluster, database);
  for (const bool of_database : {false, true}) {
    for (const auto& s : cluster.role_settings) {
      if (!is_search_path(s) || s.role != role) continue;
      if (s.database == (of_database ? database : no_object)) path = s.value;
    }
  }
  return path;
}

}  // namespace pgleast
