// What one GRANT or REVOKE does to the lists of an object and of its columns: as whose grant, how
// much of it, and when the server refuses (aclchk.c, ExecGrant_Relation and its like).
#include "input/replay/statements/grant_change.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <map>
#include <optional>

#include "input/replay/catalog/named_object.hpp"
#include "model/objects_of.hpp"
#include "pg/setting_table.hpp"

namespace pgleast {
namespace {

/// The options of `mask` that the role itself holds (aclmask_direct).
PrivilegeSet own_options(const Acl& acl, RoleId role, RoleId owner, PrivilegeSet mask) {
  if (role == owner) return mask;
  PrivilegeSet result;
  for (const auto& item : acl) {
    if (item.grantee == role) result |= item.grantable;
  }
  return result & mask;
}

struct Grantor {
  RoleId role{};
  PrivilegeSet options;
};

// select_best_grantor; `named`: who GRANTED BY names, from version 19 on.
Grantor best_grantor(const SqlCatalog& catalog, std::optional<RoleId> named,
                     PrivilegeSet privileges, const Acl& acl, RoleId owner) {
  const auto user = catalog.user();
  if (named) {
    if (!catalog.has_privileges(user, *named)) {
      const auto& name = catalog.cluster().role_name(*named);
      throw Refused(Condition::insufficient_privilege,
                    fmt::format("must inherit privileges of role `{}`", name), name);
    }
    return {*named, own_options(acl, *named, owner, privileges)};
  }
  if (user == owner || catalog.is_superuser()) return {owner, privileges};
  Grantor best{user, {}};
  for (const auto role : catalog.privileged_roles(user)) {
    const auto options = own_options(acl, role, owner, privileges);
    if (options == privileges) return {role, options};
    if (std::popcount(options.bits()) > std::popcount(best.options.bits())) best = {role, options};
  }
  return best;
}

struct Named {
  std::string_view kind, name;
};

// restrict_and_check_grant: less than was asked for is a warning, nothing at all an error where
// the role holds nothing on the object either.
PrivilegeSet checked(const SqlCatalog& catalog, const Grantor& grantor, PrivilegeSet privileges,
                     const Acl& acl, RoleId owner, PrivilegeSet whole, const Named& named,
                     ObjectId object) {
  if (grantor.options.empty()) {
    auto any = catalog.held(grantor.role, object);
    for (const auto& item : acl) {
      const bool counts =
          item.grantee == public_role || catalog.has_privileges(grantor.role, item.grantee);
      if (counts) any |= item.privileges | item.grantable;
    }
    if ((any & whole).empty() && !catalog.has_privileges(grantor.role, owner)) {
      throw Refused(Condition::insufficient_privilege,
                    fmt::format("permission denied for {} {}", named.kind, named.name));
    }
  }
  return privileges & grantor.options;
}

void change_columns(SqlCatalog& catalog, EntityId id, const GrantRequest& r,
                    const std::map<std::string, PrivilegeSet>& wanted, const Acl& table_acl) {
  const auto owner = catalog.owner_of(id);
  for (std::size_t i = 0; i < catalog.at(id).columns.size(); ++i) {
    const auto column = catalog.cluster().relation(catalog.object(id)).columns[i];
    const auto found = wanted.find(column.name);
    if (found == wanted.end() || found->second.empty()) continue;
    const auto old = catalog.cluster().column_acl(column);
    auto both = table_acl;
    both.insert(both.end(), old.begin(), old.end());
    const auto grantor = best_grantor(catalog, r.grantor, found->second, both, owner);
    const auto privileges =
        checked(catalog, grantor, found->second, both, owner, info(ObjectKind::column).all,
                {"column", column.name}, catalog.at(id).object);
    const auto acl = acl_after(catalog, old, r, privileges, grantor.role, owner);
    auto& edited = catalog.edit_column(catalog.at(id).object, i);
    edited.acl = acl.empty() ? null_acl : catalog.intern(acl);
  }
}

// What is revoked of a relation is revoked of all its columns, those of the system included, which
// have no list (expand_all_col_privileges).
void check_columns(const SqlCatalog& catalog, EntityId id, const GrantRequest& r,
                   PrivilegeSet privileges, const Acl& table_acl) {
  if (privileges.empty()) return;
  const auto owner = catalog.owner_of(id);
  const auto grantor = best_grantor(catalog, r.grantor, privileges, table_acl, owner);
  checked(catalog, grantor, privileges, table_acl, owner, info(ObjectKind::column).all,
          {"a column of", catalog.at(id).name}, catalog.at(id).object);
}

void change_object(SqlCatalog& catalog, EntityId id, ObjectId object_id, const GrantRequest& r,
                   PrivilegeSet privileges) {
  const auto object = catalog.cluster().object(object_id);
  const auto acl = catalog.cluster().effective_acl(object);
  const auto grantor = best_grantor(catalog, r.grantor, privileges, acl, object.owner);
  const auto given =
      checked(catalog, grantor, privileges, acl, object.owner, whole_of(object.kind, catalog),
              {info(object.kind).name, object.name}, object_id);
  const auto kept = catalog.intern(acl_after(catalog, acl, r, given, grantor.role, object.owner));
  if (id == no_entity) {
    catalog.edit_object(object_id).acl = kept;
  } else {
    catalog.set_acl(id, kept);
  }
}

/// The columns of the server itself, whose lists are not in the model.
bool is_of_every_table(const Entity& e, std::string_view column) {
  constexpr std::array<std::string_view, 6> of_system{"ctid", "xmin",     "xmax",
                                                      "cmin", "tableoid", "cmax"};
  return !e.is(RelationKind::view) &&
         std::find(of_system.begin(), of_system.end(), column) != of_system.end();
}

void change_relation(SqlCatalog& catalog, EntityId id, const GrantRequest& r) {
  const auto& e = catalog.at(id);
  if (e.is(RelationKind::index) || e.is(RelationKind::partitioned_index)) {
    throw Refused(Condition::wrong_object_type, fmt::format("`{}` is an index", e.name));
  }
  if (e.is(RelationKind::composite_type)) {
    throw Refused(Condition::wrong_object_type, fmt::format("`{}` is a composite type", e.name));
  }
  if (r.kind == ObjectKind::sequence && !e.is(RelationKind::sequence)) {
    throw Refused(Condition::wrong_object_type, fmt::format("`{}` is not a sequence", e.name));
  }
  const auto kind = catalog.object(id).kind;
  const auto whole = whole_of(kind, catalog);
  const bool everything = r.all && r.privileges.empty();
  auto privileges = everything ? whole : r.privileges;
  if (kind == ObjectKind::sequence) {
    privileges = privileges & whole;
  } else if (!whole.covers(privileges)) {
    throw Refused(Condition::invalid_grant_operation, "invalid privilege type USAGE for table");
  }
  const auto table_acl = catalog.cluster().effective_acl(catalog.object(id));
  std::map<std::string, PrivilegeSet> columns;
  const auto column_privileges = privileges & info(ObjectKind::column).all;
  if (!r.change.grants && kind == ObjectKind::table) {
    for (const auto& c : catalog.cluster().relation(catalog.object(id)).columns) {
      if (c.acl != null_acl) columns[c.name] |= column_privileges;
    }
  }
  if (!privileges.empty()) change_object(catalog, id, catalog.at(id).object, r, privileges);
  if (!r.change.grants) check_columns(catalog, id, r, column_privileges, table_acl);
  for (const auto& [of_column, names] : r.of_columns) {
    for (const auto& name : names) {
      if (is_of_every_table(catalog.at(id), name)) continue;
      catalog.needed_column(id, name);
      columns[name] |= of_column;
    }
  }
  if (kind == ObjectKind::table) change_columns(catalog, id, r, columns, table_acl);
}

void change_type(SqlCatalog& catalog, EntityId id, const GrantRequest& r) {
  const auto& e = catalog.at(id);
  if (e.is(TypeKind::array)) {
    throw Refused(Condition::invalid_grant_operation, "cannot set privileges of array types");
  }
  if (e.is(TypeKind::multirange) && catalog.major() >= 17) {
    throw Refused(Condition::invalid_grant_operation, "cannot set privileges of multirange types");
  }
  if (r.object_type == "OBJECT_DOMAIN" && !e.is(TypeKind::domain) && !e.dependents_unknown) {
    throw Refused(Condition::wrong_object_type, fmt::format("`{}` is not a domain", e.name));
  }
  change_object(catalog, id, e.object, r, r.all ? whole_of(r.kind, catalog) : r.privileges);
}

// A known one, or a name of two words or more for which a library may ask (guc.c,
// check_GUC_name_for_parameter_acl).
bool is_parameter_name(const std::string& name, int major) {
  if (find_setting_info(name, major) != nullptr) return true;
  bool starts = true, dotted = false;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                        static_cast<unsigned char>(c) >= 0x80;
    const bool later = letter || (c >= '0' && c <= '9') || c == '$';
    if (c == '.' && !starts) {
      starts = dotted = true;
    } else if (starts ? letter : later) {
      starts = false;
    } else {
      return false;
    }
  }
  return dotted && !starts;
}

}  // namespace

