// The journal, the entities and the model behind them; what is left in the end.
#include "input/replay/catalog/catalog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "input/replay/catalog/compact.hpp"
#include "input/replay/catalog/drop.hpp"
#include "input/replay/catalog/script_code.hpp"
#include "model/bootstrap_superuser.hpp"
#include "model/code_order.hpp"
#include "model/fresh_cluster.hpp"
#include "model/objects_of.hpp"
#include "pg/default_acl_type.hpp"
#include "pg/identifier.hpp"
#include "pg/name_list.hpp"
#include "pg/setting_table.hpp"

namespace pgleast {
namespace {

template <typename Vector, typename Undo>
auto& kept(Vector& all, std::size_t at, std::vector<std::function<void()>>& journal, Undo undo) {
  journal.push_back([&all, at, old = all[at], undo]() mutable {
    undo();
    all[at] = std::move(old);
  });
  return all[at];
}

}  // namespace

SqlCatalog::SqlCatalog(Cluster& cluster, RoleEditor& roles)
    : cluster_(cluster),
      roles_(roles),
      journal_(roles.journal()),
      before_(roles.before()),
      first_acl_(cluster.acls.size()) {
  read_cluster();
  roles_.ask_for_needed([this](RoleId role) {
    return std::any_of(entities_.begin(), entities_.end(), [&](const Entity& e) {
      const bool mapping = e.kind == EntityKind::user_mapping && e.code && e.code->role == role;
      return e.alive && (mapping || (e.object == no_object && e.owner == role));
    });
  });
}

// --- Journal ------------------------------------------------------------------------------------

void SqlCatalog::undo_to(std::size_t mark) {
  ++version_;
  roles_.undo_to(mark);
}

void SqlCatalog::forget_journal() {
  constexpr std::size_t few = 1000000;
  journal_.clear();
  if (items_in_acls_ > few + 2 * items_kept_) drop_unused_acls();
}

/// Every GRANT makes a new list; the old one is nobody's.
void SqlCatalog::drop_unused_acls() {
  std::vector<bool> used(cluster_.acls.size(), false);
  const auto use = [&](AclId id) {
    if (id != null_acl) used[pgleast::index(id)] = true;
  };
  for (const auto& o : cluster_.objects) use(o.acl);
  for (const auto& d : cluster_.default_acls) use(d.acl);
  for (const auto& r : cluster_.relations) {
    for (const auto& c : r.columns) use(c.acl);
  }
  items_kept_ = 0;
  for (auto i = first_acl_; i < used.size(); ++i) {
    if (!used[i]) Acl().swap(cluster_.acls[i]);
    items_kept_ += cluster_.acls[i].size();
  }
  items_in_acls_ = items_kept_;
}

SqlCatalog::Session& SqlCatalog::edit_session() {
  journal_.push_back([this, old = session_] {
    session_ = old;
    roles_.run_as(session_.current_user, session_.session_user);
  });
  return session_;
}

Object& SqlCatalog::edit_object(ObjectId id) {
  const auto& o = cluster_.object(id);
  before_.objects.push_back({id, o.owner, o.acl});
  return kept(cluster_.objects, index(id), journal_, [] {});
}

RelationDetail& SqlCatalog::edit_relation(EntityId id) {
  const auto& detail = cluster_.relation(object(id));
  before_.tables.push_back({at(id).object, detail.row_security, detail.force_row_security});
  return kept(cluster_.relations, object(id).detail, journal_, [] {});
}

FunctionDetail& SqlCatalog::edit_function(EntityId id) {
  before_.functions.push_back({at(id).object, cluster_.function(object(id))});
  return kept(cluster_.functions, object(id).detail, journal_, [] {});
}

DatabaseDetail& SqlCatalog::edit_database(ObjectId id) {
  return kept(cluster_.databases, cluster_.object(id).detail, journal_, [] {});
}

RowPolicy& SqlCatalog::edit_policy(std::size_t at) {
  before_.policies.push_back(at);
  return kept(cluster_.row_policies, at, journal_, [] {});
}

Column& SqlCatalog::edit_column(ObjectId table, std::size_t place) {
  const auto& column = cluster_.relation(cluster_.object(table)).columns[place];
  before_.columns.push_back({table, place, column.acl});
  return kept(cluster_.relations, cluster_.object(table).detail, journal_, [] {}).columns[place];
}

void SqlCatalog::add_policy(RowPolicy policy) {
  before_.policies.push_back(cluster_.row_policies.size());
  cluster_.row_policies.push_back(std::move(policy));
  journal_.push_back([this] { cluster_.row_policies.pop_back(); });
}

std::vector<DefaultAcl>& SqlCatalog::edit_default_acls() {
  if (!before_.default_acls) before_.default_acls = cluster_.default_acls;
  journal_.push_back([this, old = cluster_.default_acls] { cluster_.default_acls = old; });
  return cluster_.default_acls;
}

std::vector<RoleSetting>& SqlCatalog::edit_role_settings() {
  if (!before_.role_settings) before_.role_settings = cluster_.role_settings;
  journal_.push_back([this, old = cluster_.role_settings] { cluster_.role_settings = old; });
  return cluster_.role_settings;
}

AclId SqlCatalog::intern(const Acl& acl) {
  constexpr std::size_t most_items = 100000000;  // in one transaction
  items_in_acls_ += acl.size();
  if (items_in_acls_ > most_items) throw Undecidable{"access lists that are changed too often"};
  cluster_.acls.push_back(acl);
  return AclId{static_cast<std::uint32_t>(cluster_.acls.size() - 1)};
}

// --- Entities -----------------------------------------------------------------------------------

EntityId SqlCatalog::add(Entity entity) {
  changed_ = true;
  const auto id = EntityId{static_cast<std::uint32_t>(entities_.size())};
  auto refs = std::exchange(entity.refs, {});
  if (entity.schema != no_entity) refs.push_back({entity.schema, 0, Ref::Kind::normal, 0});
  entities_.push_back(std::move(entity));
  dependents_.emplace_back();
  names_.enter(id, at(id));
  by_kind_[at(id).kind].push_back(id);
  ++version_;
  journal_.push_back([this, id] {
    names_.leave(id, at(id));
    once_named_.insert(at(id).name);
    by_kind_[at(id).kind].pop_back();
    entities_.pop_back();
    dependents_.pop_back();
  });
  for (const auto& ref : refs) add_ref(id, ref);
  return id;
}

const std::vector<EntityId>& SqlCatalog::of_kind(EntityKind kind) const {
  static const std::vector<EntityId> none;
  const auto found = by_kind_.find(kind);
  return found == by_kind_.end() ? none : found->second;
}

EntityId SqlCatalog::entity_of(ObjectId id) const {
  const auto found = entity_of_.find(id);
  return found == entity_of_.end() ? no_entity : found->second;
}

Entity& SqlCatalog::edit(EntityId id) {
  changed_ = true;
  ++version_;
  journal_.push_back([this, id, old = at(id)] {
    names_.leave(id, at(id));
    entities_[index(id)] = old;
    if (old.alive) names_.enter(id, at(id));
  });
  return entities_[index(id)];
}

void SqlCatalog::mark_dropped(EntityId id) {
  edit(id);
  names_.leave(id, at(id));
  once_named_.insert(at(id).name);
  entities_[index(id)].alive = false;
  let_go(Entity(at(id)));
}

/// What is gone needs no role any more.
void SqlCatalog::let_go(const Entity& e) {
  if (e.kind == EntityKind::policy) edit_policy(e.place).roles.clear();
  if (e.object == no_object) return;
  auto& o = edit_object(e.object);
  o.owner = no_role;
  o.acl = null_acl;
  if (o.kind == ObjectKind::table) {
    auto& columns = kept(cluster_.relations, o.detail, journal_, [] {}).columns;
    for (auto& column : columns) column.acl = null_acl;
  }
  const auto in_it = [&](const DefaultAcl& d) { return d.schema == e.object; };
  const auto& all = cluster_.default_acls;
  if (e.kind == EntityKind::schema && std::any_of(all.begin(), all.end(), in_it)) {
    std::erase_if(edit_default_acls(), in_it);
  }
}

void SqlCatalog::rename(EntityId id, const std::string& name) {
  edit(id);
  names_.leave(id, at(id));
  once_named_.insert(at(id).name);
  entities_[index(id)].name = name;
  names_.enter(id, at(id));
  if (at(id).object != no_object) edit_object(at(id).object).name = name;
}

void SqlCatalog::move(EntityId id, EntityId schema) {
  remove_ref(id, at(id).schema);
  edit(id);
  names_.leave(id, at(id));
  entities_[index(id)].schema = schema;
  names_.enter(id, at(id));
  add_ref(id, {schema, 0, Ref::Kind::normal, 0});
  if (at(id).object == no_object) return;
  auto& o = edit_object(at(id).object);
  o.schema = at(schema).object;
  o.system = cluster_.object(o.schema).system;
}

void SqlCatalog::add_ref(EntityId from, const Ref& ref) {
  if (ref.to == no_entity) return;
  ++version_;
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
  before_.made.push_back(entity.object);
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
    return acl == null_acl
               ? null_acl
               : intern(acl_of_new_owner(cluster_.acls[pgleast::index(acl)], old, owner));
  };
  o.acl = moved(o.acl);
  if (o.kind != ObjectKind::table) return;
  auto& columns = edit_relation(id).columns;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].acl == null_acl) continue;
    before_.columns.push_back({at(id).object, i, columns[i].acl});
    columns[i].acl = moved(columns[i].acl);
  }
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
  return acl == sorted_acl(built_in, cluster_) ? null_acl : intern(acl);
}

