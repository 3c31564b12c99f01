#include "input/replay/statements/database_editor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "input/replay/roles/shared_name.hpp"
#include "model/objects_of.hpp"
#include "pg/identifier.hpp"

namespace pgleast {
const Object* DatabaseEditor::find(const std::string& name) const {
  const auto id = shared_object_named(cluster_, ObjectKind::database, name);
  return id == no_object ? nullptr : &cluster_.object(id);
}

Object& DatabaseEditor::existing(const std::string& name) {
  const auto* const found = find(name);
  if (found == nullptr) {
    throw Refused(Condition::invalid_catalog_name,
                  fmt::format("database `{}` does not exist", name), name);
  }
  return catalog_.edit_object(
      ObjectId{static_cast<std::uint32_t>(found - cluster_.objects.data())});
}

void DatabaseEditor::set_options(DatabaseDetail& detail, const DatabaseOptions& options) const {
  const auto limit = options.connection_limit.value_or(detail.connection_limit);
  if (limit < -1) {
    throw Refused(Condition::invalid_parameter_value,
                  fmt::format("invalid connection limit: {}", limit));
  }
  detail.connection_limit = static_cast<std::int32_t>(limit);
  detail.is_template = options.is_template.value_or(detail.is_template);
  detail.allows_connections = options.allows_connections.value_or(detail.allows_connections);
}

void DatabaseEditor::apply(const CreateDatabase& s) {
  check_shared_name("database", s.name, cluster_.major());
  DatabaseDetail detail;
  set_options(detail, s.options);
  Object database;
  database.owner = s.options.owner ? roles_.named(*s.options.owner)
                                   : roles_.role_of({RoleName::Kind::current_user, ""});
  if (find(s.name) != nullptr) {
    throw Refused(Condition::duplicate_database,
                  fmt::format("database `{}` already exists", s.name), s.name);
  }
  const auto& origin = s.options.from_template;
  if (origin && find(*origin) == nullptr) {
    throw Refused(Condition::invalid_catalog_name,
                  fmt::format("template database `{}` does not exist", *origin), *origin);
  }
  database.kind = ObjectKind::database;
  database.name = s.name;
  database.identity = shown_identifier(s.name, cluster_.major());
  database.oid = first_oid_of_users;
  for (const auto& o : cluster_.objects) {
    if (o.kind == ObjectKind::database) database.oid = std::max(database.oid, o.oid + 1);
  }
  const auto* const from = find(origin.value_or("template1"));
  const bool copies = from != nullptr && cluster_.databases[from->detail].read;
  const auto from_id = from == nullptr
                           ? no_object
                           : ObjectId{static_cast<std::uint32_t>(from - cluster_.objects.data())};
  detail.read = copies;
  database.detail = static_cast<std::uint32_t>(cluster_.databases.size());
  cluster_.databases.push_back(detail);
  const auto id = ObjectId{static_cast<std::uint32_t>(cluster_.objects.size())};
  cluster_.objects.push_back(std::move(database));
  catalog_.note_made(id);
  if (copies) catalog_.copy_contents(from_id, id);
}

void DatabaseEditor::apply(const AlterDatabase& s) {
  const auto& database = existing(s.name);
  auto& detail = catalog_.edit_database(
      ObjectId{static_cast<std::uint32_t>(&database - cluster_.objects.data())});
  set_options(detail, s.options);
}

void DatabaseEditor::apply(const RenameDatabase& s) {
  check_shared_name("database", s.to, cluster_.major());
  auto& database = existing(s.from);
  if (find(s.to) != nullptr) {
    throw Refused(Condition::duplicate_database, fmt::format("database `{}` already exists", s.to),
                  s.to);
  }
  database.name = s.to;
  database.identity = shown_identifier(s.to, cluster_.major());
}

void DatabaseEditor::apply(const OwnDatabase& s) {
  const auto owner = roles_.role_of(s.owner);
  auto& database = existing(s.name);
  const auto old = std::exchange(database.owner, owner);
  if (database.acl == null_acl || old == database.owner) return;
  database.acl =
      catalog_.intern(acl_of_new_owner(cluster_.acls[index(database.acl)], old, database.owner));
}

// It goes when the script is done (SqlCatalog::finish).
void DatabaseEditor::apply(const DropDatabase& s) {
  if (s.if_exists && find(s.name) == nullptr) return;
  auto& database = existing(s.name);
  if (cluster_.databases[database.detail].is_template) {
    throw Refused(Condition::wrong_object_type, "cannot drop a template database", s.name);
  }
  const auto id = ObjectId{static_cast<std::uint32_t>(&database - cluster_.objects.data())};
  if (id == catalog_.session().database) {
    throw Refused(Condition::object_in_use, "cannot drop the currently open database", s.name);
  }
  database.name.clear();
  // What is gone needs no role any more.
  for (auto& o : cluster_.objects) {
    if (o.database != id && &o != &database) continue;
    o.owner = no_role;
    o.acl = null_acl;
  }
  std::erase_if(cluster_.role_settings, [&](const RoleSetting& r) { return r.database == id; });
}

}  // namespace pgleast
