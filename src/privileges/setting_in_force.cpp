#include "privileges/setting_in_force.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "pg/setting_value.hpp"

namespace pgleast {
namespace {

/// Lowest first; 0: it is for other sessions.
int rank_of(const RoleSetting& stored, const SessionOf& session) {
  const bool every_role = stored.role == no_role;
  const bool every_database = stored.database == no_object;
  if (!every_role && stored.role != session.role) return 0;
  if (!every_database && stored.database != session.database) return 0;
  return 1 + (every_database ? 0 : 1) + (every_role ? 0 : 2);
}

constexpr const char* sources[] = {"", "global", "database", "user", "database user"};

bool is_admin_of(const Graph& graph, RoleId role, RoleId of) {
  const auto& memberships = graph.cluster().memberships;
  return std::any_of(memberships.begin(), memberships.end(), [&](const Membership& m) {
    return m.admin && m.role == of && graph.is_member(role, m.member);
  });
}

bool may_alter_role(const Graph& graph, RoleId role, RoleId target) {
  const auto& cluster = graph.cluster();
  if (cluster.role(target).superuser) return false;
  if (role == target) return true;
  return cluster.role(role).createrole &&
         (cluster.major() < 16 || is_admin_of(graph, role, target));
}

bool owns(const Graph& graph, RoleId role, ObjectId database) {
  const auto owner = graph.cluster().object(database).owner;
  return graph.reach(role, Closure::inherits).has(owner);
}

}  // namespace

std::vector<Setting> settings_in_force(const Cluster& cluster, const SessionOf& session) {
  std::map<std::string, std::pair<int, Setting>> by_key;
  for (const auto& setting : cluster.settings) {
    by_key.emplace(setting_key(setting.name), std::pair{0, setting});
  }
  for (const auto& stored : cluster.role_settings) {
    const int rank = rank_of(stored, session);
    if (rank == 0) continue;
    const auto* const info = find_setting_info(stored.name, cluster.major());
    auto value = stored.value;
    if (info != nullptr) {
      const auto shown = shown_value(stored.value, *info);
      if (!shown) continue;
      value = *shown;
    }
    const std::string name(info == nullptr ? std::string_view(stored.name) : info->name);
    auto& found = by_key[setting_key(name)];
    if (found.first > rank) continue;
    found = {rank, {name, value, sources[rank], "", 0}};
  }
  std::vector<Setting> result;
  for (auto& [key, ranked] : by_key) result.push_back(std::move(ranked.second));
  return result;
}

SettingRights::SettingRights(const Graph& graph) : graph_(graph) {
  const auto& cluster = graph.cluster();
  for (const auto& o : cluster.objects) {
    if (o.kind == ObjectKind::parameter) parameters_.emplace(setting_key(o.name), &o);
  }
  const auto* const allowed = cluster.find_setting("allow_alter_system");
  alter_system_allowed_ = allowed == nullptr || allowed->value != "off";
}

bool SettingRights::holds(RoleId role, const SettingInfo& setting, Privilege privilege) const {
  if (graph_.cluster().role(role).superuser) return true;
  const auto found = parameters_.find(setting_key(setting.name));
  return found != parameters_.end() && graph_.held(role, *found->second).privileges.has(privilege);
}

bool SettingRights::may_set(RoleId role, const SettingInfo& setting) const {
  if (setting.context == SettingContext::user) return true;
  return setting.context == SettingContext::superuser && holds(role, setting, Privilege::set);
}

bool SettingRights::may_alter_system(RoleId role, const SettingInfo& setting) const {
  return alter_system_allowed_ && may_be_altered_by_system(setting) &&
         holds(role, setting, Privilege::alter_system);
}

bool SettingRights::may_store(RoleId role, const SessionOf& target,
                              const SettingInfo& setting) const {
  if (!may_set(role, setting)) return false;
  if (graph_.cluster().role(role).superuser) return true;
  if (target.role != no_role) return may_alter_role(graph_, role, target.role);
  return target.database != no_object && owns(graph_, role, target.database);
}

}  // namespace pgleast
