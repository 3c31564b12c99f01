#include "input/replay/catalog/server_relation.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace pgleast {
namespace {

// system_views.sql and others.
constexpr std::array all{
    ServerRelation{"pg_aios", 'v', true, 18},
    ServerRelation{"pg_auth_members", 'r', false},
    ServerRelation{"pg_authid"},
    ServerRelation{"pg_backend_memory_contexts", 'v', true, 14},
    ServerRelation{"pg_class", 'r', false},
    ServerRelation{"pg_config", 'v'},
    ServerRelation{"pg_database", 'r', false},
    ServerRelation{"pg_db_role_setting", 'r', false},
    ServerRelation{"pg_dsm_registry_allocations", 'v', true, 19},
    ServerRelation{"pg_file_settings", 'v'},
    ServerRelation{"pg_hba_file_rules", 'v'},
    ServerRelation{"pg_ident_file_mappings", 'v', true, 15},
    ServerRelation{"pg_largeobject"},
    ServerRelation{"pg_namespace", 'r', false},
    ServerRelation{"pg_proc", 'r', false},
    ServerRelation{"pg_replication_origin_status", 'v'},
    ServerRelation{"pg_shadow", 'v'},
    ServerRelation{"pg_shmem_allocations", 'v', true, 13},
    ServerRelation{"pg_shmem_allocations_numa", 'v', true, 18},
    ServerRelation{"pg_statistic"},
    ServerRelation{"pg_statistic_ext_data"},
    ServerRelation{"pg_subscription"},
    ServerRelation{"pg_trigger", 'r', false},
    ServerRelation{"pg_user_mapping"},
};

}  // namespace

const ServerRelation* server_relation(std::string_view name) {
  const auto* const found =
      std::find_if(all.begin(), all.end(), [&](const ServerRelation& r) { return r.name == name; });
  return found == all.end() ? nullptr : found;
}

std::vector<ServerRelation> server_relations(int major) {
  std::vector<ServerRelation> result;
  std::copy_if(all.begin(), all.end(), std::back_inserter(result),
               [&](const ServerRelation& r) { return r.since <= major; });
  return result;
}

}  // namespace pgleast
