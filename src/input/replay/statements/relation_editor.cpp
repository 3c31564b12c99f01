// Tables, views, sequences and indexes (heap.c, tablecmds.c, parse_utilcmd.c).
#include "input/replay/statements/relation_editor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "input/replay/query/query.hpp"
#include "input/replay/rows/sure_rows.hpp"
#include "input/replay/statements/partition_bound.hpp"
#include "pg/name_list.hpp"
#include "pg/setting_value.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

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

std::uint32_t add_detail(SqlCatalog& catalog, RelationKind kind) {
  auto& all = catalog.cluster().relations;
  RelationDetail detail;
  detail.relkind = static_cast<char>(kind);
  all.push_back(std::move(detail));
  return static_cast<std::uint32_t>(all.size() - 1);
}

struct SerialType {
  std::string_view name, type;
};
constexpr std::array serial_types{
    SerialType{"serial", "int4"},      SerialType{"serial4", "int4"},
    SerialType{"bigserial", "int8"},   SerialType{"serial8", "int8"},
    SerialType{"smallserial", "int2"}, SerialType{"serial2", "int2"},
};

// These are no types: transformColumnDefinition goes by the name that is written.
const SerialType* serial_type(const SqlNode& definition) {
  const auto& type = node_at(definition, "typeName");
  const auto names = strings_of(list_at(type, "names"));
  if (names.size() != 1) return nullptr;
  const auto* const found =
      std::find_if(serial_types.begin(), serial_types.end(),
                   [&](const SerialType& s) { return s.name == names.front(); });
  if (found == serial_types.end()) return nullptr;
  if (!list_at(type, "arrayBounds").empty()) {
    throw Refused(Condition::feature_not_supported, "array of serial is not implemented");
  }
  return found;
}

void own_sequence(SqlCatalog& catalog, EntityId sequence, EntityId relation, int column,
                  bool identity) {
  catalog.add_ref(sequence,
                  {relation, column, identity ? Ref::Kind::internal : Ref::Kind::automatic, 0});
  catalog.edit(sequence).parent = no_entity;
}

void add_sequence(SqlCatalog& catalog, EntityId relation, const std::string& column,
                  const SqlNode* identity) {
  const auto e = catalog.at(relation);
  auto name = chosen_name(catalog, e.schema, e.name, column, "seq");
  auto schema = e.schema;
  if (identity != nullptr) {
    if (const auto* const given = option_named(list_at(*identity, "options"), "sequence_name")) {
      const auto wanted = qualified_name_of(items_of(*given));
      name = wanted.name;
      if (!wanted.schema.empty()) schema = catalog.schema_named(wanted.schema);
    }
  }
  if (!catalog.at(schema).temporary) catalog.need_create(schema);
  const auto sequence = make_sequence(catalog, schema, name);
  const auto number = catalog.column_number(relation, column);
  own_sequence(catalog, sequence, relation, number, identity != nullptr);
  catalog.set_owner(sequence, catalog.owner_of(relation));
  shape_sequence(catalog, relation, number, identity);
  if (identity != nullptr) return;
  Entity value;
  value.kind = EntityKind::column_default;
  value.name = fmt::format("default {}", number);
  value.database = e.database;
  value.parent = relation;
  value.refs = {{relation, number, Ref::Kind::automatic, 0}, {sequence, 0, Ref::Kind::normal, 0}};
  catalog.add(std::move(value));
}

/// A column has one default, identity or expression (parse_utilcmd.c, transformColumnDefinition).
void need_one_value(const SqlCatalog& catalog, EntityId relation, const SqlNode& definition) {
  std::size_t defaults = serial_type(definition) == nullptr ? 0 : 1, identities = 0, generated = 0;
  for (const auto& item : list_at(definition, "constraints")) {
    const auto type = text_at(inside(item, "Constraint"), "contype");
    if (type == "CONSTR_DEFAULT") ++defaults;
    if (type == "CONSTR_IDENTITY") ++identities;
    if (type == "CONSTR_GENERATED") ++generated;
  }
  if (defaults + identities + generated < 2) return;
  const auto* const what = defaults > 1     ? "multiple default values"
                           : identities > 1 ? "multiple identity specifications"
                           : generated > 1  ? "multiple generation clauses"
                           : generated == 0 ? "both default and identity"
                           : defaults == 0  ? "both identity and generation expression"
                                            : "both default and generation expression";
  const auto name = text_at(definition, "colname");
  throw Refused(Condition::syntax_error,
                fmt::format("{} specified for column `{}` of table `{}`", what, name,
                            catalog.at(relation).name),
                name);
}

