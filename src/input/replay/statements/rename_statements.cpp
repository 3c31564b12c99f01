// ALTER ... RENAME and SET SCHEMA, also of what goes along (alter.c, tablecmds.c).
#include <fmt/format.h>

#include <algorithm>

#include "input/replay/catalog/named_object.hpp"
#include "input/replay/roles/shared_name.hpp"
#include "input/replay/statements/new_entity.hpp"
#include "input/replay/statements/object_statement.hpp"
#include "input/replay/statements/relation_editor.hpp"

namespace pgleast {
namespace {

void rename_column(SqlCatalog& catalog, EntityId id, const std::string& from, const std::string& to,
                   int depth) {
  const auto number = catalog.needed_column(id, from);
  if (catalog.column_number(id, to) != 0) {
    throw Refused(
        Condition::duplicate_column,
        fmt::format("column `{}` of relation `{}` already exists", to, catalog.at(id).name), to);
  }
  for (const auto& column : catalog.at(id).columns) {
    if (column.number == number && column.inherited > depth) {
      throw Refused(Condition::invalid_table_definition,
                    fmt::format("cannot rename inherited column `{}`", from), from);
    }
  }
  for (auto& column : catalog.edit_relation(id).columns) {
    if (column.name == from) column.name = to;
  }
  for (const auto child : std::vector(catalog.dependents(id))) {
    const auto& e = catalog.at(child);
    const bool table = e.alive && e.kind == EntityKind::relation && is_table(e);
    if (!table) continue;
    const bool inherits = std::any_of(e.refs.begin(), e.refs.end(), [&](const Ref& r) {
      return r.to == id && r.column == 0 && r.from_column == 0;
    });
    if (inherits) rename_column(catalog, child, from, to, depth + 1);
  }
}

void rename_attribute(SqlCatalog& catalog, EntityId id, const SqlNode& node) {
  const auto from = text_at(node, "subname");
  const auto to = text_at(node, "newname");
  catalog.need_owner(id, "type");
  const auto tables = tables_of_type(catalog, id);
  if (!tables.empty() && text_at(node, "behavior") != "DROP_CASCADE") {
    throw Refused(Condition::dependent_objects_still_exist,
                  "cannot alter type because it is the type of a typed table");
  }
  if (attribute_number(catalog, id, from) == 0) {
    throw Refused(Condition::undefined_column, fmt::format("column `{}` does not exist", from),
                  from);
  }
  if (attribute_number(catalog, id, to) != 0) {
    throw Refused(Condition::duplicate_column, fmt::format("column `{}` already exists", to), to);
  }
  for (auto& name : catalog.edit(id).names) {
    if (name == from) name = to;
  }
  for (const auto table : tables) rename_column(catalog, table, from, to, 0);
}

void rename_row_type(SqlCatalog& catalog, EntityId relation, const std::string& to) {
  for (const auto id : std::vector(catalog.dependents(relation))) {
    const auto& e = catalog.at(id);
    const bool row =
        e.alive && e.is(TypeKind::composite) && e.schema == catalog.at(relation).schema;
    if (row) catalog.rename(id, to);
  }
}

void rename_relation(SqlCatalog& catalog, EntityId id, const std::string& to) {
  const auto e = catalog.at(id);
  need_new_relation(catalog, e.schema, to);
  if (!e.is(RelationKind::index)) need_new_type(catalog, e.schema, to);
  catalog.rename(id, to);
  rename_row_type(catalog, id, to);
  // A constraint has its index's name.
  for (const auto& ref : e.refs) {
    if (catalog.at(ref.to).kind == EntityKind::constraint) catalog.rename(ref.to, to);
  }
}

void rename_composite(SqlCatalog& catalog, EntityId type, const std::string& to) {
  for (const auto id : std::vector(catalog.dependents(type))) {
    const auto& e = catalog.at(id);
    if (e.alive && e.is(RelationKind::composite_type)) catalog.rename(id, to);
  }
}

Condition taken_condition(EntityKind kind) {
  if (kind == EntityKind::function) return Condition::duplicate_function;
  if (kind == EntityKind::schema) return Condition::duplicate_schema;
  return Condition::duplicate_object;
}

void rename_any(SqlCatalog& catalog, EntityId id, const std::string& to) {
  const auto e = catalog.at(id);
  const auto taken = [&](EntityId other) {
    if (other != no_entity) {
      throw Refused(taken_condition(e.kind), fmt::format("`{}` already exists", to), to);
    }
  };
  if (e.kind == EntityKind::relation) return rename_relation(catalog, id, to);
  if (e.kind == EntityKind::type) {
    need_new_type(catalog, e.schema, to);
    rename_composite(catalog, id, to);
  } else if (e.kind == EntityKind::function) {
    taken(catalog.find_function(e.schema, to, e.types));
  } else if (e.parent != no_entity) {
    taken(catalog.find_on(e.parent, e.kind, to));
    if (e.kind == EntityKind::policy) {
      catalog.edit_policy(catalog.policy_place(id)).name = to;
    }
  } else {
    taken(catalog.find_in_database(e.kind, to));
  }
  catalog.rename(id, to);
}

EntityId renamed(const SqlCatalog& catalog, const SqlNode& node, const std::string& kind) {
  const auto* const known = find_kind(kind);
  if (known == nullptr) return no_entity;
  if (known->entity == EntityKind::relation) {
    const auto name = relation_name(node_at(node, "relation"));
    const auto found = catalog.find_named(EntityKind::relation, name);
    if (found == no_entity && truth_at(node, "missing_ok")) return no_entity;
    const auto id = catalog.relation_of(name);
    const auto& e = catalog.at(id);
    // ALTER TABLE takes all kinds of relations.
    if (kind != "OBJECT_TABLE" && !fits(*known, e)) {
      throw Refused(Condition::wrong_object_type,
                    fmt::format("`{}` is not a {}", name.name, known->called), name.name);
    }
    if (e.is(RelationKind::composite_type)) {
      throw Refused(Condition::wrong_object_type,
                    fmt::format("`{}` is a composite type", name.name), name.name);
    }
    return id;
  }
  if (is_on_relation(known->entity) || known->entity == EntityKind::constraint) {
    const auto relation = catalog.relation_of(node_at(node, "relation"));
    const auto name = text_at(node, "subname");
    const auto id = catalog.find_on(relation, known->entity, name);
    if (id != no_entity) return id;
    if (catalog.at(relation).dependents_unknown) {
      throw Undecidable{"what is on a table that was read"};
    }
    throw Refused(Condition::undefined_object,
                  fmt::format("{} `{}` does not exist", known->called, name), name);
  }
  const auto subname = text_at(node, "subname");
  if (subname.empty() || node.contains("object")) {
    return named_object(catalog, kind, node_at(node, "object"));
  }
  auto tree = SqlNode::object();
  tree["String"]["sval"] = subname;
  return named_object(catalog, kind, tree);
}

}  // namespace

void rename_object(SqlCatalog& catalog, const SqlNode& node) {
  const auto kind = text_at(node, "renameType");
  const auto to = text_at(node, "newname");
  if (kind == "OBJECT_COLUMN" || kind == "OBJECT_ATTRIBUTE") {
    const auto name = relation_name(node_at(node, "relation"));
    const auto found = catalog.find_named(EntityKind::relation, name);
    if (found == no_entity && truth_at(node, "missing_ok")) return;
    const auto id = catalog.relation_of(name);
    if (catalog.at(id).is(RelationKind::composite_type)) {
      return rename_attribute(catalog, id, node);
    }
    catalog.need_owner(id, "table");
    if (catalog.at(id).result.entity != no_entity) {
      throw Refused(Condition::wrong_object_type, "cannot rename column of typed table");
    }
    if (catalog.at(id).is(RelationKind::sequence) || catalog.at(id).is(RelationKind::index)) return;
    return rename_column(catalog, id, text_at(node, "subname"), to, 0);
  }
  if (kind == "OBJECT_DOMCONSTRAINT") return;
  if (find_kind(kind) == nullptr) {
    for (const auto id : find_others(catalog, kind, node_at(node, "object"))) {
      catalog.rename(id, fmt::format("{} {}", kind, to));
    }
    return;
  }
  if (kind == "OBJECT_TABLESPACE") check_shared_name("tablespace", to, catalog.major());
  const auto id = renamed(catalog, node, kind);
  if (id == no_entity) return;
  const auto& e = catalog.at(id);
  const bool on = is_on_relation(e.kind) || e.kind == EntityKind::constraint;
  catalog.need_owner(on ? e.parent : id, find_kind(kind)->called);
  if (e.kind == EntityKind::schema) {
    if (to.starts_with("pg_")) {
      throw Refused(Condition::reserved_name, fmt::format("unacceptable schema name `{}`", to), to);
    }
    if (!catalog.is_superuser()) need_create_in_database(catalog);
  } else if (e.schema != no_entity && !catalog.is_superuser() &&
             !catalog.holds(catalog.user(), e.schema, Privilege::create)) {
    throw Refused(Condition::insufficient_privilege,
                  fmt::format("permission denied for schema {}", catalog.at(e.schema).name));
  }
  if (is_row_type(e)) {
    throw Refused(Condition::wrong_object_type, fmt::format("`{}` is a table's row type", e.name),
                  e.name);
  }
  rename_any(catalog, id, to);
}

namespace {

void move_entity(SqlCatalog& catalog, EntityId id, EntityId schema) {
  const auto e = catalog.at(id);
  if (e.schema == schema) return;
  if (e.kind == EntityKind::relation) need_new_relation(catalog, schema, e.name);
  if (e.kind == EntityKind::type && !e.is(TypeKind::array)) need_new_type(catalog, schema, e.name);
  if (e.kind == EntityKind::function) {
    if (catalog.find_function(schema, e.name, e.types) != no_entity) {
      throw Refused(Condition::duplicate_function,
                    fmt::format("function `{}` already exists in schema `{}`", e.name,
                                catalog.at(schema).name),
                    e.name);
    }
  }
  catalog.move(id, schema);
  for (const auto other : std::vector(catalog.dependents(id))) {
    const auto& o = catalog.at(other);
    if (!o.alive || o.schema != e.schema) continue;
    const bool along = std::any_of(o.refs.begin(), o.refs.end(), [&](const Ref& r) {
      return r.to == id && r.kind != Ref::Kind::normal;
    });
    const bool type = o.kind == EntityKind::type && !o.is(TypeKind::multirange);
    const bool part = o.is(RelationKind::sequence) || o.is(RelationKind::index) ||
                      o.is(RelationKind::composite_type);
    if (along && (type || part)) move_entity(catalog, other, schema);
  }
}

}  // namespace

void set_schema(SqlCatalog& catalog, const SqlNode& node) {
  const auto kind = text_at(node, "objectType");
  const auto name = text_at(node, "newschema");
  if (find_kind(kind) == nullptr) {
    const auto schema = catalog.schema_named(name);
    for (const auto id : find_others(catalog, kind, node_at(node, "object"))) {
      catalog.move(id, schema);
    }
    return;
  }
  if (kind == "OBJECT_EXTENSION") throw Undecidable{"the objects of an extension"};
  const auto id = node.contains("relation") ? renamed(catalog, node, kind)
                                            : named_object(catalog, kind, node_at(node, "object"));
  if (id == no_entity) return;
  const auto& e = catalog.at(id);
  catalog.need_owner(id, find_kind(kind)->called);
  const auto schema = catalog.schema_named(name);
  if (!catalog.holds(catalog.user(), schema, Privilege::create)) {
    throw Refused(Condition::insufficient_privilege,
                  fmt::format("permission denied for schema {}", name), name);
  }
  if (catalog.at(schema).temporary != e.temporary) {
    throw Refused(Condition::feature_not_supported,
                  "cannot move objects into or out of temporary schemas");
  }
  if (catalog.object(schema).system) throw Undecidable{"it moves into the catalogs"};
  const bool bound = std::any_of(e.refs.begin(), e.refs.end(), [&](const Ref& r) {
    return r.kind != Ref::Kind::normal &&
           (e.is(RelationKind::sequence) || e.kind == EntityKind::type);
  });
  if (bound && e.schema != schema) {
    throw Refused(e.kind == EntityKind::type ? Condition::wrong_object_type
                                             : Condition::feature_not_supported,
                  fmt::format("cannot move `{}` into another schema", e.name), e.name);
  }
  move_entity(catalog, id, schema);
}

}  // namespace pgleast
