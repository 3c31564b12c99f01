// Names in scripts: who is asked for where, as search_path and the rights of the session say
// (namespace.c, parse_type.c, regproc.c).
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <unordered_set>
#include <utility>

#include "input/replay/catalog/catalog.hpp"
#include "input/replay/catalog/extension_members.hpp"
#include "pg/builtin_type.hpp"
#include "pg/identifier.hpp"
#include "privileges/aclmask.hpp"

namespace pgleast {
namespace {

constexpr std::string_view catalog_schema = "pg_catalog";

}  // namespace

QualifiedName qualified_name_of(const SqlNode& names) {
  const auto parts = strings_of(names);
  if (parts.size() > 2) return {parts[parts.size() - 2], parts.back()};
  if (parts.size() == 2) return {parts[0], parts[1]};
  return {"", parts.empty() ? "" : parts[0]};
}

QualifiedName relation_name(const SqlNode& range) {
  const auto& r = inside(range, "RangeVar");
  return {text_at(r, "schemaname"), text_at(r, "relname")};
}

EntityId SqlCatalog::find(EntityKind kind, EntityId schema, const std::string& name) const {
  return names_.find({kind, session_.database, schema, no_entity, name});
}

std::vector<EntityId> SqlCatalog::find_all(EntityKind kind, EntityId schema,
                                           const std::string& name) const {
  return names_.find_all({kind, session_.database, schema, no_entity, name});
}

EntityId SqlCatalog::find_in_database(EntityKind kind, const std::string& name) const {
  const bool shared = kind == EntityKind::tablespace || kind == EntityKind::subscription;
  return names_.find({kind, shared ? no_object : session_.database, no_entity, no_entity, name});
}

EntityId SqlCatalog::find_on(EntityId relation, EntityKind kind, const std::string& name) const {
  const auto schema = at(relation).schema;
  for (const auto in : {no_entity, schema}) {
    const auto found = names_.find({kind, session_.database, in, relation, name});
    if (found != no_entity) return found;
  }
  return no_entity;
}

EntityId SqlCatalog::find_schema(const std::string& name) const {
  if (name == "pg_temp") return session_.temporary;
  return find_in_database(EntityKind::schema, name);
}

EntityId SqlCatalog::schema_named(const std::string& name) const {
  const auto found = find_schema(name);
  if (found == no_entity) {
    throw Refused(Condition::invalid_schema_name, fmt::format("schema `{}` does not exist", name),
                  name);
  }
  if (!at(found).temporary && !holds(user(), found, Privilege::usage)) {
    throw Refused(Condition::insufficient_privilege,
                  fmt::format("permission denied for schema {}", name), name);
  }
  return found;
}

std::vector<EntityId> SqlCatalog::path() const {
  std::vector<EntityId> result;
  const auto& names = session_.search_path;
  const auto named = [&](std::string_view wanted) {
    return std::find(names.begin(), names.end(), wanted) != names.end();
  };
  const auto take = [&](EntityId schema) {
    if (schema != no_entity) result.push_back(schema);
  };
  if (!named("pg_temp")) take(session_.temporary);
  if (!named(catalog_schema)) take(find_schema(std::string(catalog_schema)));
  for (const auto& name : names) {
    const auto schema = find_schema(name == "$user" ? cluster_.role(user()).name : name);
    if (schema == no_entity) continue;
    if (at(schema).temporary || holds(user(), schema, Privilege::usage)) result.push_back(schema);
  }
  return result;
}

EntityId SqlCatalog::schema_for_new(const QualifiedName& name) const {
  auto schema = no_entity;
  if (!name.schema.empty()) {
    schema = schema_named(name.schema);
  } else {
    for (const auto& word : session_.search_path) {
      const auto found = find_schema(word == "$user" ? cluster_.role(user()).name : word);
      if (found == no_entity) {
        if (word == "pg_temp") throw Undecidable{"temporary objects by search_path"};
        continue;
      }
      if (!at(found).temporary && !holds(user(), found, Privilege::usage)) continue;
      schema = found;
      break;
    }
    if (schema == no_entity) {
      throw Refused(Condition::invalid_schema_name, "no schema has been selected to create in");
    }
  }
  if (at(schema).temporary) return schema;
  need_create(schema);
  return schema;
}

std::vector<EntityId> SqlCatalog::find_functions(const QualifiedName& name) const {
  std::vector<EntityId> result;
  const auto in = [&](EntityId schema) {
    for (const auto id :
         names_.find_all({EntityKind::function, session_.database, schema, no_entity, name.name})) {
      // One that an earlier schema of search_path has hides it.
      const bool hidden = std::any_of(result.begin(), result.end(), [&](EntityId other) {
        return at(other).types == at(id).types && at(other).schema != schema;
      });
      if (!hidden) result.push_back(id);
    }
  };
  if (!name.schema.empty()) {
    if (find_schema(name.schema) != no_entity) in(schema_named(name.schema));
  } else {
    for (const auto schema : path()) {
      if (!at(schema).temporary) in(schema);
    }
  }
  std::sort(result.begin(), result.end());
  return result;
}

EntityId SqlCatalog::find_function(EntityId schema, const std::string& name,
                                   const std::vector<TypeRef>& types) const {
  for (const auto id :
       names_.find_all({EntityKind::function, session_.database, schema, no_entity, name})) {
    if (at(id).types == types) return id;
  }
  return no_entity;
}

EntityId SqlCatalog::find_named(EntityKind kind, const QualifiedName& name) const {
  if (!name.schema.empty()) {
    if (find_schema(name.schema) == no_entity) return no_entity;
    return find(kind, schema_named(name.schema), name.name);
  }
  for (const auto schema : path()) {
    const auto found = find(kind, schema, name.name);
    if (found != no_entity) return found;
  }
  return no_entity;
}

std::vector<EntityId> SqlCatalog::find_operators(const QualifiedName& name) const {
  auto schemas = name.schema.empty() ? path() : std::vector{find_schema(name.schema)};
  std::erase(schemas, no_entity);
  for (const auto schema : schemas) {
    auto found = find_all(EntityKind::other, schema, std::string(operator_kind) + name.name);
    if (!found.empty()) return found;
  }
  return {};
}

/// The catalogs are not in the model of a script's cluster.
bool SqlCatalog::is_of_server(const QualifiedName& name) const {
  if (!name.schema.empty()) {
    return name.schema == catalog_schema || name.schema == "information_schema";
  }
  return name.name.starts_with("pg_");
}

EntityId SqlCatalog::relation_of(const SqlNode& range) const {
  return relation_of(relation_name(range));
}

Condition SqlCatalog::absence(const QualifiedName& name, Condition otherwise) const {
  const bool nowhere = !name.schema.empty() && find_schema(name.schema) == no_entity;
  return nowhere ? Condition::invalid_schema_name : otherwise;
}

EntityId SqlCatalog::relation_of(const QualifiedName& name) const {
  const auto found = find_named(EntityKind::relation, name);
  if (found != no_entity) return found;
  if (is_of_server(name)) throw Undecidable{"a catalog is not in the model"};
  if (may_be_of_extension(*this, EntityKind::relation, name)) {
    throw Undecidable{"it may be an extension's"};
  }
  const auto shown = name.schema.empty() ? name.name : name.schema + '.' + name.name;
  throw Refused(absence(name, Condition::undefined_table),
                fmt::format("relation `{}` does not exist", shown), name.name);
}

std::vector<std::pair<std::string, std::string>> builtin_types_shown(int major) {
  std::vector<std::pair<std::string, std::string>> result;
  for (const auto& t : builtin_types) {
    if (t.since <= major) result.emplace_back(t.name, shown_builtin_type(t, major));
  }
  return result;
}

/// Nothing known: no entity, no builtin, no text.
TypeRef SqlCatalog::find_type(const SqlNode& type_name) const {
  const auto& t = inside(type_name, "TypeName");
  auto name = qualified_name_of(list_at(t, "names"));
  TypeRef result;
  if (truth_at(t, "pct_type")) throw Undecidable{"a type that is written as another's %TYPE"};
  result.array = !list_at(t, "arrayBounds").empty();
  const auto builtin = [&](std::string_view word) {
    const bool array = word.starts_with('_');
    const auto* const known = find_builtin_type(array ? word.substr(1) : word, major());
    if (known == nullptr || (array && result.array)) return false;
    result.builtin = known->name;
    result.array = result.array || array;
    return true;
  };
  const auto of_script = [&](EntityId schema) {
    const auto found = find(EntityKind::type, schema, name.name);
    if (found == no_entity) return false;
    result.entity = found;
    // An array of arrays is an array.
    if (result.array && at(found).is(TypeKind::array)) result.array = false;
    if (result.array) {
      for (const auto id : dependents(found)) {
        const auto& e = at(id);
        if (e.alive && e.is(TypeKind::array) && e.parent == found) {
          result.entity = id;
          result.array = false;
          break;
        }
      }
    }
    return true;
  };
  if (name.schema == catalog_schema) {
    if (!builtin(name.name) && name.name.starts_with("pg_")) result.builtin = name.name;
    return result;
  }
  if (name.schema == "information_schema") {
    result.text = "information_schema." + name.name + (result.array ? "[]" : "");
    return result;
  }
  if (!name.schema.empty()) {
    const auto schema = schema_named(name.schema);
    of_script(schema);
    return result;
  }
  for (const auto schema : path()) {
    if (at(schema).name == catalog_schema ? builtin(name.name) : of_script(schema)) return result;
  }
  return result;
}

TypeRef SqlCatalog::type_of(const SqlNode& type_name) const {
  auto type = find_type(type_name);
  if (type.entity != no_entity || !type.builtin.empty() || !type.text.empty()) return type;
  const auto name = qualified_name_of(list_at(inside(type_name, "TypeName"), "names"));
  if (may_be_of_extension(*this, EntityKind::type, name)) {
    throw Undecidable{"a type that may be an extension's"};
  }
  if (is_of_server(name)) throw Undecidable{"a type of the catalogs"};
  const auto shown = name.schema.empty() ? name.name : name.schema + '.' + name.name;
  throw Refused(Condition::undefined_object, fmt::format("type `{}` does not exist", shown),
                name.name);
}

std::string SqlCatalog::shown(const TypeRef& type) const {
  if (!type.text.empty()) return type.text;
  if (type.entity != no_entity) return shown_name(type.entity) + (type.array ? "[]" : "");
  const auto* const known = find_builtin_type(type.builtin, major());
  const auto name = known == nullptr ? "pg_catalog." + shown_identifier(type.builtin, major())
                                     : shown_builtin_type(*known, major());
  return name + (type.array ? "[]" : "");
}

/// As pg_identify_object prints it.
std::string SqlCatalog::shown_name(EntityId id) const {
  const auto& e = at(id);
  if (e.is(TypeKind::array) && e.parent != no_entity) {
    return shown_name(e.parent) + "[]";
  }
  if (e.kind == EntityKind::type && e.dependents_unknown && object(id).identity.ends_with("[]")) {
    return object(id).identity;
  }
  if (e.kind == EntityKind::large_object) return e.name;
  auto result = shown_identifier(e.name, major());
  if (e.schema != no_entity) result = shown_identifier(at(e.schema).name, major()) + '.' + result;
  if (e.kind != EntityKind::function) return result;
  result += '(';
  for (const auto& type : e.types) {
    if (result.back() != '(') result += ',';
    result += shown(type);
  }
  return result + ')';
}

int SqlCatalog::column_number(EntityId relation, const std::string& name) const {
  const auto& e = at(relation);
  if (e.object == no_object || object(relation).kind != ObjectKind::table) return 0;
  const auto& columns = cluster_.relation(object(relation)).columns;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == name) return e.columns[i].number;
  }
  return 0;
}

