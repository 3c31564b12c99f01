#pragma once
// Who holds what, exactly as has_*_privilege answers it (acl.c; aclchk.c).
//
// Three closures over memberships, not one:
//   members   app_user -> everything it is a member of (pg_hba's `+group`)
//   inherits  what it holds the privileges of without doing anything
//   becomes   what SET ROLE lets it become
// Before version 16 an edge is inherited when its member has INHERIT, and SET ROLE
// follows every edge; from 16 each edge has options of its own. pg_database_owner is a
// member's by owning the database that one is connected to.

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "graph/role_set.hpp"
#include "model/cluster.hpp"

namespace pgleast {

enum class Closure { members, inherits, becomes };

/// What a role holds on an object.
struct Held {
  PrivilegeSet privileges;
  PrivilegeSet grantable;
};

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
  /// The shortest way, both ends included; empty when there is none.
  std::vector<RoleId> path(RoleId from, RoleId to, Closure closure,
                           ObjectId database = no_object) const;
  bool is_member(RoleId role, RoleId of) const { return reach(role, Closure::members).has(of); }

  Held held(RoleId role, const Object& object) const;
  /// On one column: what the table gives and what the column's own list adds.
  Held held(RoleId role, const Object& table, const Column& column) const;

  /// Every reason for which `role` holds `privilege` on `object`, the nearest first:
  /// superuser, its own grants, PUBLIC, groups by distance.
  std::vector<Cause> causes(RoleId role, const Object& object, Privilege privilege) const;
  std::vector<Cause> causes(RoleId role, const Object& table, const Column& column,
                            Privilege privilege) const;

 private:
  struct Edge {
    RoleId to;
    std::size_t membership;  // into Cluster::memberships; none: pg_database_owner's
  };
  bool carries(const Edge& edge, RoleId from, Closure closure) const;
  std::vector<Edge> edges(RoleId role, ObjectId database) const;
  Held from_acl(RoleId role, const Acl& acl, RoleId owner, const RoleSet& inherited) const;
  PrivilegeSet predefined(const RoleSet& inherited, const Object& object) const;
  std::vector<Cause> causes_in(RoleId role, const Acl& acl, Cause::Kind kind, Privilege privilege,
                               ObjectId database) const;
  ObjectId database_of(const Object& object) const;

  const Cluster& cluster_;
  ObjectId home_ = no_object;
  std::optional<RoleId> database_owner_;
  std::optional<RoleId> read_all_, write_all_, maintain_;
  std::vector<std::vector<std::size_t>> memberships_of_;  // by member
  mutable std::unordered_map<std::uint64_t, RoleSet> reached_;
};

/// `owner`, `grant`, `PUBLIC`, `superuser`, or `app_user > readwrite_group`.
std::string via(const Cluster& cluster, RoleId role, RoleId owner, const Cause& cause);

}  // namespace pgleast
