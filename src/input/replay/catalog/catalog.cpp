#include "input/replay/catalog/catalog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "input/replay/catalog/script_code.hpp"
#include "model/bootstrap_superuser.hpp"
#include "model/code_order.hpp"
#include "model/fresh_cluster.hpp"
#include "pg/default_acl_type.hpp"
#include "pg/identifier.hpp"
#include "pg/name_list.hpp"
#include "pg/setting_table.hpp"

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

template <typename Vector, typename Undo>
auto& kept(Vector& all, std::size_t at, std::vector<std::function<void()>>& journal, Undo undo) {
  journal.push_back([&all, at, old = all[at], undo]() mutable {
    undo();
    all[at] = std::move(old);
  });
  return all[at];
}

}  // namespace

std::size_t SqlCatalog::KeyHash::operator()(const Key& key) const {
  auto hash = std::hash<std::string>()(key.name);
  for (const auto part : {static_cast<std::size_t>(key.kind), index(key.database),
                          index(key.schema), index(key.parent)}) {
    hash = hash * 1000003U ^ part;
  }
  return hash;
}

SqlCatalog::SqlCatalog(Cluster& cluster, RoleEditor& roles) : cluster_(cluster), roles_(roles) {
  read_cluster();
}

// --- Journal ------------------------------------------------------------------------------------

void SqlCatalog::undo_to(std::size_t mark) {
  while (journal_.size() > mark) {
    journal_.back()();
    journal_.pop_back();
  }
}

SqlCatalog::Session& SqlCatalog::edit_session() {
  journal_.push_back([this, old = session_] {
    session_ = old;
    roles_.run_as(session_.current_user, session_.session_user);
  });
  return session_;
}

Object& SqlCatalog::edit_object(ObjectId id) {
  return kept(cluster_.objects, index(id), journal_, [] {});
}

RelationDetail& SqlCatalog::edit_relation(EntityId id) {
  return kept(cluster_.relations, object(id).detail, journal_, [] {});
}

FunctionDetail& SqlCatalog::edit_function(EntityId id) {
  return kept(cluster_.functions, object(id).detail, journal_, [] {});
}

DatabaseDetail& SqlCatalog::edit_database(ObjectId id) {
  return kept(cluster_.databases, cluster_.object(id).detail, journal_, [] {});
}

RowPolicy& SqlCatalog::edit_policy(std::size_t at) {
  return kept(cluster_.row_policies, at, journal_, [] {});
}

Column& SqlCatalog::edit_column(ObjectId table, std::size_t place) {
  return kept(cluster_.relations, cluster_.object(table).detail, journal_, [] {}).columns[place];
}

void SqlCatalog::add_policy(RowPolicy policy) {
  cluster_.row_policies.push_back(std::move(policy));
  journal_.push_back([this] { cluster_.row_policies.pop_back(); });
}

std::vector<DefaultAcl>& SqlCatalog::edit_default_acls() {
  journal_.push_back([this, old = cluster_.default_acls] { cluster_.default_acls = old; });
  return cluster_.default_acls;
}

std::vector<RoleSetting>& SqlCatalog::edit_role_settings() {
  journal_.push_back([this, old = cluster_.role_settings] { cluster_.role_settings = old; });
  return cluster_.role_settings;
}

AclId SqlCatalog::keep(const Acl& acl) {
  cluster_.acls.push_back(acl);
  return AclId{static_cast<std::uint32_t>(cluster_.acls.size() - 1)};
}

// --- Entities -----------------------------------------------------------------------------------

SqlCatalog::Key SqlCatalog::key_of(const Entity& e) const {
  return {e.kind, e.database, e.schema, e.parent, e.name};
}

void SqlCatalog::enter(EntityId id) { names_.emplace(key_of(at(id)), id); }

void SqlCatalog::leave(EntityId id) {
  const auto [begin, end] = names_.equal_range(key_of(at(id)));
  for (auto i = begin; i != end; ++i) {
    if (i->second == id) {
      names_.erase(i);
      return;
    }
  }
}