int SqlCatalog::needed_column(EntityId relation, const std::string& name) const {
  const auto number = column_number(relation, name);
  if (number != 0) return number;
  throw Refused(Condition::undefined_column,
                fmt::format("column `{}` of relation `{}` does not exist", name, at(relation).name),
                name);
}

// --- Rights -------------------------------------------------------------------------------------

// The first that may is the grantor.
std::vector<RoleId> SqlCatalog::privileged_roles(RoleId role) const {
  return roles_reached(cluster_, role, Closure::inherits, session_.database);
}

/// For one statement: whom a role has the privileges of is looked up once.
HasPrivileges SqlCatalog::has_privileges() const {
  struct Reached {
    RoleId role = no_role;
    std::unordered_set<RoleId> of;
  };
  return [this, known = std::make_shared<Reached>()](RoleId role, RoleId of) {
    if (role == public_role || of == public_role) return false;
    if (role == of || cluster_.role(role).superuser) return true;
    if (known->role != role) {
      const auto reached = privileged_roles(role);
      *known = {role, {reached.begin(), reached.end()}};
    }
    return known->of.contains(of);
  };
}

bool SqlCatalog::has_privileges(RoleId role, RoleId of) const { return has_privileges()(role, of); }

/// By SET ROLE: before 16 by any membership, then by those that allow it.
bool SqlCatalog::can_become(RoleId role, RoleId other) const {
  if (cluster_.role(role).superuser) return true;
  const auto roles = roles_reached(cluster_, role, Closure::becomes, session_.database);
  return std::find(roles.begin(), roles.end(), other) != roles.end();
}

