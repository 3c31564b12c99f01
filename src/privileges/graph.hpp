#pragma once
// Who holds what, exactly as has_*_privilege answers it (acl.c; aclchk.c).
//
// For many questions about a cluster that stays as it is; what the rules are stands in
// memberships.hpp and aclmask.hpp.

#include <array>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "model/cluster.hpp"
#include "privileges/aclmask.hpp"
#include "privileges/membership_closure.hpp"
#include "privileges/memberships.hpp"
#include "privileges/role_set.hpp"

namespace pgleast {

/// One reason why a role holds a privilege.
struct Cause {
  enum class Kind { superuser, acl_item, predefined_role, column_item } kind = Kind::acl_item;
  std::vector<RoleId> path;  // from the role to the grantee, both included; one entry for PUBLIC
  AclItem item;              // acl_item, column_item
  RoleId grantee = public_role;
};

class Graph {
 public:
  /// Keeps a reference: the cluster must outlive the graph.
  explicit Graph(const Cluster& cluster);

  const Cluster& cluster() const { return cluster_; }

  /// The roles in `closure` of `role`, itself included, as seen from `database`
  /// (no_object: the one connected to).
  const RoleSet& reach(RoleId role, Closure closure, ObjectId database = no_object) const;
  /// The same without what owning a database adds.
  const RoleSet& along_memberships(RoleId role, Closure closure) const {
    return closures_[static_cast<std::size_t>(closure)].of(role);
  }
  /// Who has `role` in its closure, itself included, along memberships.
  const RoleSet& who_has(RoleId role, Closure closure) const;
  /// Who has one of `roles` in its reach(), as seen from the database connected to; they too.
  RoleSet reaching(const RoleSet& roles, Closure closure) const;
  /// As has_privileges_in().
  HasPrivileges has_privileges(ObjectId database) const;
  /// The shortest way, both ends included; empty when there is none.
  std::vector<RoleId> path(RoleId from, RoleId to, Closure closure,
                           ObjectId database = no_object) const;
  /// The number of roles on it; 0 when there is none.
  std::size_t path_length(RoleId from, RoleId to, Closure closure, ObjectId database) const;
  bool is_member(RoleId role, RoleId of) const { return reach(role, Closure::members).has(of); }

  Held held(RoleId role, const Object& object) const;
  /// On one column: what the table gives and what the column's own list adds.
  Held held(RoleId role, const Object& table, const Column& column) const;
  /// Those of `wanted` that it has on the object or on any of its columns: for SELECT count(*) the
  /// server asks no more (aclchk.c, pg_attribute_aclcheck_all).
  PrivilegeSet held_on_any(RoleId role, const Object& object,
                           PrivilegeSet wanted = every_privilege()) const;

  /// Every reason for which `role` holds `privilege` on `object`, the nearest first:
  /// superuser, its own grants, PUBLIC, groups by distance.
  std::vector<Cause> causes(RoleId role, const Object& object, Privilege privilege) const;
  std::vector<Cause> causes(RoleId role, const Object& table, const Column& column,
                            Privilege privilege) const;
  /// The first of them, on a column where one is given.
  std::optional<Cause> nearest_cause(RoleId role, const Object& object, const Column* column,
                                     Privilege privilege) const;

  /// The access list in force, as Cluster::effective_acl().
  const Acl& list_of(const Object& object) const;
  /// pg_read_all_data and the like: those that this version has.
  const DataRoles& data_roles() const { return data_roles_; }
  const std::vector<RoleId>& predefined_for_data() const { return data_roles_.all(); }
  /// What one of these gives on it, whatever its list says.
  PrivilegeSet given_by(RoleId predefined, const Object& object) const {
    return data_roles_.given_by(predefined, cluster_, object);
  }
  /// The one where the object is, or that one is connected to.
  ObjectId database_of(const Object& object) const;
  /// Who is a member of pg_database_owner by owning it, and that role.
  std::optional<std::pair<RoleId, RoleId>> database_ownership(Closure closure,
                                                              ObjectId database) const;

 private:
  /// The shortest ways from one role to all.
  struct Ways {
    RoleId from;
    Closure closure;
    ObjectId database;
    std::vector<RoleId> before;         // no_role: not reached
    std::vector<std::uint32_t> length;  // in steps, of those that are
    std::vector<RoleId> reached;
  };
  struct Candidate;
  /// The closure the other way round: who is in whom.
  const MembershipClosure& below(Closure closure) const;
  const RoleSet& inherited(RoleId role, const Object& object) const;
  /// Of a long list the items of these roles and of PUBLIC; else the whole list.
  const Acl& items_for(const RoleSet& roles, const Object& object) const;
  const Ways& ways(RoleId from, Closure closure, ObjectId database) const;
  static std::vector<RoleId> path_of(const Ways& ways, RoleId to);
  std::vector<Candidate> candidates(RoleId role, const Object& object, const Column* column,
                                    Privilege privilege) const;
  std::vector<Cause> all_causes(RoleId role, const Object& object, const Column* column,
                                Privilege privilege) const;
  /// The nearest one that is no way: its own grant, or PUBLIC's.
  std::optional<Cause> own_cause(RoleId role, const Object& object, const Column* column,
                                 Privilege privilege) const;
  Cause cause_of(const Candidate& candidate, RoleId role, const Object& object) const;

  const Cluster& cluster_;
  ObjectId home_ = no_object;
  std::optional<RoleId> database_owner_;
  DataRoles data_roles_;
  std::array<MembershipClosure, 3> closures_;
  mutable std::array<std::optional<MembershipClosure>, 3> below_;  // the other way round
  mutable std::unordered_map<std::uint64_t, RoleSet> through_ownership_;
  mutable std::map<std::pair<ObjectKind, RoleId>, Acl> default_lists_;
  mutable std::map<AclId, std::unordered_map<RoleId, Acl>> items_by_grantee_;  // of long lists
  mutable Acl some_items_;
  mutable std::optional<Ways> ways_;
};

/// `owner`, `grant`, `PUBLIC`, `superuser`, or `app_user > readwrite_group`.
std::string via(const Cluster& cluster, RoleId role, RoleId owner, const Cause& cause);

}  // namespace pgleast