Acl acl_after(const SqlCatalog& catalog, const Acl& acl, const GrantRequest& r,
              PrivilegeSet privileges, RoleId grantor, RoleId owner) {
  auto change = r.change;
  change.privileges = privileges;
  change.grantor = grantor;
  change.owner = owner;
  return changed_acl(acl, change, catalog.has_privileges());
}

PrivilegeSet whole_of(ObjectKind kind, const SqlCatalog& catalog) {
  return grantable_privileges(kind, catalog.major());
}

void change_privileges(SqlCatalog& catalog, EntityId id, const GrantRequest& r) {
  const auto& e = catalog.at(id);
  if (e.is(LanguageKind::untrusted)) {
    throw Refused(Condition::wrong_object_type,
                  fmt::format("language `{}` is not trusted", e.name));
  }
  if (e.temporary && e.object == no_object) return;
  if (e.kind == EntityKind::relation) return change_relation(catalog, id, r);
  if (e.kind == EntityKind::type) return change_type(catalog, id, r);
  change_object(catalog, id, e.object, r, r.all ? whole_of(r.kind, catalog) : r.privileges);
}

void change_database_privileges(SqlCatalog& catalog, const std::string& name,
                                const GrantRequest& r) {
  const auto id = needed_database(catalog, name);
  change_object(catalog, no_entity, id, r, r.all ? whole_of(r.kind, catalog) : r.privileges);
}

