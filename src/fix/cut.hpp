#pragma once
// The fewest statements after which a role no longer holds a privilege:
//
//   REVOKE SELECT ON TABLE "public"."orders" FROM "readers" CASCADE;
//   REVOKE "readers" FROM "app_user" GRANTED BY "admin";
//   ALTER ROLE "app_user" NOSUPERUSER;
//
// One statement takes what one grantor granted, as the server's do, and all that hung on it
// (privileges/acl_edit.hpp, membership_revoke.hpp).

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/cluster.hpp"
#include "privileges/graph.hpp"

namespace pgleast {

/// One statement, with the change of role around it that another grantor needs; a line each.
using CutStatement = std::vector<std::string>;

struct Cut {
  static constexpr std::size_t most_of_any = 256;
  std::vector<CutStatement> any_of;  // each of them is enough; of more, the first
  std::vector<CutStatement> all_of;  // no single one is: these together, in this order
  bool fewest = true;                // false: fewer may do, the search was given up
  std::string impossible;            // why no statement ends it; empty: the above does
  bool owner = false;                // it can grant it to itself again
};

class Cuts {
 public:
  /// Keeps a reference: the cluster must outlive it.
  explicit Cuts(const Cluster& cluster) : cluster_(cluster), graph_(cluster) {}

  /// What ends that `role` holds `privilege` on the object, or on one of its columns by its place.
  /// Run by a superuser, in the object's database. Tried on a copy of the model.
  Cut of(RoleId role, ObjectId object, std::optional<std::size_t> column, Privilege privilege);

 private:
  PrivilegeSet held_in(const Cluster& model, RoleId role, ObjectId object,
                       std::optional<std::size_t> column) const;
  bool holds_after(const std::function<void(Cluster&)>& change, RoleId role, ObjectId object,
                   std::optional<std::size_t> column, Privilege privilege);

  const Cluster& cluster_;
  Graph graph_;
  std::optional<Cluster> model_;  // a copy, changed and changed back
};

}  // namespace pgleast
