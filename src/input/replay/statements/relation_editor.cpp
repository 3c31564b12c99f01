// Tables, views, sequences, indexes and types as rows of the catalogs: names that are free, row
// types and their arrays, columns (heap.c, index.c, pg_type.c).
#include "input/replay/statements/relation_editor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "pg/name_list.hpp"

namespace pgleast {
namespace {

std::uint32_t add_detail(SqlCatalog& catalog, RelationKind kind) {
  auto& all = catalog.cluster().relations;
  RelationDetail detail;
  detail.relkind = static_cast<char>(kind);
  all.push_back(std::move(detail));
  return static_cast<std::uint32_t>(all.size() - 1);
}

}  // namespace

// makeObjectName
std::string object_name(const std::string& first, const std::string& second,
                        const std::string& label) {
  const auto rest = (second.empty() ? 0 : 1) + (label.empty() ? 0 : label.size() + 1);
  const auto room = most_name_bytes - rest;
  auto a = first.size();
  auto b = second.size();
  while (a + b > room) {
    if (a > b) {
      --a;
    } else {
      --b;
    }
  }
  auto result = cut_name(first, a);
  if (!second.empty()) result += '_' + cut_name(second, b);
  if (!label.empty()) result += '_' + label;
  return result;
}

std::string chosen_name(const SqlCatalog& catalog, EntityId schema, const std::string& first,
                        const std::string& second, const std::string& label) {
  for (int pass = 0;; ++pass) {
    const auto numbered = pass == 0 ? label : fmt::format("{}{}", label, pass);
    auto name = object_name(first, second, numbered);
    if (catalog.find(EntityKind::relation, schema, name) == no_entity) return name;
  }
}

void need_new_relation(const SqlCatalog& catalog, EntityId schema, const std::string& name) {
  if (catalog.find(EntityKind::relation, schema, name) == no_entity) return;
  throw Refused(Condition::duplicate_table, fmt::format("relation `{}` already exists", name),
                name);
}

// An array type makes room (moveArrayTypeName).
void need_new_type(const SqlCatalog& catalog, EntityId schema, const std::string& name) {
  const auto found = catalog.find(EntityKind::type, schema, name);
  if (found == no_entity || catalog.at(found).is(TypeKind::array)) return;
  throw Refused(Condition::duplicate_object, fmt::format("type `{}` already exists", name), name);
}

void need_usage(const SqlCatalog& catalog, const TypeRef& type) {
  if (type.entity == no_entity || catalog.holds(catalog.user(), type.entity, Privilege::usage)) {
    return;
  }
  throw Refused(Condition::insufficient_privilege,
                fmt::format("permission denied for type {}", catalog.at(type.entity).name));
}

EntityId make_type(SqlCatalog& catalog, EntityId schema, const std::string& name, TypeKind kind,
                   EntityId of) {
  Entity type;
  type.kind = EntityKind::type;
  type.name = name;
  type.schema = schema;
  type.subkind = kind;
  if (of != no_entity) type.refs.push_back({of, 0, Ref::Kind::internal, 0});
  const auto id = catalog.make(type, ObjectKind::type);
  const bool sequence = of != no_entity && catalog.at(of).is(RelationKind::sequence);
  if (of != no_entity) catalog.set_acl(id, null_acl);
  if (sequence || kind == TypeKind::shell) return id;
  Entity array;
  array.kind = EntityKind::type;
  array.name = cut_name('_' + name);
  array.schema = schema;
  array.subkind = TypeKind::array;
  array.parent = id;
  array.refs.push_back({id, 0, Ref::Kind::internal, 0});
  const auto list = catalog.make(array, ObjectKind::type);
  catalog.set_acl(list, catalog.object(id).acl);
  return id;
}

int add_column(SqlCatalog& catalog, EntityId relation, const NewColumn& column) {
  if (catalog.column_number(relation, column.name) != 0) {
    throw Refused(Condition::duplicate_column,
                  fmt::format("column `{}` of relation `{}` already exists", column.name,
                              catalog.at(relation).name),
                  column.name);
  }
  auto& e = catalog.edit(relation);
  const int number = e.next_column++;
  e.columns.push_back({number, column.type, column.local, column.inherited});
  if (catalog.object(relation).kind == ObjectKind::table) {
    catalog.edit_relation(relation).columns.push_back({column.name, null_acl});
  }
  if (column.type.entity != no_entity) {
    catalog.add_ref(relation, {column.type.entity, 0, Ref::Kind::normal, number});
  }
  return number;
}

EntityId make_relation(SqlCatalog& catalog, EntityId schema, const std::string& name,
                       RelationKind kind, const std::vector<NewColumn>& columns) {
  need_new_relation(catalog, schema, name);
  need_new_type(catalog, schema, name);
  for (const auto& column : columns) need_usage(catalog, column.type);
  Entity relation;
  relation.kind = EntityKind::relation;
  relation.name = name;
  relation.schema = schema;
  relation.subkind = kind;
  const bool sequence = kind == RelationKind::sequence;
  const auto detail = sequence ? no_detail : add_detail(catalog, kind);
  const auto id =
      catalog.make(relation, sequence ? ObjectKind::sequence : ObjectKind::table, detail);
  for (const auto& column : columns) add_column(catalog, id, column);
  if (!sequence || catalog.major() < 14) make_type(catalog, schema, name, TypeKind::composite, id);
  return id;
}

EntityId make_sequence(SqlCatalog& catalog, EntityId schema, const std::string& name) {
  return make_relation(catalog, schema, name, RelationKind::sequence, {});
}

EntityId make_index(SqlCatalog& catalog, EntityId relation, const std::string& name) {
  const auto schema = catalog.at(relation).schema;
  need_new_relation(catalog, schema, name);
  Entity index;
  index.kind = EntityKind::relation;
  index.name = name;
  index.schema = schema;
  index.database = catalog.at(relation).database;
  index.subkind = RelationKind::index;
  index.temporary = catalog.at(relation).temporary;
  index.owner = no_role;
  index.refs.push_back({relation, 0, Ref::Kind::automatic, 0});
  index.types = {};
  const auto id = catalog.add(std::move(index));
  catalog.edit(id).owner = catalog.owner_of(relation);
  return id;
}

EntityId temporary_schema(SqlCatalog& catalog) {
  if (catalog.session().temporary != no_entity) return catalog.session().temporary;
  const auto database = catalog.session().database;
  if (!catalog.held(catalog.user(), database).has(Privilege::temporary)) {
    throw Refused(Condition::insufficient_privilege,
                  fmt::format("permission denied to create temporary tables in database `{}`",
                              catalog.cluster().object(database).name));
  }
  Entity schema;
  schema.kind = EntityKind::schema;
  schema.name = "pg_temp_3";
  schema.temporary = true;
  const auto id = catalog.make(schema, ObjectKind::schema);
  catalog.edit_session().temporary = id;
  return id;
}

EntityId schema_of_new(SqlCatalog& catalog, const QualifiedName& name) {
  return name.schema == "pg_temp" ? temporary_schema(catalog) : catalog.schema_for_new(name);
}

EntityId schema_of_new(SqlCatalog& catalog, const SqlNode& range) {
  const auto& r = inside(range, "RangeVar");
  const auto name = relation_name(r);
  const bool temporary = text_at(r, "relpersistence") == "t" || name.schema == "pg_temp";
  if (!temporary) return catalog.schema_for_new(name);
  if (!name.schema.empty() && name.schema != "pg_temp") {
    throw Refused(Condition::invalid_table_definition,
                  "cannot create temporary relation in non-temporary schema", name.schema);
  }
  return temporary_schema(catalog);
}

bool is_there(const SqlCatalog& catalog, EntityId schema, const std::string& name,
              bool if_not_exists) {
  if (catalog.find(EntityKind::relation, schema, name) == no_entity) return false;
  if (if_not_exists) return true;
  need_new_relation(catalog, schema, name);
  return false;
}

EntityId composite_of(const SqlCatalog& catalog, EntityId type) {
  if (type == no_entity) return no_entity;
  const auto& e = catalog.at(type);
  const auto found = catalog.find(EntityKind::relation, e.schema, e.name);
  return found != no_entity && catalog.at(found).is(RelationKind::composite_type) ? found
                                                                                  : no_entity;
}

int attribute_number(const SqlCatalog& catalog, EntityId composite, const std::string& name) {
  const auto& e = catalog.at(composite);
  for (std::size_t i = 0; i < e.names.size(); ++i) {
    if (e.names[i] == name) return e.columns[i].number;
  }
  return 0;
}

std::vector<EntityId> tables_of_type(const SqlCatalog& catalog, EntityId composite) {
  std::vector<EntityId> result;
  const auto& e = catalog.at(composite);
  const auto type = catalog.find(EntityKind::type, e.schema, e.name);
  if (type == no_entity) return result;
  for (const auto id : catalog.dependents(type)) {
    const auto& table = catalog.at(id);
    const bool of_it = table.alive && table.kind == EntityKind::relation && id != composite &&
                       table.result.entity == type;
    if (of_it) result.push_back(id);
  }
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

}  // namespace pgleast
