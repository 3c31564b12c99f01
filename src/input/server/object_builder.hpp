#pragma once
// Puts objects into a Cluster the way every reader does: OIDs become ids, equal access
// lists are kept once, identities are spelled as pg_identify_object spells them.

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "model/cluster.hpp"

namespace pgleast {

struct NewObject {
  ObjectKind kind = ObjectKind::table;
  std::uint32_t oid = 0;
  ObjectId database = no_object;
  ObjectId schema = no_object;
  std::string name;
  std::string identity = {};  // empty: made of the schema's and the own name
  bool extension = false;
};

class ObjectBuilder {
 public:
  explicit ObjectBuilder(Cluster& cluster) : cluster_(cluster) {}

  RoleId add_role(Role role);
  /// After the last add_role, before anything that has an access list.
  void roles_are_complete() { acls_.emplace(cluster_); }
  /// A dropped role keeps its number as its name.
  RoleId role_of_oid(std::uint32_t oid);

  ObjectId add(NewObject object, RoleId owner, const std::optional<std::string_view>& acl);
  ObjectId add_with_acl(NewObject object, RoleId owner, AclId acl);
  void detail(ObjectId id, DatabaseDetail detail);
  void detail(ObjectId id, RelationDetail detail);
  void detail(ObjectId id, FunctionDetail detail);
  void detail(ObjectId id, LanguageDetail detail);
  void detail(ObjectId id, ForeignServerDetail detail);
  AclId acl(const std::optional<std::string_view>& text);

  /// no_object when there is none; OIDs of one kind are unique in one database.
  ObjectId object_of_oid(ObjectKind kind, std::uint32_t oid, ObjectId database) const;

 private:
  std::string identity_of(const NewObject& object) const;

  Cluster& cluster_;
  std::optional<AclPool> acls_;
  std::unordered_map<std::uint32_t, RoleId> roles_;
  std::unordered_map<std::uint64_t, ObjectId> objects_;
};

/// pg_catalog, information_schema and what the server keeps for itself.
bool is_system_schema(std::string_view name);

}  // namespace pgleast
