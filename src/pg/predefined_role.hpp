#pragma once
// The predefined roles whose power is more than grants say (manual section 21.5).

#include <array>
#include <cstdint>
#include <string_view>

namespace pgleast {

struct PredefinedRole {
  std::string_view name;
  std::uint32_t oid;
  int since;
  std::string_view escalation;  // how a holder becomes superuser; empty: not by itself
};

inline constexpr std::array<PredefinedRole, 16> predefined_roles{{
    {"pg_monitor", 3373, 10, ""},
    {"pg_read_all_settings", 3374, 10, ""},
    {"pg_read_all_stats", 3375, 10, ""},
    {"pg_stat_scan_tables", 3377, 10, ""},
    {"pg_signal_backend", 4200, 10, ""},
    {"pg_read_server_files", 4569, 11, ""},
    {"pg_write_server_files", 4570, 11,
     "writes any file of the server's operating-system user, pg_hba.conf among them"},
    {"pg_execute_server_program", 4571, 11, "runs programs as the server's operating-system user"},
    {"pg_read_all_data", 6181, 14, ""},
    {"pg_write_all_data", 6182, 14, ""},
    {"pg_database_owner", 6171, 14, ""},
    {"pg_checkpoint", 4544, 15, ""},
    {"pg_use_reserved_connections", 4550, 16, ""},
    {"pg_create_subscription", 6304, 16, ""},
    {"pg_maintain", 6337, 17, ""},
    {"pg_signal_autovacuum_worker", 6392, 18, ""},
}};

/// Names that begin so are reserved for predefined roles.
constexpr bool is_reserved_role_name(std::string_view name) { return name.starts_with("pg_"); }

}  // namespace pgleast
