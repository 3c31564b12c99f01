#pragma once
// The value of a setting in one session, and who may change it (guc.c; postinit.c,
// process_settings; user.c, AlterRoleSet):
//
//   ALTER ROLE app IN DATABASE shop SET work_mem = ...   wins over
//   ALTER ROLE app SET, over ALTER DATABASE shop SET, over ALTER ROLE ALL SET,
//   over the server's own: command line, postgresql.auto.conf, postgresql.conf, built-in default

#include <map>
#include <string>
#include <vector>

#include "model/cluster.hpp"
#include "pg/setting_table.hpp"
#include "privileges/graph.hpp"

namespace pgleast {

/// Who logs in where; no_role and no_object: nobody in particular, what the server itself has.
struct SessionOf {
  RoleId role = no_role;
  ObjectId database = no_object;
};

/// All that the cluster knows, as pg_settings would show them in such a session before it sets
/// anything itself, sorted by name whatever its case. `source` is as there: `global` for ALTER
/// ROLE ALL, `database`, `user`, `database user`. A stored value that the server would refuse is
/// passed over, as it does.
std::vector<Setting> settings_in_force(const Cluster& cluster, const SessionOf& session);

/// Who may change a setting. Keeps a reference: the graph must outlive it.
class SettingRights {
 public:
  explicit SettingRights(const Graph& graph);

  /// Whether `role` may SET it in its own session.
  bool may_set(RoleId role, const SettingInfo& setting) const;
  /// Whether `role` may write it to postgresql.auto.conf with ALTER SYSTEM.
  bool may_alter_system(RoleId role, const SettingInfo& setting) const;
  /// Whether `role` may store it for sessions of `target`: ALTER ROLE, ALTER DATABASE, or ALTER
  /// ROLE ... IN DATABASE ... SET; ALTER ROLE ALL for no role and no database.
  bool may_store(RoleId role, const SessionOf& target, const SettingInfo& setting) const;

 private:
  bool holds(RoleId role, const SettingInfo& setting, Privilege privilege) const;

  const Graph& graph_;
  bool alter_system_allowed_ = true;
  std::map<std::string, const Object*> parameters_;  // by setting_key
};

}  // namespace pgleast