void inherit_from(const SqlCatalog& catalog, EntityId parent, std::vector<NewColumn>& columns) {
  const auto& p = catalog.at(parent);
  const auto& names = catalog.cluster().relation(catalog.object(parent)).columns;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto same = std::find_if(columns.begin(), columns.end(),
                                   [&](const NewColumn& c) { return c.name == names[i].name; });
    if (same != columns.end()) {
      ++same->inherited;
    } else {
      columns.push_back({names[i].name, p.columns[i].type, false, 1});
    }
  }
}

}  // namespace

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

NewColumn column_of(const SqlCatalog& catalog, const SqlNode& definition) {
  const auto* const serial = serial_type(definition);
  const auto name = text_at(definition, "colname");
  if (serial != nullptr) return {name, {no_entity, std::string(serial->type), false, ""}};
  return {name, catalog.type_of(node_at(definition, "typeName"))};
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

void need_usage(const SqlCatalog& catalog, const TypeRef& type) {
  if (type.entity == no_entity || catalog.holds(catalog.user(), type.entity, Privilege::usage)) {
    return;
  }
  throw Refused(Condition::insufficient_privilege,
                fmt::format("permission denied for type {}", catalog.at(type.entity).name));
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

void set_default(SqlCatalog& catalog, EntityId relation, int column, const SqlNode* expression) {
  const auto name = fmt::format("default {}", column);
  const auto before = catalog.find_on(relation, EntityKind::column_default, name);
  if (before != no_entity) catalog.mark_dropped(before);
  shape_default(catalog, relation, column, expression);
  if (expression == nullptr) return;
  Entity value;
  value.kind = EntityKind::column_default;
  value.name = name;
  value.database = catalog.at(relation).database;
  value.parent = relation;
  value.refs.push_back({relation, column, Ref::Kind::automatic, 0});
  const auto id = catalog.add(std::move(value));
  add_references(catalog, id, *expression);
}

namespace {

void set_generated(SqlCatalog& catalog, EntityId relation, int number) {
  for (auto& column : catalog.edit(relation).columns) {
    if (column.number == number) column.generated = true;
  }
}

bool is_generated(const SqlCatalog& catalog, EntityId relation, int number) {
  const auto& columns = catalog.at(relation).columns;
  return std::any_of(columns.begin(), columns.end(),
                     [&](const ColumnState& c) { return c.number == number && c.generated; });
}

}  // namespace

void copy_default(SqlCatalog& catalog, EntityId from, EntityId to, const std::string& column) {
  const auto default_of = [&](EntityId relation) {
    return catalog.find_on(relation, EntityKind::column_default,
                           fmt::format("default {}", catalog.column_number(relation, column)));
  };
  const auto original = default_of(from);
  if (original == no_entity) return;
  const auto none = SqlNode::object();
  set_default(catalog, to, catalog.column_number(to, column), &none);
  if (is_generated(catalog, from, catalog.column_number(from, column))) {
    set_generated(catalog, to, catalog.column_number(to, column));
  }
  const auto copy = default_of(to);
  for (const auto& ref : std::vector(catalog.at(original).refs)) {
    if (ref.to != from) catalog.add_ref(copy, ref);
  }
}

std::string option_text(const SqlNode& option) {
  const auto& argument = node_at(option, "arg");
  return text_at(option, "defname") + '=' + (argument.empty() ? "true" : word_of(argument));
}

// reloptions.c, parse_one_reloption.
std::string view_option(const SqlCatalog& catalog, const SqlNode& option) {
  const auto name = text_at(option, "defname");
  auto text = option_text(option);
  const auto value = text.substr(name.size() + 1);
  const bool is_check = name == "check_option";
  if (!is_check && name != "security_barrier" &&
      (name != "security_invoker" || catalog.major() < 15)) {
    throw Refused(Condition::invalid_parameter_value,
                  fmt::format("unrecognized parameter `{}`", name), name);
  }
  const auto word = lower_case(value);
  if (is_check ? word != "local" && word != "cascaded" : !parse_bool(value)) {
    throw Refused(Condition::invalid_parameter_value,
                  fmt::format("invalid value for {} option `{}`: {}", is_check ? "enum" : "boolean",
                              name, displayed(value)),
                  name);
  }
  return text;
}

namespace {

std::vector<std::string> key_columns(const SqlNode& constraint, const std::string& column) {
  auto keys = strings_of(list_at(constraint, "keys"));
  if (keys.empty()) keys = strings_of(list_at(constraint, "fk_attrs"));
  if (keys.empty() && !column.empty()) keys.push_back(column);
  return keys;
}

std::string joined_names(const std::vector<std::string>& names) {
  std::string result;
  for (const auto& name : names) result += (result.empty() ? "" : "_") + name;
  return result;
}

struct ConstraintRow {
  std::string_view type;
  std::string_view label;
  bool has_index;
  ConstraintKind kind;
};
constexpr std::array constraint_rows{
    ConstraintRow{"CONSTR_PRIMARY", "pkey", true, ConstraintKind::primary_key},
    ConstraintRow{"CONSTR_UNIQUE", "key", true, ConstraintKind::unique},
    ConstraintRow{"CONSTR_EXCLUSION", "excl", true, ConstraintKind::other},
    ConstraintRow{"CONSTR_CHECK", "check", false, ConstraintKind::check},
    ConstraintRow{"CONSTR_FOREIGN", "fkey", false, ConstraintKind::other},
};

const ConstraintRow* constraint_row(const SqlNode& constraint) {
  const auto type = text_at(constraint, "contype");
  for (const auto& kind : constraint_rows) {
    if (kind.type == type) return &kind;
  }
  return nullptr;
}

// The numbers of the columns referred to: those named, or the primary key.
std::vector<int> key_of(const SqlCatalog& catalog, EntityId table, const SqlNode& constraint) {
  std::vector<int> result;
  for (const auto& name : strings_of(list_at(constraint, "pk_attrs"))) {
    result.push_back(catalog.column_number(table, name));
  }
  if (!result.empty()) return result;
  for (const auto id : catalog.dependents(table)) {
    const auto& e = catalog.at(id);
    if (!e.alive || e.parent != table || !e.is(ConstraintKind::primary_key)) continue;
    for (const auto& ref : e.refs) {
      if (ref.to == table && ref.column != 0) result.push_back(ref.column);
    }
    break;
  }
  return result;
}

void refer_to(SqlCatalog& catalog, EntityId id, const SqlNode& constraint) {
  const auto target = catalog.relation_of(node_at(constraint, "pktable"));
  const auto& e = catalog.at(target);
  if (!e.is(RelationKind::table) && !e.is(RelationKind::partitioned_table)) {
    throw Refused(Condition::wrong_object_type,
                  fmt::format("referenced relation `{}` is not a table", e.name), e.name);
  }
  if (!catalog.holds(catalog.user(), target, Privilege::references)) {
    throw Refused(Condition::insufficient_privilege,
                  fmt::format("permission denied for table {}", e.name), e.name);
  }
  for (const auto& name : strings_of(list_at(constraint, "pk_attrs"))) {
    if (catalog.column_number(target, name) == 0) {
      throw Refused(
          Condition::undefined_column,
          fmt::format("column `{}` referenced in foreign key constraint does not exist", name),
          name);
    }
  }
  // It needs the key of the other table, so it goes with that only when asked.
  catalog.add_ref(id, {target, 0, Ref::Kind::normal, 0});
  for (const auto number : key_of(catalog, target, constraint)) {
    catalog.add_ref(id, {target, number, Ref::Kind::normal, 0});
  }
  EntityCode actions;
  actions.options = {{"delete", text_at(constraint, "fk_del_action")},
                     {"update", text_at(constraint, "fk_upd_action")}};
  catalog.edit(id).code = std::make_shared<const EntityCode>(std::move(actions));
}

}  // namespace

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

void goes_with_columns(SqlCatalog& catalog, EntityId id, EntityId relation) {
  for (auto& ref : catalog.edit(id).refs) {
    if (ref.to == relation) ref.kind = Ref::Kind::automatic;
  }
}

void add_constraint(SqlCatalog& catalog, EntityId relation, const SqlNode& constraint,
                    const std::string& column) {
  const auto* const kind = constraint_row(constraint);
  if (kind == nullptr) return;
  const auto keys = key_columns(constraint, column);
  const auto e = catalog.at(relation);
  auto name = text_at(constraint, "conname");
  const bool given = !name.empty();
  const auto second = kind->label == "pkey" ? "" : joined_names(keys);
  const auto index_name = text_at(constraint, "indexname");
  if (!given && !index_name.empty()) name = index_name;
  if (name.empty()) name = chosen_name(catalog, e.schema, e.name, second, std::string(kind->label));
  if (catalog.find_on(relation, EntityKind::constraint, name) != no_entity) {
    if (given) {
      throw Refused(Condition::duplicate_object,
                    fmt::format("constraint `{}` for relation `{}` already exists", name, e.name),
                    name);
    }
    for (int n = 1; catalog.find_on(relation, EntityKind::constraint, name) != no_entity; ++n) {
      name = object_name(e.name, second, fmt::format("{}{}", kind->label, n));
    }
  }
  Entity added;
  added.kind = EntityKind::constraint;
  added.name = name;
  added.database = e.database;
  added.parent = relation;
  added.subkind = kind->kind;
  for (const auto& key : keys) {
    const auto number = catalog.column_number(relation, key);
    if (number == 0) {
      throw Refused(Condition::undefined_column,
                    fmt::format("column `{}` named in key does not exist", key), key);
    }
    added.refs.push_back({relation, number, Ref::Kind::automatic, 0});
  }
  if (keys.empty()) added.refs.push_back({relation, 0, Ref::Kind::automatic, 0});
  const auto id = catalog.add(std::move(added));
  if (kind->label == "fkey") refer_to(catalog, id, constraint);
  if (kind->label == "check") {
    add_references(catalog, id, node_at(constraint, "raw_expr"), relation);
    goes_with_columns(catalog, id, relation);
  }
  shape_constraint(catalog, relation, id, constraint);
  if (!kind->has_index) return;
  if (!index_name.empty()) {
    const auto used = catalog.find(EntityKind::relation, e.schema, index_name);
    if (used == no_entity) {
      throw Refused(Condition::undefined_object,
                    fmt::format("index `{}` does not exist", index_name), index_name);
    }
    catalog.add_ref(used, {id, 0, Ref::Kind::internal, 0});
    if (given) catalog.rename(used, name);
    return;
  }
  const auto index = make_index(catalog, relation, name);
  catalog.add_ref(index, {id, 0, Ref::Kind::internal, 0});
}

namespace {

void need_integer(const SqlCatalog& catalog, EntityId relation, int number) {
  for (const auto& column : catalog.at(relation).columns) {
    const auto& type = column.type;
    if (column.number != number || type == TypeRef{} || !type.text.empty()) continue;
    const bool integer =
        !type.array && (type.builtin == "int2" || type.builtin == "int4" || type.builtin == "int8");
    if (integer) continue;
    throw Refused(Condition::invalid_parameter_value,
                  "identity column type must be smallint, integer, or bigint");
  }
}

}  // namespace

void add_definition(SqlCatalog& catalog, EntityId relation, const SqlNode& definition) {
  const auto name = text_at(definition, "colname");
  const auto number = catalog.column_number(relation, name);
  need_one_value(catalog, relation, definition);
  if (serial_type(definition) != nullptr) add_sequence(catalog, relation, name, nullptr);
  for (const auto& item : list_at(definition, "constraints")) {
    const auto& constraint = inside(item, "Constraint");
    const auto type = text_at(constraint, "contype");
    if (type == "CONSTR_DEFAULT" || type == "CONSTR_GENERATED") {
      set_default(catalog, relation, number, &node_at(constraint, "raw_expr"));
      if (type != "CONSTR_GENERATED") continue;
      set_generated(catalog, relation, number);
      forget_row_shape(catalog, relation);
    } else if (type == "CONSTR_NOTNULL") {
      shape_not_null(catalog, relation, number, true);
    } else if (type == "CONSTR_IDENTITY") {
      need_integer(catalog, relation, number);
      add_sequence(catalog, relation, name, &constraint);
    } else {
      add_constraint(catalog, relation, constraint, name);
    }
  }
}

namespace {

struct TableParts {
  std::vector<NewColumn> columns;
  std::vector<const SqlNode*> definitions, constraints, likes;
};

void take_like(const SqlCatalog& catalog, const SqlNode& like, TableParts& parts) {
  const auto source = catalog.relation_of(node_at(like, "relation"));
  const auto& e = catalog.at(source);
  if (e.is(RelationKind::sequence) || e.is(RelationKind::index)) {
    throw Refused(Condition::wrong_object_type,
                  fmt::format("relation `{}` is invalid in LIKE clause", e.name), e.name);
  }
  if (e.is(RelationKind::composite_type)) throw Undecidable{"LIKE a composite type"};
  if (!catalog.holds(catalog.user(), source, Privilege::select)) {
    throw Refused(Condition::insufficient_privilege,
                  fmt::format("permission denied for table {}", e.name), e.name);
  }
  const auto& names = catalog.cluster().relation(catalog.object(source)).columns;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto same =
        std::find_if(parts.columns.begin(), parts.columns.end(),
                     [&](const NewColumn& c) { return c.name == names[i].name && !c.local; });
    if (same != parts.columns.end()) {
      same->local = true;  // it is inherited, too
    } else {
      parts.columns.push_back({names[i].name, e.columns[i].type});
    }
  }
  parts.likes.push_back(&like);
}

std::vector<std::string> columns_needed(const SqlCatalog& catalog, const Entity& e,
                                        EntityId relation) {
  std::vector<std::string> result;
  const auto& names = catalog.cluster().relation(catalog.object(relation)).columns;
  for (const auto& ref : e.refs) {
    if (ref.to != relation || ref.column == 0) continue;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (catalog.at(relation).columns[i].number == ref.column) result.push_back(names[i].name);
    }
  }
  return result;
}

// They get names of their own.
void copy_indexes(SqlCatalog& catalog, EntityId relation, EntityId source) {
  for (const auto id : std::vector(catalog.dependents(source))) {
    const auto e = catalog.at(id);
    if (!e.alive) continue;
    const bool constraint = e.is(ConstraintKind::primary_key) || e.is(ConstraintKind::unique);
    if (constraint) {
      auto tree = SqlNode::object();
      tree["contype"] = e.is(ConstraintKind::primary_key) ? "CONSTR_PRIMARY" : "CONSTR_UNIQUE";
      for (const auto& name : columns_needed(catalog, e, source)) {
        tree["keys"].push_back({{"String", {{"sval", name}}}});
      }
      add_constraint(catalog, relation, tree, "");
    }
    const bool of_constraint = std::any_of(
        e.refs.begin(), e.refs.end(), [](const Ref& r) { return r.kind == Ref::Kind::internal; });
    if (e.is(RelationKind::index) && !of_constraint) {
      const auto& to = catalog.at(relation);
      const auto columns = columns_needed(catalog, e, source);
      make_index(catalog, relation,
                 chosen_name(catalog, to.schema, to.name, joined_names(columns), "idx"));
    }
  }
}

/// Its checks or indexes call functions.
bool has_calls(const SqlCatalog& catalog, EntityId relation) {
  const auto& all = catalog.dependents(relation);
  return std::any_of(all.begin(), all.end(), [&](EntityId id) {
    const auto& e = catalog.at(id);
    const bool attached = e.kind == EntityKind::constraint || e.is(RelationKind::index);
    return e.alive && attached && std::any_of(e.refs.begin(), e.refs.end(), [&](const Ref& r) {
             return catalog.at(r.to).kind == EntityKind::function;
           });
  });
}

// Only what makes something that has a name: sequences of identity columns.
void finish_like(SqlCatalog& catalog, EntityId relation, const SqlNode& like) {
  constexpr int constraints = 1 << 2, defaults = 1 << 3, generated = 1 << 4, identity = 1 << 5,
                indexes = 1 << 6;
  const auto options = like.value("options", std::int64_t{0});
  const auto source = catalog.relation_of(node_at(like, "relation"));
  const auto names = catalog.cluster().relation(catalog.object(source)).columns;
  const auto source_columns = catalog.at(source).columns;
  if ((options & indexes) != 0) copy_indexes(catalog, relation, source);
  // The copies of checks and expressions are not in the catalog.
  if ((options & (constraints | indexes)) != 0 && has_calls(catalog, source)) {
    catalog.has_hidden_calls = true;
  }
  for (std::size_t i = 0; i < source_columns.size(); ++i) {
    const auto name = names[i].name;
    const auto column = source_columns[i].number;
    for (const auto id : std::vector(catalog.dependents(source))) {
      const auto e = catalog.at(id);
      if (!e.alive) continue;
      const bool is_identity =
          e.is(RelationKind::sequence) &&
          std::any_of(e.refs.begin(), e.refs.end(), [&](const Ref& r) {
            return r.to == source && r.column == column && r.kind == Ref::Kind::internal;
          });
      if (is_identity && (options & identity) != 0) {
        const auto none = SqlNode::object();
        add_sequence(catalog, relation, name, &none);
      }
    }
    if ((options & (defaults | generated)) != 0) copy_default(catalog, source, relation, name);
  }
}

/// CREATE TABLE ... OF: takes the type's attributes.
EntityId type_of_table(const SqlCatalog& catalog, const SqlNode& node, TableParts& parts) {
  if (!node.contains("ofTypename")) return no_entity;
  const auto type = catalog.type_of(node["ofTypename"]).entity;
  const auto relation = composite_of(catalog, type);
  if (relation == no_entity) {
    if (type != no_entity && catalog.at(type).dependents_unknown) {
      throw Undecidable{"a type that was read"};
    }
    throw Refused(Condition::wrong_object_type, "the type is not a composite type");
  }
  if (!catalog.holds(catalog.user(), type, Privilege::usage)) {
    throw Refused(Condition::insufficient_privilege,
                  fmt::format("permission denied for type {}", catalog.at(type).name));
  }
  const auto& e = catalog.at(relation);
  for (std::size_t i = 0; i < e.columns.size(); ++i) {
    parts.columns.push_back({e.names[i], e.columns[i].type});
  }
  return type;
}

void take_elements(const SqlCatalog& catalog, const SqlNode& node, TableParts& parts) {
  for (const auto& item : list_at(node, "tableElts")) {
    if (item.contains("ColumnDef")) {
      const auto& definition = item["ColumnDef"];
      parts.definitions.push_back(&definition);
      const auto name = text_at(definition, "colname");
      const auto inherited = std::find_if(parts.columns.begin(), parts.columns.end(),
                                          [&](const NewColumn& c) { return c.name == name; });
      const bool partition = node.contains("partbound") || node.contains("ofTypename");
      const bool merges = inherited != parts.columns.end() &&
                          ((inherited->inherited > 0 && !inherited->local) || partition);
      if (merges) {
        inherited->local = true;
        continue;
      }
      if (partition) {
        throw Refused(Condition::undefined_column, fmt::format("column `{}` does not exist", name),
                      name);
      }
      parts.columns.push_back(column_of(catalog, definition));
    } else if (item.contains("Constraint")) {
      parts.constraints.push_back(&item["Constraint"]);
    } else if (item.contains("TableLikeClause")) {
      take_like(catalog, item["TableLikeClause"], parts);
    }
  }
  for (std::size_t i = 0; i < parts.columns.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (parts.columns[i].name == parts.columns[j].name) {
        throw Refused(Condition::duplicate_column,
                      fmt::format("column `{}` specified more than once", parts.columns[i].name),
                      parts.columns[i].name);
      }
    }
  }
}

}  // namespace

