// GRANT and REVOKE on what the server made itself. The model of a script's cluster has none of it
// until somebody is granted something there: then with the list that initdb gives.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "input/replay/catalog/server_relation.hpp"
#include "input/replay/statements/object_statement.hpp"
#include "model/bootstrap_superuser.hpp"

namespace pgleast {
namespace {

// Those that not everybody may call begin with one of these (system_functions.sql).
constexpr std::array<std::string_view, 33> guarded_functions{"lo_export",
                                                             "lo_import",
                                                             "pg_backup_",
                                                             "pg_cancel_backup",
                                                             "pg_config",
                                                             "pg_create_restore_point",
                                                             "pg_current_logfile",
                                                             "pg_get_backend_memory_contexts",
                                                             "pg_get_shmem_allocations",
                                                             "pg_hba_file_rules",
                                                             "pg_ident_file_mappings",
                                                             "pg_import_system_collations",
                                                             "pg_log_backend_memory_contexts",
                                                             "pg_log_standby_snapshot",
                                                             "pg_ls_",
                                                             "pg_promote",
                                                             "pg_read_",
                                                             "pg_reload_conf",
                                                             "pg_replication_origin_",
                                                             "pg_rotate_logfile",
                                                             "pg_show_all_file_settings",
                                                             "pg_show_replication_origin_status",
                                                             "pg_start_backup",
                                                             "pg_stat_file",
                                                             "pg_stat_have_stats",
                                                             "pg_stat_reset",
                                                             "pg_stop_backup",
                                                             "pg_stop_making_pinned_objects",
                                                             "pg_switch_wal",
                                                             "pg_sync_replication_slots",
                                                             "pg_wal_replay_pause",
                                                             "pg_wal_replay_resume",
                                                             "pg_extension_config_dump"};

constexpr std::array<std::string_view, 18> views{"pg_available_extensions",
                                                 "pg_group",
                                                 "pg_indexes",
                                                 "pg_locks",
                                                 "pg_matviews",
                                                 "pg_policies",
                                                 "pg_roles",
                                                 "pg_rules",
                                                 "pg_sequences",
                                                 "pg_settings",
                                                 "pg_stats",
                                                 "pg_stats_ext",
                                                 "pg_tables",
                                                 "pg_timezone_names",
                                                 "pg_user",
                                                 "pg_user_mappings",
                                                 "pg_views"};

template <std::size_t N>
bool is_among(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

RoleId initdb_superuser(const Cluster& cluster) {
  const auto known = bootstrap_superuser(cluster);
  return known == no_role ? RoleId{0} : known;
}

EntityId made(SqlCatalog& catalog, Entity entity, ObjectKind kind, std::uint32_t detail,
              PrivilegeSet everyone) {
  const auto owner = initdb_superuser(catalog.cluster());
  entity.schema = catalog.find_schema("pg_catalog");
  const auto id = catalog.make(std::move(entity), kind, detail);
  catalog.set_owner(id, owner);
  const auto all = grantable_privileges(kind, catalog.major());
  Acl acl{{owner, owner, all, {}}};
  if (!everyone.empty()) acl.push_back({public_role, owner, everyone, {}});
  catalog.set_acl(id, catalog.intern(acl));
  return id;
}

void need_columns(SqlCatalog& catalog, EntityId id, const SqlNode& granted) {
  for (const auto& item : granted) {
    for (const auto& name : strings_of(list_at(inside(item, "AccessPriv"), "cols"))) {
      if (catalog.column_number(id, name) != 0) continue;
      auto& e = catalog.edit(id);
      e.columns.push_back({e.next_column++, {}, true, 0});
      catalog.edit_relation(id).columns.push_back({name, null_acl});
    }
  }
}

}  // namespace

EntityId catalog_relation(SqlCatalog& catalog, const std::string& name, const SqlNode& granted) {
  auto id = catalog.find(EntityKind::relation, catalog.find_schema("pg_catalog"), name);
  if (id == no_entity) {
    RelationDetail detail;
    const auto* const known = server_relation(name);
    detail.relkind = known != nullptr ? known->relkind : is_among(views, name) ? 'v' : 'r';
    Entity e;
    e.kind = EntityKind::relation;
    e.name = name;
    e.subkind = RelationKind{detail.relkind};
    auto& all = catalog.cluster().relations;
    all.push_back(std::move(detail));
    const bool guarded = known != nullptr && known->guarded;
    id = made(catalog, std::move(e), ObjectKind::table, static_cast<std::uint32_t>(all.size() - 1),
              guarded ? PrivilegeSet() : PrivilegeSet(Privilege::select));
  }
  need_columns(catalog, id, granted);
  return id;
}

void need_catalog_relations(SqlCatalog& catalog) {
  for (const auto& relation : server_relations(catalog.major())) {
    catalog_relation(catalog, std::string(relation.name), SqlNode::array());
  }
}

bool is_guarded_function(const std::string& name) {
  return std::any_of(guarded_functions.begin(), guarded_functions.end(),
                     [&](std::string_view g) { return name.starts_with(g); });
}

EntityId catalog_function(SqlCatalog& catalog, const std::string& name,
                          const std::vector<TypeRef>& types) {
  const auto found = catalog.find_function(catalog.find_schema("pg_catalog"), name, types);
  if (found != no_entity) return found;
  Entity e;
  e.kind = EntityKind::function;
  e.name = name;
  e.subkind = RoutineKind::function;
  e.types = types;
  auto& all = catalog.cluster().functions;
  all.push_back({'f', false, false, 'v', "internal", false, {}});
  return made(catalog, std::move(e), ObjectKind::function,
              static_cast<std::uint32_t>(all.size() - 1),
              is_guarded_function(name) ? PrivilegeSet() : PrivilegeSet(Privilege::execute));
}

}  // namespace pgleast