EntityId SqlCatalog::add(Entity entity) {
  changed_ = true;
  const auto id = EntityId{static_cast<std::uint32_t>(entities_.size())};
  auto refs = std::exchange(entity.refs, {});
  if (entity.schema != no_entity) refs.push_back({entity.schema, 0, Ref::Kind::normal, 0});
  entities_.push_back(std::move(entity));
  dependents_.emplace_back();
  enter(id);
  journal_.push_back([this, id] {
    leave(id);
    entities_.pop_back();
    dependents_.pop_back();
  });
  for (const auto& ref : refs) add_ref(id, ref);
  return id;
}

Entity& SqlCatalog::edit(EntityId id) {
  changed_ = true;
  journal_.push_back([this, id, old = at(id)] {
    leave(id);
    entities_[index(id)] = old;
    if (old.alive) enter(id);
  });
  return entities_[index(id)];
}

void SqlCatalog::kill(EntityId id) {
  edit(id);
  leave(id);
  entities_[index(id)].alive = false;
}

void SqlCatalog::rename(EntityId id, const std::string& name) {
  edit(id);
  leave(id);
  entities_[index(id)].name = name;
  enter(id);
  if (at(id).object != no_object) edit_object(at(id).object).name = name;
}

void SqlCatalog::move(EntityId id, EntityId schema) {
  remove_ref(id, at(id).schema);
  edit(id);
  leave(id);
  entities_[index(id)].schema = schema;
  enter(id);
  add_ref(id, {schema, 0, Ref::Kind::normal, 0});
  if (at(id).object == no_object) return;
  auto& o = edit_object(at(id).object);
  o.schema = at(schema).object;
  o.system = cluster_.object(o.schema).system;
}

void SqlCatalog::add_ref(EntityId from, const Ref& ref) {
  if (ref.to == no_entity) return;
  entities_[index(from)].refs.push_back(ref);
  dependents_[index(ref.to)].push_back(from);
  journal_.push_back([this, from, to = ref.to] {
    entities_[index(from)].refs.pop_back();
    dependents_[index(to)].pop_back();
  });
}

void SqlCatalog::remove_ref(EntityId from, EntityId to) {
  auto& refs = edit(from).refs;
  std::erase_if(refs, [&](const Ref& r) { return r.to == to; });
}

const std::vector<EntityId>& SqlCatalog::dependents(EntityId id) const {
  return dependents_[index(id)];
}

