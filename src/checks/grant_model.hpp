#pragma once
// The `grants` of a policy on the objects of a cluster: who must hold what, and who may.

#include <optional>
#include <string>
#include <vector>

#include "checks/facts.hpp"

namespace pgleast {

/// The objects that an entry means: users' own ones of its kind, by schema and name.
std::vector<ObjectId> selected(const Facts& facts, const GrantEntry& entry);

/// One thing that must be held.
struct Floor {
  RoleId grantee{};
  ObjectId object{};
  PrivilegeSet privileges;
};

/// What the entries require of roles that exist. A floor inside a schema implies USAGE on
/// the schema and CONNECT on its database.
std::vector<Floor> floors(const Facts& facts);

/// What `role` may hold on `object`: its own entries and those of the groups that it may be
/// a member of. None: nobody said.
std::optional<PrivilegeSet> ceiling(const Facts& facts, RoleId role, ObjectId object);

/// What a role or PUBLIC holds on `object`.
PrivilegeSet held_by(const Facts& facts, RoleId grantee, const Object& object);

/// The roles that may create objects in a schema, so whose default privileges make its future.
/// Not those that may only because everybody may: that is a finding of its own.
std::vector<RoleId> creators(const Facts& facts, const Object& schema);

/// The schemas that an entry's objects lie in.
std::vector<ObjectId> schemas_of(const Facts& facts, const GrantEntry& entry);

/// The grantee of that name; none for a role that does not exist.
std::optional<RoleId> grantee_named(const Cluster& cluster, const std::string& name);

}  // namespace pgleast
