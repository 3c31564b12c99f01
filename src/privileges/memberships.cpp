#include "privileges/memberships.hpp"

#include <algorithm>

namespace pgleast {
namespace {

// The server reads them by the index on (member, roleid).
std::vector<RoleId> groups_by_oid(const Cluster& cluster, RoleId member, Closure closure) {
  std::vector<RoleId> groups;
  for (const auto& m : cluster.memberships) {
    if (m.member == member && carries(m, closure)) groups.push_back(m.role);
  }
  std::sort(groups.begin(), groups.end(), [&](RoleId a, RoleId b) {
    return std::pair(cluster.role(a).oid, a) < std::pair(cluster.role(b).oid, b);
  });
  return groups;
}

}  // namespace

bool carries(const Membership& membership, Closure closure) {
  switch (closure) {
    case Closure::inherits:
      return membership.inherit;
    case Closure::becomes:
      return membership.set;
    case Closure::members:
      break;
  }
  return true;
}

std::optional<RoleId> member_by_ownership(const Cluster& cluster,
                                          std::optional<RoleId> database_owner, Closure closure,
                                          ObjectId database) {
  if (!database_owner || database == no_object) return std::nullopt;
  const auto owner = cluster.object(database).owner;
  if (owner == no_role) return std::nullopt;
  const bool counts =
      closure != Closure::inherits || cluster.major() >= 16 || cluster.role(owner).inherit;
  return counts ? std::optional(owner) : std::nullopt;
}

std::vector<RoleId> roles_reached(const Cluster& cluster, RoleId role, Closure closure,
                                  ObjectId database) {
  const auto database_owner =
      database == no_object ? std::nullopt : cluster.find_role(database_owner_role);
  const auto by_ownership = member_by_ownership(cluster, database_owner, closure, database);
  std::vector<RoleId> result{role};
  const auto take = [&](RoleId other) {
    if (std::find(result.begin(), result.end(), other) == result.end()) result.push_back(other);
  };
  for (std::size_t i = 0; i < result.size(); ++i) {
    for (const auto group : groups_by_oid(cluster, result[i], closure)) take(group);
    if (by_ownership == result[i]) take(*database_owner);
  }
  return result;
}

HasPrivileges has_privileges_in(const Cluster& cluster, ObjectId database) {
  return [&cluster, database](RoleId role, RoleId of) {
    if (role == public_role || of == public_role) return false;
    if (role == of || cluster.role(role).superuser) return true;
    const auto reached = roles_reached(cluster, role, Closure::inherits, database);
    return std::find(reached.begin(), reached.end(), of) != reached.end();
  };
}

}  // namespace pgleast