EntityId create_table(SqlCatalog& catalog, const SqlNode& node, RelationKind kind) {
  const auto& range = node_at(node, "relation");
  const auto name = text_at(inside(range, "RangeVar"), "relname");
  const auto schema = schema_of_new(catalog, range);
  if (is_there(catalog, schema, name, truth_at(node, "if_not_exists"))) return no_entity;
  TableParts parts;
  const auto type = type_of_table(catalog, node, parts);
  std::vector<EntityId> parents;
  const bool partition = node.contains("partbound");
  for (const auto& item : list_at(node, "inhRelations")) {
    const auto parent = catalog.relation_of(item);
    const auto& from = catalog.at(parent);
    if (!is_table(from)) {
      throw Refused(Condition::wrong_object_type,
                    fmt::format("inherited relation `{}` is not a table or foreign table",
                                catalog.at(parent).name),
                    catalog.at(parent).name);
    }
    if (partition && !from.is(RelationKind::partitioned_table)) {
      throw Refused(Condition::invalid_object_definition,
                    fmt::format("`{}` is not partitioned", catalog.at(parent).name),
                    catalog.at(parent).name);
    }
    const auto& refs = catalog.at(parent).refs;
    const bool is_partition = std::any_of(refs.begin(), refs.end(), [&](const Ref& r) {
      return r.kind == Ref::Kind::automatic && r.column == 0 &&
             catalog.at(r.to).kind == EntityKind::relation;
    });
    if (!partition && is_partition) {
      throw Refused(Condition::wrong_object_type,
                    fmt::format("cannot inherit from partition `{}`", catalog.at(parent).name),
                    catalog.at(parent).name);
    }
    if (!partition && from.is(RelationKind::partitioned_table)) {
      throw Refused(
          Condition::wrong_object_type,
          fmt::format("cannot inherit from partitioned table `{}`", catalog.at(parent).name),
          catalog.at(parent).name);
    }
    catalog.need_owner(parent, "table");
    inherit_from(catalog, parent, parts.columns);
    parents.push_back(parent);
  }
  take_elements(catalog, node, parts);
  const auto bound = partition ? partition_bound(node["partbound"]) : PartitionBound();
  if (partition && !parents.empty()) need_no_overlap(catalog, parents.front(), bound);
  const bool partitioned = node.contains("partspec");
  const auto id = make_relation(
      catalog, schema, name, partitioned ? RelationKind::partitioned_table : kind, parts.columns);
  for (const auto parent : parents) {
    catalog.add_ref(id, {parent, 0, partition ? Ref::Kind::automatic : Ref::Kind::normal, 0});
    catalog.edit(id).parent = no_entity;
  }
  if (partition) catalog.edit(id).bound = bound;
  begin_row_shape(catalog, id, node);
  for (const auto* const definition : parts.definitions) {
    add_definition(catalog, id, *definition);
  }
  for (const auto* const constraint : parts.constraints) {
    add_constraint(catalog, id, *constraint, "");
  }
  for (const auto* const like : parts.likes) finish_like(catalog, id, *like);
  if (type != no_entity) {
    catalog.add_ref(id, {type, 0, Ref::Kind::normal, 0});
    catalog.edit(id).result.entity = type;
  }
  return id;
}

}  // namespace pgleast