// An array type has its element's list; from 17 a multirange its range's.
void SqlCatalog::set_acl(EntityId id, AclId acl) {
  edit_object(at(id).object).acl = acl;
  if (at(id).kind != EntityKind::type) return;
  for (const auto other : std::vector(dependents(id))) {
    const auto& e = at(other);
    const bool array = e.is(TypeKind::array) && e.parent == id;
    const bool ranges = e.is(TypeKind::multirange) && major() >= 17 && !e.types.empty() &&
                        e.types.front().entity == id;
    if (e.alive && e.kind == EntityKind::type && (array || ranges)) set_acl(other, acl);
  }
}

ObjectId SqlCatalog::database_named(const std::string& name) const {
  return shared_object_named(cluster_, ObjectKind::database, name);
}

// --- The end ------------------------------------------------------------------------------------

void SqlCatalog::drop_temporary() {
  if (session_.temporary == no_entity) return;
  drop_all(*this, {{session_.temporary, 0}});
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

Renumbered SqlCatalog::finish() {
  for (std::uint32_t i = 0; i < entities_.size(); ++i) {
    const auto& e = entities_[i];
    const bool named =
        e.alive && e.object != no_object && (!e.dependents_unknown || e.schema != no_entity);
    if (named) cluster_.objects[pgleast::index(e.object)].identity = shown_name(EntityId{i});
  }
  auto now = compact(cluster_, gone());
  // What was read of a server keeps the code that was read with it.
  if (is_of_scripts()) read_code(now.objects);
  if (!cluster_.name.empty() || !cluster_.server.empty()) return now;
  // The one database that there is to speak of.
  std::vector<std::string> read;
  for (const auto& o : cluster_.objects) {
    const bool was_read = o.kind == ObjectKind::database && cluster_.databases[o.detail].read;
    if (was_read) read.push_back(o.name);
  }
  if (read.size() == 1) cluster_.name = read.front();
  return now;
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

Gone SqlCatalog::gone() const {
  Gone result{std::vector<bool>(cluster_.objects.size(), false), {}};
  for (const auto& e : entities_) {
    if (e.kind == EntityKind::policy && !e.alive) result.policies.insert(e.place);
    const bool goes = !e.alive || e.is(TypeKind::shell);
    if (goes && e.object != no_object) result.objects[pgleast::index(e.object)] = true;
  }
  return result;
}

}  // namespace pgleast