std::vector<EntityId> SqlCatalog::children(EntityId parent, EntityKind kind) const {
  std::vector<EntityId> result;
  for (const auto id : dependents(parent)) {
    const auto& e = at(id);
    const bool child = e.alive && e.kind == kind && (e.schema == parent || e.parent == parent);
    if (child) result.push_back(id);
  }
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

std::vector<EntityId> SqlCatalog::children_of(EntityId id) const {
  auto result = dependents(id);
  std::erase_if(result, [&](EntityId child) { return !at(child).alive; });
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

void SqlCatalog::set_code(EntityId id, EntityCode code) {
  edit(id).code = std::make_shared<const EntityCode>(std::move(code));
}

// --- DROP ---------------------------------------------------------------------------------------

namespace {

bool takes_along(const SqlCatalog::Target& gone, const Ref& ref) {
  return ref.to == gone.id && (gone.column == 0 || ref.column == gone.column);
}

}  // namespace

/// All that goes or stands in the way; of each entity once, as a whole where any of it is asked.
void SqlCatalog::collect(std::vector<Target>& targets) const {
  for (std::size_t next = 0; next < targets.size(); ++next) {
    const auto gone = targets[next];
    std::set<EntityId> seen;
    for (const auto id : dependents(gone.id)) {
      if (!at(id).alive || !seen.insert(id).second) continue;
      for (const auto& ref : at(id).refs) {
        if (!takes_along(gone, ref)) continue;
        const Target target{id, ref.from_column};
        const bool known = std::any_of(targets.begin(), targets.end(), [&](const Target& t) {
          return t.id == id && (t.column == 0 || t.column == target.column);
        });
        if (!known) targets.push_back(target);
      }
    }
  }
}

void SqlCatalog::check_drop(const std::vector<Target>& all, std::size_t asked, bool cascade) const {
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& e = at(all[i].id);
    bool goes_along = i < asked;
    for (const auto& ref : e.refs) {
      const bool applies = all[i].column == 0 || ref.from_column == all[i].column;
      if (!applies || ref.kind == Ref::Kind::normal) continue;
      const bool with =
          std::any_of(all.begin(), all.end(), [&](const Target& t) { return takes_along(t, ref); });
      if (with) goes_along = true;
      if (!with && ref.kind == Ref::Kind::internal && i < asked && at(ref.to).alive) {
        throw Refused(fmt::format("cannot drop {} because {} requires it", e.name, at(ref.to).name),
                      e.name);
      }
    }
    if (!goes_along && !cascade) {
      throw Refused("cannot drop what other objects depend on", at(all.front().id).name);
    }
    if (e.half_known && e.object != no_object && !object(all[i].id).system) {
      throw NotFollowed{"what depends on an object that was read is not known"};
    }
  }
}

void SqlCatalog::drop(const std::vector<Target>& targets, bool cascade) {
  auto all = targets;
  collect(all);
  check_drop(all, targets.size(), cascade);
  drop_all(std::move(all));
}

void SqlCatalog::drop_all(std::vector<Target> all) {
  collect(all);
  for (const auto& t : all) {
    if (t.column == 0 && at(t.id).alive) kill(t.id);
  }
  for (const auto& t : all) {
    if (t.column != 0 && at(t.id).alive) drop_column(t.id, t.column);
  }
}

void SqlCatalog::drop_column(EntityId relation, int number) {
  auto& e = edit(relation);
  const auto found = std::find_if(e.columns.begin(), e.columns.end(),
                                  [&](const ColumnState& c) { return c.number == number; });
  if (found == e.columns.end()) return;
  const auto place = found - e.columns.begin();
  e.columns.erase(found);
  if (e.letter == 'c') e.names.erase(e.names.begin() + place);
  std::erase_if(e.refs, [&](const Ref& r) { return r.from_column == number; });
  if (e.object == no_object || object(relation).kind != ObjectKind::table) return;
  auto& columns = edit_relation(relation).columns;
  columns.erase(columns.begin() + place);
}

// --- The model ----------------------------------------------------------------------------------

EntityId SqlCatalog::make(Entity entity, ObjectKind kind, std::uint32_t detail) {
  Object o;
  o.kind = kind;
  o.oid = next_oid_++;
  o.name = entity.name;
  o.owner = user();
  o.detail = detail;
  if (kind != ObjectKind::tablespace) {
    o.database = session_.database;
    entity.database = session_.database;
  }
  if (entity.schema != no_entity) {
    o.schema = at(entity.schema).object;
    o.system = cluster_.object(o.schema).system;
    entity.temporary = at(entity.schema).temporary;
  }
  if (!entity.temporary) o.acl = default_acl_for(kind, o.owner, entity.schema);
  entity.object = ObjectId{static_cast<std::uint32_t>(cluster_.objects.size())};
  cluster_.objects.push_back(std::move(o));
  journal_.push_back([this] { cluster_.objects.pop_back(); });
  touched_ = changed_ = true;
  return add(std::move(entity));
}

RoleId SqlCatalog::owner_of(EntityId id) const {
  const auto& e = at(id);
  if (e.object != no_object) return object(id).owner;
  if (e.owner == no_role && e.parent != no_entity) return owner_of(e.parent);
  return e.owner;
}

void SqlCatalog::set_owner(EntityId id, RoleId owner) {
  if (at(id).object == no_object) {
    edit(id).owner = owner;
    return;
  }
  auto& o = edit_object(at(id).object);
  const auto old = std::exchange(o.owner, owner);
  if (old == owner) return;
  const auto moved = [&](AclId acl) {
    return acl == null_acl ? null_acl
                           : keep(acl_of_new_owner(cluster_.acls[pgleast::index(acl)], old, owner));
  };
  o.acl = moved(o.acl);
  if (o.kind != ObjectKind::table) return;
  auto& columns = edit_relation(id).columns;
  for (auto& column : columns) column.acl = moved(column.acl);
}

namespace {

void sort_acl(Acl& acl, const Cluster& cluster) {
  const auto oid = [&](RoleId r) { return r == public_role ? 0U : cluster.role(r).oid; };
  std::sort(acl.begin(), acl.end(), [&](const AclItem& a, const AclItem& b) {
    return std::pair(oid(a.grantee), oid(a.grantor)) < std::pair(oid(b.grantee), oid(b.grantor));
  });
}

}  // namespace

Acl sorted_acl(Acl acl, const Cluster& cluster) {
  sort_acl(acl, cluster);
  return acl;
}

AclId SqlCatalog::default_acl_for(ObjectKind kind, RoleId owner, EntityId schema) {
  const auto letter = default_acl_letter(kind);
  if (letter == ' ' || (kind == ObjectKind::large_object && major() < 18)) return null_acl;
  const auto list = [&](ObjectId in) -> const Acl* {
    for (const auto& d : cluster_.default_acls) {
      if (d.database == session_.database && d.creator == owner && d.schema == in &&
          d.type == letter) {
        return &cluster_.acls[pgleast::index(d.acl)];
      }
    }
    return nullptr;
  };
  const auto* const everywhere = list(no_object);
  const auto* const there = schema == no_entity ? nullptr : list(at(schema).object);
  if (everywhere == nullptr && there == nullptr) return null_acl;
  const auto built_in = default_acl(kind, owner, major());
  auto acl = everywhere != nullptr ? *everywhere : built_in;
  if (there != nullptr) acl = merged_acl(acl, *there, owner, has_privileges());
  sort_acl(acl, cluster_);
  return acl == sorted_acl(built_in, cluster_) ? null_acl : keep(acl);
}

// An array type has its element's list; from 17 a multirange its range's.
void SqlCatalog::set_acl(EntityId id, AclId acl) {
  edit_object(at(id).object).acl = acl;
  if (at(id).kind != EntityKind::type) return;
  for (const auto other : std::vector(dependents(id))) {
    const auto& e = at(other);
    const bool array = e.letter == 'a' && e.parent == id;
    const bool ranges =
        e.letter == 'm' && major() >= 17 && !e.types.empty() && e.types.front().entity == id;
    if (e.alive && e.kind == EntityKind::type && (array || ranges)) set_acl(other, acl);
  }
}

ObjectId SqlCatalog::database_named(const std::string& name) const {
  for (std::uint32_t i = 0; i < cluster_.objects.size(); ++i) {
    const auto& o = cluster_.objects[i];
    if (o.kind == ObjectKind::database && o.name == name) return ObjectId{i};
  }
  return no_object;
}

// --- What there is ------------------------------------------------------------------------------

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
  if (o.kind == ObjectKind::type && o.identity.ends_with("[]")) e.letter = 'a';
  if (o.kind == ObjectKind::sequence) e.letter = 'S';
  if (o.kind == ObjectKind::language && !cluster_.language(o).trusted) e.letter = 'u';
  if (o.kind == ObjectKind::table) {
    const auto& detail = cluster_.relation(o);
    e.letter = detail.relkind;
    for (std::size_t i = 0; i < detail.columns.size(); ++i) {
      e.columns.push_back({e.next_column++, {}, true, 0});
    }
  }
  if (o.kind == ObjectKind::function) e.letter = cluster_.function(o).prokind;
  e.half_known = o.oid >= first_oid_of_users;
  has_read_objects_ = has_read_objects_ || (e.half_known && o.database != no_object);
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
    extension.half_known = true;
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

// --- The end ------------------------------------------------------------------------------------

void SqlCatalog::drop_temporary() {
  if (session_.temporary == no_entity) return;
  drop_all({{session_.temporary, 0}});
  edit_session().temporary = no_entity;
}

void SqlCatalog::end_session() {
  drop_temporary();
  before_local_.reset();
  forget_journal();
}

void SqlCatalog::remember_for_end_of_transaction(bool local) {
  if (local && !before_local_) before_local_ = session_;
}

void SqlCatalog::end_transaction(bool committed) {
  if (before_local_ && committed) {
    session_.search_path = before_local_->search_path;
    session_.current_user = before_local_->current_user;
    session_.session_user = before_local_->session_user;
    roles_.run_as(session_.current_user, session_.session_user);
  }
  before_local_.reset();
}

// With no server every database is one that scripts made, or that initdb left.
bool SqlCatalog::is_pristine(ObjectId database) const {
  return cluster_.server.empty() && !cluster_.databases[cluster_.object(database).detail].read;
}

void SqlCatalog::need_contents() {
  if (session_.database == no_object) throw NotFollowed{"the database is not known"};
  auto& detail = cluster_.databases[cluster_.object(session_.database).detail];
  if (detail.read) return;
  if (!is_pristine(session_.database)) {
    throw NotFollowed{fmt::format("what lies in database {} was not read",
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
    enter(id);
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

ObjectId SqlCatalog::make_parameter(const std::string& name) {
  Object o;
  o.kind = ObjectKind::parameter;
  o.oid = next_oid_++;
  o.name = o.identity = name;
  o.owner = bootstrap_superuser(cluster_);
  cluster_.objects.push_back(std::move(o));
  journal_.push_back([this] { cluster_.objects.pop_back(); });
  return ObjectId{static_cast<std::uint32_t>(cluster_.objects.size() - 1)};
}

void SqlCatalog::drop_memberships_granted_by(const std::vector<RoleId>& roles) {
  journal_.push_back([this, old = cluster_.memberships] { cluster_.memberships = old; });
  std::erase_if(cluster_.memberships, [&](const Membership& m) {
    return std::find(roles.begin(), roles.end(), m.grantor) != roles.end();
  });
}

void SqlCatalog::finish() {
  for (std::uint32_t i = 0; i < entities_.size(); ++i) {
    const auto& e = entities_[i];
    const bool named = e.alive && e.object != no_object && (!e.half_known || e.schema != no_entity);
    if (named) cluster_.objects[pgleast::index(e.object)].identity = shown_name(EntityId{i});
  }
  const auto now = compact();
  // What was read of a server keeps the code that was read with it.
  if (is_of_scripts()) read_code(now);
  if (!cluster_.name.empty() || !cluster_.server.empty()) return;
  // The one database that there is to speak of.
  std::vector<std::string> read;
  for (const auto& o : cluster_.objects) {
    const bool was_read = o.kind == ObjectKind::database && cluster_.databases[o.detail].read;
    if (was_read) read.push_back(o.name);
  }
  if (read.size() == 1) cluster_.name = read.front();
}

void SqlCatalog::read_code(const std::vector<ObjectId>& now) {
  const auto object_of = [&](EntityId id) {
    return at(id).object == no_object ? no_object : now[pgleast::index(at(id).object)];
  };
  std::map<ObjectId, ObjectId> databases;  // by where they were
  for (const auto& e : entities_) {
    if (e.database != no_object) databases[e.database] = now[pgleast::index(e.database)];
  }
  for (const auto& [before, database] : databases) {
    if (database != no_object) add_script_code(*this, {before, database}, object_of);
  }
  sort_code(cluster_);
}

/// Where each object is now.
std::vector<ObjectId> SqlCatalog::compact() {
  std::vector<bool> gone(cluster_.objects.size(), false);
  std::set<std::size_t> gone_policies;
  for (const auto& e : entities_) {
    if (e.kind == EntityKind::policy && !e.alive) gone_policies.insert(e.place);
    const bool shell = e.kind == EntityKind::type && e.letter == 's';
    if (e.object != no_object && (!e.alive || shell)) gone[pgleast::index(e.object)] = true;
  }
  for (std::size_t i = 0; i < gone.size(); ++i) {
    const auto& o = cluster_.objects[i];
    if (o.kind == ObjectKind::database && o.name.empty()) gone[i] = true;
    if (o.database != no_object && gone[pgleast::index(o.database)]) gone[i] = true;
  }
  std::vector<ObjectId> now(gone.size(), no_object);
  std::vector<Object> left;
  std::map<std::string, AclId> known;
  std::vector<Acl> acls;
  const auto kept_acl = [&](AclId& id) {
    if (id == null_acl) return;
    const auto& acl = cluster_.acls[pgleast::index(id)];
    std::string text;
    for (const auto& i : acl) {
      text += fmt::format("{},{},{},{};", pgleast::index(i.grantee), pgleast::index(i.grantor),
                          i.privileges.bits(), i.grantable.bits());
    }
    const auto [at, added] = known.emplace(text, AclId{static_cast<std::uint32_t>(acls.size())});
    if (added) acls.push_back(acl);
    id = at->second;
  };
  std::vector<RelationDetail> relations;
  std::vector<FunctionDetail> functions;
  std::vector<DatabaseDetail> databases;
  std::vector<LanguageDetail> languages;
  std::vector<ForeignServerDetail> servers;
  const auto move_detail = [](auto& from, auto& to, std::uint32_t& detail) {
    to.push_back(std::move(from[detail]));
    detail = static_cast<std::uint32_t>(to.size() - 1);
  };
  for (std::uint32_t i = 0; i < gone.size(); ++i) {
    if (gone[i]) continue;
    now[i] = ObjectId{static_cast<std::uint32_t>(left.size())};
    auto o = std::move(cluster_.objects[i]);
    kept_acl(o.acl);
    if (o.kind == ObjectKind::table) move_detail(cluster_.relations, relations, o.detail);
    if (o.kind == ObjectKind::function) move_detail(cluster_.functions, functions, o.detail);
    if (o.kind == ObjectKind::database) move_detail(cluster_.databases, databases, o.detail);
    if (o.kind == ObjectKind::foreign_server) {
      move_detail(cluster_.foreign_servers, servers, o.detail);
    }
    if (o.kind == ObjectKind::language) {
      languages.push_back(cluster_.languages[o.detail]);
      o.detail = static_cast<std::uint32_t>(languages.size() - 1);
    }
    left.push_back(std::move(o));
  }
  for (auto& r : relations) {
    for (auto& column : r.columns) kept_acl(column.acl);
  }
  const auto moved = [&](ObjectId& id) {
    if (id != no_object) id = now[pgleast::index(id)];
  };
  const auto is_gone = [&](ObjectId id) {
    return id != no_object && now[pgleast::index(id)] == no_object;
  };
  auto& c = cluster_;
  c.objects = std::move(left);
  c.relations = std::move(relations);
  c.functions = std::move(functions);
  c.databases = std::move(databases);
  c.languages = std::move(languages);
  c.foreign_servers = std::move(servers);
  std::vector<RowPolicy> policies;
  for (std::size_t i = 0; i < c.row_policies.size(); ++i) {
    if (!is_gone(c.row_policies[i].table) && !gone_policies.contains(i)) {
      policies.push_back(std::move(c.row_policies[i]));
    }
  }
  c.row_policies = std::move(policies);
  std::erase_if(c.default_acls,
                [&](const DefaultAcl& d) { return is_gone(d.database) || is_gone(d.schema); });
  std::erase_if(c.role_settings, [&](const RoleSetting& r) { return is_gone(r.database); });
  for (auto& d : c.default_acls) kept_acl(d.acl);
  c.acls = std::move(acls);
  for (auto& o : c.objects) {
    moved(o.database);
    moved(o.schema);
  }
  for (auto& p : c.row_policies) moved(p.table);
  for (auto& d : c.default_acls) {
    moved(d.database);
    moved(d.schema);
  }
  for (auto& r : c.role_settings) moved(r.database);
  const auto stays = [&](auto& list, auto... member) {
    std::erase_if(list, [&](const auto& item) { return (is_gone(item.*member) || ...); });
    for (auto& item : list) (moved(item.*member), ...);
  };
  stays(c.inheritances, &Inheritance::child, &Inheritance::parent);
  stays(c.bodies, &Body::of);
  stays(c.attachments, &Attachment::relation);
  stays(c.event_triggers, &EventTrigger::database, &EventTrigger::function);
  stays(c.user_mappings, &UserMapping::server);
  stays(c.extensions, &Extension::database, &Extension::schema);
  stays(c.subscriptions, &Subscription::database);
  const auto stay_used = [&](Code& code) {
    std::erase_if(code.uses, [&](const CodeUse& u) { return is_gone(u.object); });
    for (auto& use : code.uses) moved(use.object);
  };
  for (auto& b : c.bodies) stay_used(b.code);
  for (auto& a : c.attachments) stay_used(a.code);
  for (auto& p : c.row_policies) stay_used(p.code);
  for (auto& s : c.subscriptions) {
    std::erase_if(s.tables, is_gone);
    for (auto& table : s.tables) moved(table);
  }
  for (auto& s : c.foreign_servers) moved(s.wrapper);
  return now;
}

}  // namespace pgleast
