#include "input/database_editor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "pg/identifier.hpp"

namespace pgleast {
namespace {}  // namespace

const Object* DatabaseEditor::find(const std::string& name) const {
  const auto& all = cluster_.objects;
  const auto found = std::find_if(all.begin(), all.end(), [&](const Object& o) {
    return o.kind == ObjectKind::database && o.name == name;
  });
  return found == all.end() ? nullptr : &*found;
}

Object& DatabaseEditor::existing(const std::string& name) {
  const auto* const found = find(name);
  if (found == nullptr) throw Refused(fmt::format("database `{}` does not exist", name), name);
  return cluster_.objects[static_cast<std::size_t>(found - cluster_.objects.data())];
}

void DatabaseEditor::set_options(DatabaseDetail& detail, const DatabaseOptions& options) const {
  const auto limit = options.connection_limit.value_or(detail.connection_limit);
  if (limit < -1) throw Refused(fmt::format("invalid connection limit: {}", limit));
  detail.connection_limit = static_cast<std::int32_t>(limit);
  detail.is_template = options.is_template.value_or(detail.is_template);
  detail.allows_connections = options.allows_connections.value_or(detail.allows_connections);
}

void DatabaseEditor::apply(const CreateDatabase& s) {
  DatabaseDetail detail;
  set_options(detail, s.options);
  Object database;
  database.owner = s.options.owner ? roles_.named(*s.options.owner)
                                   : roles_.role_of({RoleName::Kind::current_user, ""});
  if (find(s.name) != nullptr) {
    throw Refused(fmt::format("database `{}` already exists", s.name), s.name);
  }
  const auto& origin = s.options.from_template;
  if (origin && find(*origin) == nullptr) {
    throw Refused(fmt::format("template database `{}` does not exist", *origin), *origin);
  }
  database.kind = ObjectKind::database;
  database.name = s.name;
  database.identity = shown_identifier(s.name, cluster_.major());
  database.oid = first_oid_of_users;
  for (const auto& o : cluster_.objects) {
    if (o.kind == ObjectKind::database) database.oid = std::max(database.oid, o.oid + 1);
  }
  database.detail = static_cast<std::uint32_t>(cluster_.databases.size());
  cluster_.databases.push_back(detail);
  cluster_.objects.push_back(std::move(database));
}

void DatabaseEditor::apply(const AlterDatabase& s) {
  set_options(cluster_.databases[existing(s.name).detail], s.options);
}

void DatabaseEditor::apply(const RenameDatabase& s) {
  auto& database = existing(s.from);
  if (find(s.to) != nullptr) {
    throw Refused(fmt::format("database `{}` already exists", s.to), s.to);
  }
  database.name = s.to;
  database.identity = shown_identifier(s.to, cluster_.major());
}

// What the old owner held and granted is the new one's (acl.c, aclnewowner).
void DatabaseEditor::apply(const OwnDatabase& s) {
  const auto owner = roles_.role_of(s.owner);
  auto& database = existing(s.name);
  const auto old = std::exchange(database.owner, owner);
  if (database.acl == null_acl || old == database.owner) return;
  Acl moved;
  for (auto item : cluster_.acls[index(database.acl)]) {
    if (item.grantee == old) item.grantee = database.owner;
    if (item.grantor == old) item.grantor = database.owner;
    const auto same = std::find_if(moved.begin(), moved.end(), [&](const AclItem& other) {
      return other.grantee == item.grantee && other.grantor == item.grantor;
    });
    if (same == moved.end()) {
      moved.push_back(item);
    } else {
      same->privileges = same->privileges | item.privileges;
      same->grantable = same->grantable | item.grantable;
    }
  }
  database.acl = AclId{static_cast<std::uint32_t>(cluster_.acls.size())};
  cluster_.acls.push_back(std::move(moved));
}

void DatabaseEditor::apply(const DropDatabase& s) {
  if (s.if_exists && find(s.name) == nullptr) return;
  const auto& database = existing(s.name);
  if (cluster_.databases[database.detail].is_template) {
    throw Refused("cannot drop a template database", s.name);
  }
  remove(ObjectId{static_cast<std::uint32_t>(&database - cluster_.objects.data())});
}

/// The database and what lies in it; the objects after it get new numbers.
void DatabaseEditor::remove(ObjectId database) {
  std::vector<Object> left;
  std::vector<ObjectId> now(cluster_.objects.size(), no_object);
  for (std::uint32_t i = 0; i < cluster_.objects.size(); ++i) {
    auto& object = cluster_.objects[i];
    if (ObjectId{i} == database || object.database == database) continue;
    now[i] = ObjectId{static_cast<std::uint32_t>(left.size())};
    left.push_back(std::move(object));
  }
  const auto moved = [&](ObjectId& id) {
    if (id != no_object) id = now[index(id)];
  };
  std::erase_if(cluster_.row_policies,
                [&](const RowPolicy& p) { return now[index(p.table)] == no_object; });
  std::erase_if(cluster_.default_acls, [&](const DefaultAcl& d) { return d.database == database; });
  std::erase_if(cluster_.role_settings,
                [&](const RoleSetting& r) { return r.database == database; });
  for (auto& object : left) {
    moved(object.database);
    moved(object.schema);
  }
  for (auto& p : cluster_.row_policies) moved(p.table);
  for (auto& d : cluster_.default_acls) {
    moved(d.database);
    moved(d.schema);
  }
  for (auto& r : cluster_.role_settings) moved(r.database);
  cluster_.objects = std::move(left);
}

}  // namespace pgleast
