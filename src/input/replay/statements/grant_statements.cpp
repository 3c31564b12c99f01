// GRANT and REVOKE on objects: which objects they name, those of pg_catalog among them (aclchk.c).
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "input/replay/catalog/named_object.hpp"
#include "input/replay/statements/grant_change.hpp"
#include "input/replay/statements/object_statement.hpp"

namespace pgleast {
namespace {

/// What of pg_catalog the grant is on, in the model from now on; none: it stays left out.
EntityId object_of_catalogs(SqlCatalog& catalog, const GrantRequest& r, const SqlNode& object,
                            const SqlNode& privileges) {
  if (!catalog.is_of_scripts()) return no_entity;
  if (r.kind == ObjectKind::table) {
    const auto name = relation_name(object);
    if (name.schema == "information_schema") return no_entity;
    return catalog_relation(catalog, name.name, privileges);
  }
  const auto& with = inside(object, "ObjectWithArgs");
  if (r.kind != ObjectKind::function) return no_entity;
  const auto name = qualified_name_of(list_at(with, "objname"));
  if (name.schema == "information_schema") return no_entity;
  if (truth_at(with, "args_unspecified")) {
    const bool matters = r.change.grants && is_guarded_function(name.name);
    if (matters) throw Undecidable{"which functions of the server have that name is not known"};
    return no_entity;
  }
  std::vector<TypeRef> types;
  for (const auto& argument : list_at(with, "objargs")) {
    types.push_back(catalog.find_type(argument));
    if (types.back().builtin.empty()) return no_entity;
  }
  return catalog_function(catalog, name.name, types);
}

/// The catalogs are not in the model: what is granted on them is left out, not unseen.
bool is_catalogs(const SqlCatalog& catalog, const GrantRequest& r, const SqlNode& object) {
  if (r.kind == ObjectKind::function) {
    if (!catalog.is_of_scripts()) return false;
    const auto name = qualified_name_of(list_at(inside(object, "ObjectWithArgs"), "objname"));
    if (name.schema == "pg_catalog" || name.schema == "information_schema") return true;
    const bool servers = name.name.starts_with("pg_") || is_guarded_function(name.name);
    return name.schema.empty() && servers && catalog.find_functions(name).empty();
  }
  if (r.kind == ObjectKind::type) {
    auto tree = SqlNode::object();
    tree["names"] = items_of(object);
    const auto type = catalog.find_type(object.contains("TypeName") ? object : tree);
    return !type.builtin.empty() || !type.text.empty();
  }
  if (r.kind == ObjectKind::table) {
    const auto name = relation_name(object);
    const auto found = catalog.find_named(EntityKind::relation, name);
    if (found == no_entity) return catalog.is_of_server(name);
    return catalog.is_of_scripts() && catalog.at(found).object != no_object &&
           catalog.object(found).system;
  }
  return false;
}

EntityId large_object(const SqlCatalog& catalog, const SqlNode& object) {
  const auto name = word_of(object);
  const auto id = catalog.find_in_database(EntityKind::large_object, name);
  if (id == no_entity) {
    throw Refused(Condition::undefined_object, fmt::format("large object {} does not exist", name));
  }
  return id;
}

/// What `GRANT ... ON ALL ... IN SCHEMA pg_catalog` is on. The server's functions are not known.
void need_catalogs(SqlCatalog& catalog, const GrantRequest& r) {
  if (!catalog.is_of_scripts()) return;
  if (r.kind == ObjectKind::table) need_catalog_relations(catalog);
  const bool matters = r.kind == ObjectKind::function && r.change.grants;
  if (matters) throw Undecidable{"which functions the server has is not known"};
}

void change_in_schema(SqlCatalog& catalog, const SqlNode& node, const GrantRequest& r) {
  for (const auto& name : strings_of(list_at(node, "objects"))) {
    const auto schema = catalog.schema_named(name);
    if (name == "pg_catalog") need_catalogs(catalog, r);
    const auto kind = target_kind(r.object_type).entity;
    for (const auto id : catalog.children(schema, kind)) {
      const auto& e = catalog.at(id);
      const bool fits = r.object_type == "OBJECT_TABLE"
                            ? !e.is(RelationKind::sequence) && !e.is(RelationKind::index) &&
                                  !e.is(RelationKind::composite_type)
                        : r.object_type == "OBJECT_SEQUENCE"  ? e.is(RelationKind::sequence)
                        : r.object_type == "OBJECT_FUNCTION"  ? !e.is(RoutineKind::procedure)
                        : r.object_type == "OBJECT_PROCEDURE" ? e.is(RoutineKind::procedure)
                                                              : true;
      if (fits) change_privileges(catalog, id, r);
    }
  }
}

}  // namespace

void grant(SqlCatalog& catalog, const SqlNode& node) {
  catalog.touch();
  auto r = request_of(catalog, node);
  r.grantor = named_grantor(catalog, node);
  take_privileges(node, catalog.major(), r);
  if (text_at(node, "targtype") == "ACL_TARGET_ALL_IN_SCHEMA") {
    return change_in_schema(catalog, node, r);
  }
  std::vector<EntityId> targets;
  for (const auto& object : list_at(node, "objects")) {
    if (r.kind == ObjectKind::database) {
      change_database_privileges(catalog, string_of(object), r);
    } else if (r.kind == ObjectKind::parameter) {
      change_parameter_privileges(catalog, string_of(object), r);
    } else if (r.kind == ObjectKind::large_object) {
      targets.push_back(large_object(catalog, object));
    } else if (is_catalogs(catalog, r, object)) {
      const auto known = object_of_catalogs(catalog, r, object, list_at(node, "privileges"));
      if (known != no_entity) {
        targets.push_back(known);
        continue;
      }
      const auto& to = r.change.grantees;
      const bool everyone = std::find(to.begin(), to.end(), public_role) != to.end();
      if (everyone && r.change.grants && r.change.option) {
        throw Refused(Condition::invalid_grant_operation,
                      "grant options can only be granted to roles");
      }
    } else {
      const auto type = r.object_type == "OBJECT_TABLE" || r.object_type == "OBJECT_SEQUENCE"
                            ? std::string("relation")
                            : r.object_type;
      targets.push_back(named_object(catalog, type, object));
    }
  }
  for (const auto id : targets) change_privileges(catalog, id, r);
}

}  // namespace pgleast
