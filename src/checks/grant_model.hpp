#pragma once
// The `grants` of a policy on the objects of a cluster: who must hold what, and who may.

#include <map>
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

/// What roles may hold: by their own entries and those of the groups that they may be members of.
class Ceilings {
 public:
  /// Keeps a reference: the facts must outlive it.
  explicit Ceilings(const Facts& facts) : facts_(facts) {}
  /// None: nobody said. `role` may be PUBLIC.
  std::optional<PrivilegeSet> of(RoleId role, ObjectId object);

 private:
  struct Word {
    const GrantEntry* entry;
    bool own;  // the role's, not only a group's
  };
  const std::vector<Word>& words(RoleId role);

  const Facts& facts_;
  std::map<RoleId, std::vector<Word>> words_;
};

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
