#include "escalation/name_path.hpp"

#include <algorithm>

#include "pg/identifier.hpp"
#include "pg/name_list.hpp"
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

std::string pinned_search_path(const Cluster& cluster, const Object& function) {
  const auto path = own_search_path(cluster.function(function));
  auto names = path ? schemas_of_path(*path, cluster.major())
                    : std::vector<std::string>{cluster.object(function.schema).name};
  std::erase_if(names, [](const auto& n) {
    return n == temporary_schema || n == "$user" || n == "pg_catalog";
  });
  std::string result = "pg_catalog";
  for (const auto& name : names) result += ", " + quote_identifier(name);
  return result + ", pg_temp";
}

}  // namespace pgleast
