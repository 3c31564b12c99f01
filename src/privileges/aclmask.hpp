#pragma once
// What an access list, ownership and the server's own rules give a role on an object, exactly as
// has_*_privilege counts it (acl.c, aclmask; aclchk.c, pg_class_aclmask_ext):
//
//   {owner=r/owner,readers=r*w/owner,=x/owner}
//       who has the privileges of readers:  SELECT, UPDATE, REFERENCES; may pass on SELECT
//       who has the privileges of owner:    SELECT, REFERENCES; may pass on everything
//       a superuser:                        everything
//       pg_read_all_data's:                 SELECT, REFERENCES
//
// Whoever asks says whose privileges the role has: `has(RoleId)`, never called for PUBLIC.

#include <optional>
#include <vector>

#include "model/cluster.hpp"

namespace pgleast {

/// What a role holds on an object.
struct Held {
  PrivilegeSet privileges;
  PrivilegeSet grantable;
  bool operator==(const Held&) const = default;
};

/// pg_read_all_data, pg_write_all_data, pg_maintain: those that the cluster has.
class DataRoles {
 public:
  explicit DataRoles(const Cluster& cluster);
  const std::vector<RoleId>& all() const { return all_; }
  /// What one of these gives on the object, whatever its list says.
  PrivilegeSet given_by(RoleId role, const Cluster& cluster, const Object& object) const;

 private:
  std::optional<RoleId> read_, write_, maintain_;
  std::vector<RoleId> all_;  // these, in this order
};

/// Privileges that a list may name, but that a superuser alone has: who writes the catalogs.
PrivilegeSet kept_by_server(const Cluster& cluster, const Object& object);

PrivilegeSet every_privilege();

/// Calls `f(grantee, privileges)` for whatever gives privileges on the object to who has those of
/// the grantee: the items of its list, and the roles that need none. Only where `counts(grantee)`.
template <typename Counts, typename F>
void each_giver(const Cluster& cluster, const DataRoles& data_roles, const Object& object,
                const Acl& list, const Counts& counts, F&& f) {
  const auto kept = kept_by_server(cluster, object);
  for (const auto& item : list) {
    if (counts(item.grantee)) f(item.grantee, item.privileges - kept);
  }
  for (const auto role : data_roles.all()) {
    if (counts(role)) f(role, data_roles.given_by(role, cluster, object));
  }
}

/// The owner has no privileges but by its items, and every grant option.
template <typename Has>
PrivilegeSet options_in(const Acl& list, RoleId owner, const Has& has) {
  if (has(owner)) return every_privilege();
  PrivilegeSet options;
  for (const auto& item : list) {
    if (item.grantee != public_role && has(item.grantee)) options |= item.grantable;
  }
  return options;
}

template <typename Has>
Held held_on(const Cluster& cluster, const DataRoles& data_roles, const Object& object,
             const Acl& list, bool superuser, const Has& has) {
  const auto all = grantable_privileges(object.kind, cluster.major());
  if (superuser) return {all, all};
  PrivilegeSet held;
  each_giver(
      cluster, data_roles, object, list,
      [&](RoleId grantee) { return grantee == public_role || has(grantee); },
      [&](RoleId, PrivilegeSet gives) { held |= gives; });
  return {held & all, options_in(list, object.owner, has) & all};
}

/// What the column's own list adds.
template <typename Has>
Held held_on_column(Held of_table, const Object& table, const Acl& list, const Has& has) {
  const auto all = info(ObjectKind::column).all;
  for (const auto& item : list) {
    if (item.grantee == public_role || has(item.grantee)) of_table.privileges |= item.privileges;
  }
  of_table.grantable |= options_in(list, table.owner, has);
  return {of_table.privileges & all, of_table.grantable & all};
}

}  // namespace pgleast
