#pragma once
// Which memberships count for what, and whom a role reaches by them (acl.c, roles_is_member_of).
//
//   members   app_user -> everything it is a member of (pg_hba's `+group`)
//   inherits  what it holds the privileges of without doing anything (has_privs_of_role)
//   becomes   what SET ROLE lets it become
//
// Before version 16 a membership is inherited when its member has INHERIT, and SET ROLE follows
// every one; from 16 each has options of its own. Who owns a database is a member of
// pg_database_owner while connected to it.

#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "model/cluster.hpp"

namespace pgleast {

inline constexpr std::string_view database_owner_role = "pg_database_owner";

enum class Closure { members, inherits, becomes };

bool carries(const Membership& membership, Closure closure);

/// Who is a member of `database_owner` by owning that database; none: nobody is.
std::optional<RoleId> member_by_ownership(const Cluster& cluster,
                                          std::optional<RoleId> database_owner, Closure closure,
                                          ObjectId database);

/// Whether the first role has the privileges of the second (has_privs_of_role).
using HasPrivileges = std::function<bool(RoleId, RoleId)>;

/// The role itself and all that it reaches while connected to `database`, the nearest first, as
/// the server finds them. For a cluster that changes: Graph answers many questions about one that
/// does not.
std::vector<RoleId> roles_reached(const Cluster& cluster, RoleId role, Closure closure,
                                  ObjectId database);

/// The same way, of who is connected to `database`; PUBLIC has nobody's and nobody has PUBLIC's.
/// Good while the memberships stay as they are.
HasPrivileges has_privileges_in(const Cluster& cluster, ObjectId database);

}  // namespace pgleast
