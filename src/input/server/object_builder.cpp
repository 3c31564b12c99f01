#include "input/server/object_builder.hpp"

#include <utility>

#include "pg/identifier.hpp"

namespace pgleast {
namespace {

// Databases are few: their place among the objects fits beside kind and OID.
std::uint64_t key(ObjectKind kind, std::uint32_t oid, ObjectId database) {
  const auto place = database == no_object ? 0U : static_cast<std::uint64_t>(database) + 1;
  return (place << 40U) ^ (static_cast<std::uint64_t>(kind) << 32U) ^ oid;
}

}  // namespace

bool is_system_schema(std::string_view name) {
  return name == "pg_catalog" || name == "information_schema" || name.starts_with("pg_toast");
}

RoleId ObjectBuilder::add_role(Role role) {
  const auto id = RoleId{static_cast<std::uint32_t>(cluster_.roles.size())};
  roles_.emplace(role.oid, id);
  cluster_.roles.push_back(std::move(role));
  return id;
}

RoleId ObjectBuilder::role_of_oid(std::uint32_t oid) {
  const auto found = roles_.find(oid);
  if (found != roles_.end()) return found->second;
  const auto id = dropped_role(cluster_, oid, std::to_string(oid));
  roles_.emplace(oid, id);
  return id;
}

ObjectId ObjectBuilder::add(NewObject object, RoleId owner,
                            const std::optional<std::string_view>& text) {
  return add_with_acl(std::move(object), owner, acl(text));
}

ObjectId ObjectBuilder::add_with_acl(NewObject from, RoleId owner, AclId acl) {
  const auto id = ObjectId{static_cast<std::uint32_t>(cluster_.objects.size())};
  objects_.emplace(key(from.kind, from.oid, from.database), id);
  Object object;
  object.identity = from.identity.empty() ? identity_of(from) : std::move(from.identity);
  object.kind = from.kind;
  object.oid = from.oid;
  object.database = from.database;
  object.schema = from.schema;
  object.owner = owner;
  object.acl = acl;
  object.extension = from.extension;
  object.system = from.schema != no_object
                      ? cluster_.object(from.schema).system
                      : from.kind == ObjectKind::schema && is_system_schema(from.name);
  object.name = std::move(from.name);
  cluster_.objects.push_back(std::move(object));
  return id;
}

std::string ObjectBuilder::identity_of(const NewObject& object) const {
  const auto shown = [&](const std::string& name) {
    return shown_identifier(name, cluster_.major());
  };
  if (object.kind == ObjectKind::large_object || object.kind == ObjectKind::parameter) {
    return object.name;
  }
  if (object.schema == no_object) return shown(object.name);
  return cluster_.object(object.schema).identity + '.' + shown(object.name);
}

void ObjectBuilder::detail(ObjectId id, DatabaseDetail d) {
  cluster_.objects[index(id)].detail = static_cast<std::uint32_t>(cluster_.databases.size());
  cluster_.databases.push_back(d);
}

void ObjectBuilder::detail(ObjectId id, RelationDetail d) {
  cluster_.objects[index(id)].detail = static_cast<std::uint32_t>(cluster_.relations.size());
  cluster_.relations.push_back(std::move(d));
}

void ObjectBuilder::detail(ObjectId id, FunctionDetail d) {
  cluster_.objects[index(id)].detail = static_cast<std::uint32_t>(cluster_.functions.size());
  cluster_.functions.push_back(std::move(d));
}

void ObjectBuilder::detail(ObjectId id, LanguageDetail d) {
  cluster_.objects[index(id)].detail = static_cast<std::uint32_t>(cluster_.languages.size());
  cluster_.languages.push_back(d);
}

void ObjectBuilder::detail(ObjectId id, ForeignServerDetail d) {
  cluster_.objects[index(id)].detail = static_cast<std::uint32_t>(cluster_.foreign_servers.size());
  cluster_.foreign_servers.push_back(std::move(d));
}

AclId ObjectBuilder::acl(const std::optional<std::string_view>& text) {
  return text ? acls_->intern_text(*text) : null_acl;
}

ObjectId ObjectBuilder::object_of_oid(ObjectKind kind, std::uint32_t oid, ObjectId database) const {
  const auto found = objects_.find(key(kind, oid, database));
  return found == objects_.end() ? no_object : found->second;
}

}  // namespace pgleast