// parameter_acl.c: an entry goes when nothing is granted any more; the owner is the bootstrap
// superuser.
void change_parameter_privileges(SqlCatalog& catalog, const std::string& written,
                                 const GrantRequest& r) {
  const auto name = setting_key(written);
  auto& cluster = catalog.cluster();
  auto id = shared_object_named(cluster, ObjectKind::parameter, name);
  if (id == no_object) {
    if (!r.change.grants) return;
    if (!is_parameter_name(name, catalog.major())) {
      throw Refused(Condition::invalid_name, fmt::format("invalid parameter name `{}`", written),
                    written);
    }
    id = catalog.make_parameter(name);
  }
  const auto all = r.all ? whole_of(r.kind, catalog) : r.privileges;
  const auto object = cluster.object(id);
  // Its built-in list is not what is stored first (aclchk.c, ExecGrant_Parameter).
  const auto acl = cluster.effective_acl(object);
  const auto grantor = best_grantor(catalog, r.grantor, all, acl, object.owner);
  const auto given =
      checked(catalog, grantor, all, acl, object.owner, all, {"parameter", name}, id);
  const auto now = acl_after(catalog, acl, r, given, grantor.role, object.owner);
  const bool same = now == default_acl(ObjectKind::parameter, object.owner, catalog.major());
  catalog.edit_object(id).acl = same ? null_acl : catalog.intern(now);
}

}  // namespace pgleast
