#pragma once
// Clusters that are seen at a glance: roles by their names, access lists as the catalogs print
// them.
//
//   auto cluster = small_cluster(15, {"owner", "readers", "app"});
//   add_membership(cluster, "readers", "app");
//   add_object(cluster, ObjectKind::table, "orders", "owner",
//   "{owner=arwdDxt/owner,readers=r/owner}");

#include <algorithm>
#include <string>
#include <vector>

#include "model/cluster.hpp"
#include "pg/predefined_role.hpp"
#include "support/catch.hpp"

namespace pgleast::test {

inline RoleId role_named(const Cluster& cluster, const std::string& name) {
  const auto found = cluster.find_role(name);
  INFO("role " << name);
  REQUIRE(found);
  return *found;
}

inline RoleId add_role(Cluster& cluster, const std::string& name) {
  Role role;
  role.name = name;
  role.oid = first_oid_of_users + static_cast<std::uint32_t>(cluster.roles.size());
  cluster.roles.push_back(role);
  return RoleId{static_cast<std::uint32_t>(cluster.roles.size() - 1)};
}

/// With `postgres` and the roles that the version brings.
inline Cluster small_cluster(int major, const std::vector<std::string>& roles) {
  Cluster cluster;
  cluster.version_num = major * 10000;
  cluster.roles.resize(1);
  cluster.roles[0].name = "postgres";
  cluster.roles[0].oid = bootstrap_superuser_oid;
  cluster.roles[0].superuser = true;
  for (const auto& predefined : predefined_roles) {
    if (predefined.since > major) continue;
    cluster.roles[index(add_role(cluster, std::string(predefined.name)))].oid = predefined.oid;
  }
  for (const auto& name : roles) add_role(cluster, name);
  return cluster;
}

inline Membership& add_membership(Cluster& cluster, const std::string& role,
                                  const std::string& member,
                                  const std::string& grantor = "postgres", bool admin = false) {
  const auto id = role_named(cluster, member);
  cluster.memberships.push_back({role_named(cluster, role), id, role_named(cluster, grantor), admin,
                                 cluster.role(id).inherit, true});
  return cluster.memberships.back();
}

/// An empty `acl`: null. A table has one column, `a`.
inline ObjectId add_object(Cluster& cluster, ObjectKind kind, const std::string& name,
                           const std::string& owner, const std::string& acl) {
  Object object;
  object.kind = kind;
  object.oid = first_oid_of_users + static_cast<std::uint32_t>(cluster.objects.size());
  object.name = object.identity = name;
  object.owner = role_named(cluster, owner);
  if (!acl.empty()) object.acl = AclPool(cluster).intern_text(acl);
  if (kind == ObjectKind::table) {
    object.detail = static_cast<std::uint32_t>(cluster.relations.size());
    cluster.relations.emplace_back().columns.push_back({"a", null_acl});
  }
  if (kind == ObjectKind::database) {
    object.detail = static_cast<std::uint32_t>(cluster.databases.size());
    cluster.databases.emplace_back();
  }
  cluster.objects.push_back(object);
  return ObjectId{static_cast<std::uint32_t>(cluster.objects.size() - 1)};
}

inline std::string shown(const Cluster& cluster, const Acl& acl) {
  return to_string(acl, [&](RoleId role) { return cluster.role_name(role); });
}

/// "app<postgres admin", sorted: who is a member of the role by whose grant.
inline std::string members_of(const Cluster& cluster, const std::string& role) {
  std::vector<std::string> lines;
  for (const auto& m : cluster.memberships) {
    if (m.role != role_named(cluster, role)) continue;
    auto line = cluster.role_name(m.member) + '<' + cluster.role_name(m.grantor);
    if (m.admin) line += " admin";
    if (!m.inherit) line += " noinherit";
    if (!m.set) line += " noset";
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  std::string result;
  for (const auto& line : lines) result += (result.empty() ? "" : ", ") + line;
  return result;
}

}  // namespace pgleast::test
