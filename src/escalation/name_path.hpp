#pragma once
// search_path as text: `"$user", public`, `pg_catalog, shop, pg_temp`.

#include <optional>
#include <string>
#include <vector>

#include "model/cluster.hpp"

namespace pgleast {

inline constexpr std::string_view temporary_schema = "pg_temp";

/// What ALTER FUNCTION ... SET search_path says; none: the function runs with its caller's.
std::optional<std::string> own_search_path(const FunctionDetail& function);

bool is_search_path(const RoleSetting& setting);
/// What the server, then ALTER ROLE ALL, then ALTER DATABASE says.
std::string path_of_everyone(const Cluster& cluster, ObjectId database);
/// False: the server's own is hidden by that of the session that read it, and nothing is said
/// after.
bool knows_path_of_everyone(const Cluster& cluster, ObjectId database);
/// That of a role, where nothing is said for it that of everyone.
std::string path_of_login(const Cluster& cluster, RoleId role, ObjectId database);

}  // namespace pgleast
