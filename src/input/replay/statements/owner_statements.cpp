// Who owns what: ALTER ... OWNER TO; REASSIGN and DROP OWNED (alter.c, pg_shdepend.c).
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "input/replay/catalog/drop.hpp"
#include "input/replay/catalog/named_object.hpp"
#include "input/replay/statements/object_statement.hpp"
#include "model/objects_of.hpp"
#include "pg/default_acl_type.hpp"

namespace pgleast {
namespace {

void move_sequences(SqlCatalog& catalog, EntityId relation,
                    void (*move)(SqlCatalog&, EntityId, std::uint32_t), std::uint32_t to) {
  for (const auto id : std::vector(catalog.dependents(relation))) {
    const auto& e = catalog.at(id);
    if (!e.alive || e.kind != EntityKind::relation) continue;
    const bool owned = (e.is(RelationKind::sequence) || e.is(RelationKind::index)) &&
                       std::any_of(e.refs.begin(), e.refs.end(), [&](const Ref& r) {
                         return r.to == relation && r.kind != Ref::Kind::normal;
                       });
    if (owned) move(catalog, id, to);
  }
}

void give_types(SqlCatalog& catalog, EntityId id, RoleId owner) {
  for (const auto other : std::vector(catalog.dependents(id))) {
    const auto& e = catalog.at(other);
    if (!e.alive || e.is(TypeKind::shell) || other == id) continue;
    const bool goes_along = std::any_of(e.refs.begin(), e.refs.end(), [&](const Ref& r) {
      return r.to == id && r.kind == Ref::Kind::internal;
    });
    const bool multirange = e.is(TypeKind::multirange) && catalog.major() < 17;
    const bool type = e.kind == EntityKind::type && !multirange;
    const bool composite = e.is(RelationKind::composite_type);
    if (goes_along && (type || composite)) give(catalog, other, owner);
  }
}

}  // namespace

void give(SqlCatalog& catalog, EntityId id, RoleId owner) {
  catalog.set_owner(id, owner);
  const auto kind = catalog.at(id).kind;
  if (kind == EntityKind::relation) {
    move_sequences(
        catalog, id,
        [](SqlCatalog& c, EntityId sequence, std::uint32_t role) {
          give(c, sequence, RoleId{role});
        },
        static_cast<std::uint32_t>(owner));
  }
  if (kind == EntityKind::relation || kind == EntityKind::type) give_types(catalog, id, owner);
}

/// Its owner, who may become the new one, who may create there.
void need_may_give(const SqlCatalog& catalog, EntityId id, RoleId owner) {
  if (catalog.is_superuser() || catalog.owner_of(id) == owner) return;
  catalog.need_owner(id, "object");
  const auto& e = catalog.at(id);
  const auto& name = catalog.cluster().role(owner).name;
  if (!catalog.can_become(catalog.user(), owner)) {
    throw Refused(Condition::insufficient_privilege,
                  fmt::format("must be able to SET ROLE `{}`", name), name);
  }
  if (e.schema != no_entity && !catalog.holds(owner, e.schema, Privilege::create)) {
    throw Refused(Condition::insufficient_privilege,
                  fmt::format("permission denied for schema {}", catalog.at(e.schema).name));
  }
  const auto database = catalog.session().database;
  const bool in_database = e.kind == EntityKind::schema || e.kind == EntityKind::publication;
  const auto holder = e.kind == EntityKind::schema ? catalog.user() : owner;
  if (in_database && !catalog.held(holder, database).has(Privilege::create)) {
    throw Refused(
        Condition::insufficient_privilege,
        fmt::format("permission denied for database {}", catalog.cluster().object(database).name));
  }
}

void change_owner(SqlCatalog& catalog, const SqlNode& node) {
  const auto kind = text_at(node, "objectType");
  const auto owner = catalog.roles().role_of(role_name(node_at(node, "newowner")));
  const auto& object = node_at(node, "object");
  if (find_kind(kind) == nullptr) {
    for (const auto id : find_others(catalog, kind, object)) {
      need_may_give(catalog, id, owner);
      catalog.set_owner(id, owner);
    }
    return;
  }
  const auto id = named_object(catalog, kind, object);
  const auto& e = catalog.at(id);
  const bool for_superusers = e.kind == EntityKind::wrapper || e.kind == EntityKind::event_trigger;
  if (for_superusers && !catalog.cluster().role(owner).superuser) {
    throw Refused(Condition::insufficient_privilege,
                  fmt::format("permission denied to change owner of {}", e.name), e.name);
  }
  if (e.is(TypeKind::multirange) && catalog.major() >= 18) {
    throw Refused(Condition::wrong_object_type,
                  fmt::format("cannot alter multirange type `{}`", e.name), e.name);
  }
  if (is_row_type(e)) {
    throw Refused(Condition::wrong_object_type, fmt::format("`{}` is a table's row type", e.name),
                  e.name);
  }
  need_may_give(catalog, id, owner);
  give(catalog, id, owner);
}

// --- REASSIGN and DROP OWNED --------------------------------------------------------------------

namespace {

std::vector<RoleId> owned_by(SqlCatalog& catalog, const SqlNode& node) {
  std::vector<RoleId> result;
  for (const auto& name : role_names(list_at(node, "roles"))) {
    const auto role = catalog.roles().role_of(name);
    if (!catalog.has_privileges(catalog.user(), role)) {
      throw Refused(Condition::insufficient_privilege,
                    "permission denied to reassign or drop objects");
    }
    if (catalog.cluster().role(role).oid < first_oid_of_users) {
      throw Refused(Condition::dependent_objects_still_exist,
                    "cannot drop objects owned by a role that is required by the database system");
    }
    result.push_back(role);
  }
  return result;
}

bool is_one_of_roles(const std::vector<RoleId>& roles, RoleId role) {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

bool is_here(const SqlCatalog& catalog, const Entity& e) {
  return e.alive && (e.database == catalog.session().database || e.database == no_object);
}

/// What has an owner of its own in the catalogs.
bool has_owner(const SqlCatalog& catalog, EntityId id) {
  const auto& e = catalog.at(id);
  if (e.object != no_object) return !(e.is(TypeKind::array));
  return e.owner != no_role && !e.is(RelationKind::index);
}

void reassign_databases(SqlCatalog& catalog, const std::vector<RoleId>& from, RoleId to) {
  for (const auto id : objects_of(catalog.cluster(), ObjectKind::database)) {
    const auto& o = catalog.cluster().object(id);
    if (o.name.empty() || !is_one_of_roles(from, o.owner)) {
      continue;
    }
    auto& edited = catalog.edit_object(id);
    const auto old = std::exchange(edited.owner, to);
    if (edited.acl != null_acl && old != to) {
      edited.acl =
          catalog.intern(acl_of_new_owner(catalog.cluster().acls[index(edited.acl)], old, to));
    }
  }
}

}  // namespace

void reassign_owned(SqlCatalog& catalog, const SqlNode& node) {
  const auto from = owned_by(catalog, node);
  const auto to = catalog.roles().role_of(role_name(node_at(node, "newrole")));
  if (!catalog.has_privileges(catalog.user(), to)) {
    throw Refused(Condition::insufficient_privilege, "permission denied to reassign objects");
  }
  for (std::uint32_t i = 0; i < catalog.size(); ++i) {
    const auto id = EntityId{i};
    if (!is_here(catalog, catalog.at(id)) || !has_owner(catalog, id)) continue;
    if (is_one_of_roles(from, catalog.owner_of(id))) give(catalog, id, to);
  }
  reassign_databases(catalog, from, to);
  catalog.touch();
}

namespace {

Acl without(const SqlCatalog& catalog, const Acl& acl, RoleId owner, RoleId gone,
            PrivilegeSet all) {
  AclChange change;
  change.grants = false;
  change.cascade = true;
  change.privileges = all;
  change.grantees = {gone};
  change.grantor = owner;
  change.owner = owner;
  return changed_acl(acl, change, catalog.has_privileges());
}

bool mentions(const Acl& acl, RoleId role) {
  return std::any_of(acl.begin(), acl.end(),
                     [&](const AclItem& i) { return i.grantee == role || i.grantor == role; });
}

void revoke_on_objects(SqlCatalog& catalog, RoleId role) {
  for (std::uint32_t i = 0; i < catalog.cluster().objects.size(); ++i) {
    const auto o = catalog.cluster().object(ObjectId{i});
    const bool here = o.database == catalog.session().database || o.database == no_object;
    if (!here || o.owner == role) continue;
    const auto all = grantable_privileges(o.kind, catalog.major());
    if (o.acl != null_acl && mentions(catalog.cluster().acls[index(o.acl)], role)) {
      const auto acl = without(catalog, catalog.cluster().acls[index(o.acl)], o.owner, role, all);
      catalog.edit_object(ObjectId{i}).acl = catalog.intern(acl);
    }
    if (o.kind != ObjectKind::table) continue;
    const auto columns = catalog.cluster().relation(o).columns;
    const bool any = std::any_of(columns.begin(), columns.end(), [&](const Column& c) {
      return mentions(catalog.cluster().column_acl(c), role);
    });
    // The server revokes all on the table, too, which writes its list down.
    if (any && o.acl == null_acl) {
      catalog.edit_object(ObjectId{i}).acl = catalog.intern(catalog.cluster().effective_acl(o));
    }
    for (std::size_t n = 0; n < columns.size(); ++n) {
      const auto& acl = catalog.cluster().column_acl(columns[n]);
      if (!mentions(acl, role)) continue;
      const auto left = without(catalog, acl, o.owner, role, info(ObjectKind::column).all);
      catalog.edit_column(ObjectId{i}, n).acl = left.empty() ? null_acl : catalog.intern(left);
    }
  }
}

void revoke_defaults(SqlCatalog& catalog, RoleId role) {
  auto& rows = catalog.edit_default_acls();
  const auto database = catalog.session().database;
  std::vector<DefaultAcl> left;
  for (auto row : rows) {
    const bool here = row.database == database;
    if (here && row.creator == role) continue;
    const auto& acl = catalog.cluster().acls[index(row.acl)];
    if (here && mentions(acl, role)) {
      const auto kind = default_acl_type(row.type).kind;
      const auto now =
          without(catalog, acl, row.creator, role, grantable_privileges(kind, catalog.major()));
      if (now.empty() && row.schema != no_object) continue;
      row.acl = catalog.intern(now);
    }
    left.push_back(row);
  }
  rows = left;
}

void drop_from_policies(SqlCatalog& catalog, RoleId role) {
  for (std::uint32_t i = 0; i < catalog.size(); ++i) {
    const auto id = EntityId{i};
    const auto& e = catalog.at(id);
    if (!e.alive || e.kind != EntityKind::policy || !is_here(catalog, e)) continue;
    const auto place = catalog.policy_place(id);
    const auto& roles = catalog.cluster().row_policies[place].roles;
    if (!is_one_of_roles(roles, role)) continue;
    if (roles.size() == 1) {
      catalog.mark_dropped(id);
    } else {
      std::erase(catalog.edit_policy(place).roles, role);
    }
  }
}

}  // namespace

void drop_owned(SqlCatalog& catalog, const SqlNode& node) {
  const auto roles = owned_by(catalog, node);
  for (const auto role : roles) {
    revoke_on_objects(catalog, role);
    revoke_defaults(catalog, role);
    drop_from_policies(catalog, role);
  }
  std::vector<DropTarget> targets;
  for (std::uint32_t i = 0; i < catalog.size(); ++i) {
    const auto id = EntityId{i};
    const auto& e = catalog.at(id);
    if (!e.alive || e.database != catalog.session().database) continue;
    const bool mapping = e.kind == EntityKind::user_mapping && e.code;
    if (mapping && is_one_of_roles(roles, e.code->role)) targets.push_back({id, 0});
    if (!has_owner(catalog, id)) continue;
    const bool row_type = e.kind == EntityKind::type &&
                          std::any_of(e.refs.begin(), e.refs.end(),
                                      [](const Ref& r) { return r.kind == Ref::Kind::internal; });
    const bool composite = e.is(RelationKind::composite_type);
    if (row_type || composite) continue;
    if (is_one_of_roles(roles, catalog.owner_of(id))) targets.push_back({id, 0});
  }
  drop(catalog, targets, text_at(node, "behavior") == "DROP_CASCADE");
  if (catalog.major() >= 16) catalog.roles().drop_memberships_granted_by(roles);
  catalog.touch();
}

}  // namespace pgleast
