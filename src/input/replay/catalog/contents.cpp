// What the model has, taken into the catalog: at the start, when a database is loaded, and when one
// is copied.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "input/replay/catalog/catalog.hpp"
#include "model/fresh_cluster.hpp"

namespace pgleast {
namespace {

EntityKind entity_kind(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::schema:
      return EntityKind::schema;
    case ObjectKind::table:
    case ObjectKind::sequence:
      return EntityKind::relation;
    case ObjectKind::function:
      return EntityKind::function;
    case ObjectKind::type:
      return EntityKind::type;
    case ObjectKind::language:
      return EntityKind::language;
    case ObjectKind::foreign_data_wrapper:
      return EntityKind::wrapper;
    case ObjectKind::foreign_server:
      return EntityKind::server;
    case ObjectKind::tablespace:
      return EntityKind::tablespace;
    case ObjectKind::large_object:
      return EntityKind::large_object;
    default:
      return EntityKind::other;
  }
}

}  // namespace

void SqlCatalog::read_object(ObjectId id) {
  const auto& o = cluster_.object(id);
  next_oid_ = std::max(next_oid_, o.oid + 1);
  if (o.kind == ObjectKind::database || o.kind == ObjectKind::parameter) return;
  Entity e;
  e.kind = entity_kind(o.kind);
  e.name = o.name;
  e.database = o.database;
  e.object = id;
  if (o.schema != no_object) {
    const auto schema = entity_of_.find(o.schema);
    if (schema != entity_of_.end()) e.schema = schema->second;
  }
  if (o.kind == ObjectKind::type && o.identity.ends_with("[]")) e.subkind = TypeKind::array;
  if (o.kind == ObjectKind::sequence) e.subkind = RelationKind::sequence;
  if (o.kind == ObjectKind::language && !cluster_.language(o).trusted) {
    e.subkind = LanguageKind::untrusted;
  }
  if (o.kind == ObjectKind::table) {
    const auto& detail = cluster_.relation(o);
    e.subkind = RelationKind{detail.relkind};
    for (std::size_t i = 0; i < detail.columns.size(); ++i) {
      e.columns.push_back({e.next_column++, {}, true, 0});
    }
  }
  if (o.kind == ObjectKind::function) e.subkind = RoutineKind{cluster_.function(o).prokind};
  e.dependents_unknown = o.oid >= first_oid_of_users;
  has_read_objects_ = has_read_objects_ || (e.dependents_unknown && o.database != no_object);
  entity_of_.emplace(id, add(std::move(e)));
}

void SqlCatalog::read_cluster() {
  for (std::uint32_t i = 0; i < cluster_.objects.size(); ++i) read_object(ObjectId{i});
  for (const auto& e : cluster_.extensions) {
    Entity extension;
    extension.kind = EntityKind::extension;
    extension.name = e.name;
    extension.database = e.database;
    extension.owner = e.owner;
    extension.dependents_unknown = true;
    add(std::move(extension));
    has_extensions = has_extensions || e.name != "plpgsql";
  }
  for (std::size_t i = 0; i < cluster_.row_policies.size(); ++i) {
    const auto& p = cluster_.row_policies[i];
    Entity policy;
    policy.kind = EntityKind::policy;
    policy.name = p.name;
    policy.parent = entity_of_.at(p.table);
    policy.database = at(policy.parent).database;
    policy.place = i;
    policy.refs.push_back({policy.parent, 0, Ref::Kind::automatic, 0});
    add(std::move(policy));
  }
  read_types_of_functions();
  forget_journal();
  changed_ = false;
}

// `public.f(integer, text[])`: as far as the words are types that are known.
void SqlCatalog::read_types_of_functions() {
  std::map<std::pair<ObjectId, std::string>, EntityId> types;
  for (std::uint32_t i = 0; i < entities_.size(); ++i) {
    if (entities_[i].kind != EntityKind::type) continue;
    types.emplace(std::pair(entities_[i].database, object(EntityId{i}).identity), EntityId{i});
  }
  for (std::uint32_t i = 0; i < entities_.size(); ++i) {
    auto& e = entities_[i];
    if (e.kind != EntityKind::function) continue;
    const auto& identity = object(EntityId{i}).identity;
    bool quoted = false;
    std::size_t begin = std::string::npos;
    for (std::size_t n = 0; n < identity.size(); ++n) {
      if (identity[n] == '"') quoted = !quoted;
      if (quoted) continue;
      if (identity[n] == '(') begin = n + 1;
      if (begin == std::string::npos || (identity[n] != ',' && identity[n] != ')')) continue;
      const auto text = identity.substr(begin, n - begin);
      begin = n + 1;
      if (text.empty()) continue;
      TypeRef type;
      type.text = text;
      const auto found = types.find({e.database, text});
      if (found != types.end()) type = {found->second, "", false, ""};
      const auto element = text.ends_with("[]") ? text.substr(0, text.size() - 2) : text;
      for (const auto& b : builtin_types_shown(major())) {
        if (b.second == element) type = {no_entity, b.first, element != text, ""};
      }
      e.types.push_back(std::move(type));
    }
  }
}