PrivilegeSet SqlCatalog::held(RoleId role, ObjectId id) const {
  const auto& o = cluster_.object(id);
  const auto roles = privileged_roles(role);
  return held_on(
             cluster_, DataRoles(cluster_), o, cluster_.effective_acl(o),
             cluster_.role(role).superuser,
             [&](RoleId of) { return std::find(roles.begin(), roles.end(), of) != roles.end(); })
      .privileges;
}

bool SqlCatalog::holds(RoleId role, EntityId id, Privilege privilege) const {
  if (cluster_.role(role).superuser) return true;
  return at(id).object == no_object || held(role, at(id).object).has(privilege);
}

void SqlCatalog::need_owner(EntityId id, std::string_view what) const {
  if (owns(id)) return;
  throw Refused(Condition::insufficient_privilege,
                fmt::format("must be owner of {} {}", what, at(id).name), at(id).name);
}

void SqlCatalog::need_create(EntityId schema) const {
  if (!holds(user(), schema, Privilege::create)) {
    throw Refused(Condition::insufficient_privilege,
                  fmt::format("permission denied for schema {}", at(schema).name), at(schema).name);
  }
  if (at(schema).name == catalog_schema) {
    throw Undecidable{"it is made in pg_catalog"};
  }
}

void SqlCatalog::need_superuser(const std::string& message) const {
  if (!is_superuser()) throw Refused(Condition::insufficient_privilege, message);
}

}  // namespace pgleast
