// What a column brings with it: the sequence of serial and IDENTITY, its default or expression, its
// constraints (parse_utilcmd.c, heap.c).
#include "input/replay/statements/column_definition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "input/replay/query/query.hpp"
#include "input/replay/rows/sure_rows.hpp"
#include "input/replay/statements/table_constraint.hpp"

namespace pgleast {
namespace {

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

NewColumn column_of(const SqlCatalog& catalog, const SqlNode& definition) {
  const auto* const serial = serial_type(definition);
  const auto name = text_at(definition, "colname");
  if (serial != nullptr) return {name, {no_entity, std::string(serial->type), false, ""}};
  return {name, catalog.type_of(node_at(definition, "typeName"))};
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

}  // namespace pgleast