// With no server every database is one that scripts made, or that initdb left.
bool SqlCatalog::is_pristine(ObjectId database) const {
  return cluster_.server.empty() && !cluster_.databases[cluster_.object(database).detail].read;
}

void SqlCatalog::load_database() {
  if (session_.database == no_object) throw Undecidable{"the database is not known"};
  auto& detail = cluster_.databases[cluster_.object(session_.database).detail];
  if (detail.read) return;
  if (!is_pristine(session_.database)) {
    throw Undecidable{fmt::format("what lies in database {} was not read",
                                  cluster_.object(session_.database).name)};
  }
  detail.read = true;
  const auto first = static_cast<std::uint32_t>(cluster_.objects.size());
  add_fresh_contents(cluster_, session_.database);
  const auto before = std::exchange(journal_, {});
  const bool changed = changed_;
  for (auto i = first; i < cluster_.objects.size(); ++i) read_object(ObjectId{i});
  Entity extension;
  extension.kind = EntityKind::extension;
  extension.name = "plpgsql";
  extension.database = session_.database;
  extension.owner = RoleId{0};
  add(std::move(extension));
  journal_ = before;
  changed_ = changed;
}

/// What CREATE DATABASE copies from its template.
void SqlCatalog::copy_contents(ObjectId from, ObjectId to) {
  std::map<EntityId, EntityId> copies;
  const auto count = static_cast<std::uint32_t>(entities_.size());
  const auto copied = [&](EntityId id) {
    const auto found = copies.find(id);
    return found == copies.end() ? id : found->second;
  };
  for (std::uint32_t i = 0; i < count; ++i) {
    auto e = entities_[i];
    if (!e.alive || e.database != from || e.temporary) continue;
    e.database = to;
    e.schema = copied(e.schema);
    e.parent = copied(e.parent);
    e.rows = nullptr;
    const auto refs = std::exchange(e.refs, {});
    for (auto& type : e.types) type.entity = copied(type.entity);
    for (auto& column : e.columns) column.type.entity = copied(column.type.entity);
    if (e.object != no_object) {
      auto o = cluster_.object(e.object);
      o.database = to;
      if (e.schema != no_entity) o.schema = at(e.schema).object;
      if (o.kind == ObjectKind::table) {
        cluster_.relations.push_back(RelationDetail(cluster_.relations[o.detail]));
        o.detail = static_cast<std::uint32_t>(cluster_.relations.size() - 1);
      }
      if (o.kind == ObjectKind::function) {
        cluster_.functions.push_back(FunctionDetail(cluster_.functions[o.detail]));
        o.detail = static_cast<std::uint32_t>(cluster_.functions.size() - 1);
      }
      e.object = ObjectId{static_cast<std::uint32_t>(cluster_.objects.size())};
      cluster_.objects.push_back(std::move(o));
    }
    if (e.kind == EntityKind::policy) {
      auto policy = cluster_.row_policies[e.place];
      policy.table = at(e.parent).object;
      e.place = cluster_.row_policies.size();
      cluster_.row_policies.push_back(std::move(policy));
    }
    const auto id = EntityId{static_cast<std::uint32_t>(entities_.size())};
    copies.emplace(EntityId{i}, id);
    const auto schema = std::exchange(e.schema, no_entity);
    entities_.push_back(std::move(e));
    dependents_.emplace_back();
    entities_.back().schema = schema;
    names_.enter(id, at(id));
    by_kind_[at(id).kind].push_back(id);
    for (auto ref : refs) {
      ref.to = copied(ref.to);
      add_ref(id, ref);
    }
  }
  for (std::size_t i = 0, n = cluster_.default_acls.size(); i < n; ++i) {
    auto row = cluster_.default_acls[i];
    if (row.database != from) continue;
    row.database = to;
    if (row.schema != no_object) {
      for (const auto& [old, now] : copies) {
        if (at(old).object == row.schema) row.schema = at(now).object;
      }
    }
    cluster_.default_acls.push_back(row);
  }
  forget_journal();
}

}  // namespace pgleast
