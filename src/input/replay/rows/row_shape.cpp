// What CREATE TABLE, ALTER TABLE and CREATE INDEX ask of rows.
#include <algorithm>
#include <memory>
#include <utility>

#include "input/replay/rows/row_value.hpp"
#include "input/replay/rows/sure_rows.hpp"

namespace pgleast {
namespace {

/// Nothing where the table has none.
template <typename F>
void change(SqlCatalog& catalog, EntityId table, F&& f) {
  if (!catalog.at(table).rows) return;
  auto shape = *catalog.at(table).rows;
  const bool followed = f(shape);
  catalog.edit(table).rows =
      followed ? std::make_shared<const RowShape>(std::move(shape)) : nullptr;
}

RowColumn* column_at(RowShape& shape, int number) {
  const auto found = std::find_if(shape.columns.begin(), shape.columns.end(),
                                  [&](const RowColumn& c) { return c.number == number; });
  return found == shape.columns.end() ? nullptr : &*found;
}

RowColumn row_column(const SqlCatalog& catalog, EntityId table, const SqlNode& definition) {
  RowColumn column;
  column.number = catalog.column_number(table, text_at(definition, "colname"));
  const auto modifiers = type_modifiers(node_at(definition, "typeName"));
  for (const auto& state : catalog.at(table).columns) {
    const bool simple = state.number == column.number && !state.type.array && modifiers &&
                        !definition.contains("collClause");
    if (simple) column.type = state.type.builtin;
  }
  if (modifiers) column.modifiers = *modifiers;
  return column;
}

std::vector<int> columns_of(const SqlCatalog& catalog, EntityId id, EntityId table) {
  std::vector<int> result;
  for (const auto& ref : catalog.at(id).refs) {
    const bool other = ref.kind != Ref::Kind::automatic;
    if (ref.to == table && ref.column != 0 && !other) result.push_back(ref.column);
  }
  return result;
}

bool add_key(RowShape& shape, EntityId by, std::vector<int> columns) {
  auto taken = std::make_shared<RowKey::Taken>();
  taken->all = !shape.rows->any;
  shape.keys.push_back({std::move(columns), by, std::move(taken)});
  return true;
}

bool add_reference(const SqlCatalog& catalog, EntityId table, EntityId id,
                   const SqlNode& constraint, RowShape& shape) {
  RowReference reference;
  for (const auto& name : strings_of(list_at(constraint, "fk_attrs"))) {
    reference.columns.push_back(catalog.column_number(table, name));
  }
  if (reference.columns.empty()) reference.columns = columns_of(catalog, id, table);
  reference.to = catalog.relation_of(node_at(constraint, "pktable"));
  for (const auto& ref : catalog.at(id).refs) {
    const bool of_key = ref.to == reference.to && ref.column != 0 && ref.kind == Ref::Kind::normal;
    if (of_key) reference.key.push_back(ref.column);
  }
  if (text_at(constraint, "fk_matchtype") == "f" || reference.columns.empty()) return false;
  if (reference.key.size() != reference.columns.size()) return false;
  shape.references.push_back(std::move(reference));
  return true;
}

/// Of one column, whose name stands in it.
bool add_check(const SqlCatalog& catalog, EntityId table, const SqlNode& check, RowShape& shape) {
  const auto& column = node_at(node_at(check, "A_Expr"), "lexpr");
  const auto& fields = list_at(node_at(column, "ColumnRef"), "fields");
  if (fields.size() != 1) return false;
  const auto number = catalog.column_number(table, string_of(fields[0]));
  const auto* const of = column_at(shape, number);
  if (of == nullptr || !passes_check(*of, {}, check)) return false;
  shape.checks.emplace_back(number, check);
  return true;
}

bool is_plain_key(const SqlNode& node) {
  return !truth_at(node, "nulls_not_distinct") && !node.contains("where_clause") &&
         !node.contains("whereClause") && !node.contains("indexname");
}

bool has_plain_columns(const SqlNode& index) {
  const auto& parameters = list_at(index, "indexParams");
  return std::all_of(parameters.begin(), parameters.end(), [](const SqlNode& item) {
    const auto& element = inside(item, "IndexElem");
    return !text_at(element, "name").empty() && list_at(element, "opclass").empty() &&
           list_at(element, "collation").empty();
  });
}

}  // namespace

void begin_row_shape(SqlCatalog& catalog, EntityId table, const SqlNode& node) {
  const bool maybe_there = truth_at(node, "if_not_exists") && !catalog.is_known;
  if (!maybe_there) catalog.edit(table).empty_at = catalog.row_versions.all;
  const bool emptied = text_at(node, "oncommit") == "ONCOMMIT_DELETE_ROWS";
  if (maybe_there || emptied || !catalog.at(table).is(RelationKind::table)) return;
  for (const char* const more : {"inhRelations", "partbound", "partspec", "ofTypename"}) {
    if (node.contains(more)) return;
  }
  RowShape shape;
  shape.rows = std::make_shared<RowShape::Rows>();
  shape.rows->version = catalog.row_versions.all;
  for (const auto& item : list_at(node, "tableElts")) {
    if (item.contains("TableLikeClause")) return;
    if (item.contains("ColumnDef")) {
      shape.columns.push_back(row_column(catalog, table, item["ColumnDef"]));
    }
  }
  catalog.edit(table).rows = std::make_shared<const RowShape>(std::move(shape));
}

void shape_column(SqlCatalog& catalog, EntityId table, const SqlNode& definition) {
  change(catalog, table, [&](RowShape& shape) {
    shape.columns.push_back(row_column(catalog, table, definition));
    return true;
  });
}

void shape_default(SqlCatalog& catalog, EntityId table, int number, const SqlNode* expression) {
  change(catalog, table, [&](RowShape& shape) {
    auto* const column = column_at(shape, number);
    if (column == nullptr) return false;
    column->otherwise =
        expression == nullptr ? RowValue() : row_value(catalog, *column, *expression);
    return true;
  });
}

void shape_not_null(SqlCatalog& catalog, EntityId table, int number, bool not_null) {
  change(catalog, table, [&](RowShape& shape) {
    auto* const column = column_at(shape, number);
    if (column == nullptr) return false;
    column->not_null = not_null;
    return true;
  });
}

void shape_sequence(SqlCatalog& catalog, EntityId table, int number, const SqlNode* identity) {
  change(catalog, table, [&](RowShape& shape) {
    auto* const column = column_at(shape, number);
    // Numbers that rows were given meanwhile, and options, are not followed.
    if (column == nullptr || shape.rows->any) return false;
    column->not_null = true;
    column->identity = identity != nullptr;
    column->always = identity != nullptr && text_at(*identity, "generated_when") == "a";
    const bool plain = identity == nullptr || list_at(*identity, "options").empty();
    column->otherwise = {plain ? RowValue::Kind::drawn : RowValue::Kind::unsure, {}, false};
    return true;
  });
}

void shape_constraint(SqlCatalog& catalog, EntityId table, EntityId id, const SqlNode& constraint) {
  change(catalog, table, [&](RowShape& shape) {
    const auto type = text_at(constraint, "contype");
    shape.parts.insert(id);
    if (type == "CONSTR_FOREIGN") return add_reference(catalog, table, id, constraint, shape);
    if (type == "CONSTR_CHECK") {
      return add_check(catalog, table, node_at(constraint, "raw_expr"), shape);
    }
    if (type != "CONSTR_PRIMARY" && type != "CONSTR_UNIQUE") return false;
    if (!is_plain_key(constraint)) return false;
    auto columns = columns_of(catalog, id, table);
    for (const auto number : columns) {
      auto* const column = column_at(shape, number);
      if (column == nullptr) return false;
      if (type == "CONSTR_PRIMARY") column->not_null = true;
    }
    return add_key(shape, id, std::move(columns));
  });
}

void shape_index(SqlCatalog& catalog, EntityId table, EntityId id, const SqlNode& node) {
  change(catalog, table, [&](RowShape& shape) {
    const auto method = text_at(node, "accessMethod");
    const bool plain = (method.empty() || method == "btree") && has_plain_columns(node);
    if (!plain || !is_plain_key(node)) return false;
    shape.parts.insert(id);
    if (!truth_at(node, "unique")) return true;
    return add_key(shape, id, columns_of(catalog, id, table));
  });
}

void forget_row_shape(SqlCatalog& catalog, EntityId table) {
  if (catalog.at(table).rows) catalog.edit(table).rows = nullptr;
}

}  // namespace pgleast
