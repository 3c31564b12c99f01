// ALTER TABLE ... COLUMN (tablecmds.c, ATExecAddColumn and its like).
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "input/replay/catalog/drop.hpp"
#include "input/replay/rows/sure_rows.hpp"
#include "input/replay/statements/column_definition.hpp"
#include "input/replay/statements/relation_editor.hpp"
#include "input/replay/statements/table_command.hpp"
#include "input/replay/statements/table_constraint.hpp"

namespace pgleast {
namespace {

// To a table and all that inherit from it, however deep.
void add_to(SqlCatalog& catalog, EntityId first, const SqlNode& definition) {
  struct Place {
    EntityId relation, parent;  // which has it already; none: the table that was named
    int inherited;
  };
  const auto name = text_at(definition, "colname");
  std::vector<Place> todo{{first, no_entity, 0}};
  while (!todo.empty()) {
    const auto [relation, parent, inherited] = todo.back();
    todo.pop_back();
    auto column = column_of(catalog, definition);
    need_usage(catalog, column.type);
    column.inherited = inherited;
    column.local = inherited == 0;
    if (inherited > 0 && catalog.column_number(relation, name) != 0) continue;
    add_column(catalog, relation, column);
    if (parent == no_entity) {
      shape_column(catalog, relation, definition);
      add_definition(catalog, relation, definition);
    } else {
      copy_default(catalog, parent, relation, name);
    }
    const auto children = inheritors(catalog, relation);
    for (auto child = children.rbegin(); child != children.rend(); ++child) {
      todo.push_back({*child, relation, inherited + 1});
    }
  }
}

void drop_from(SqlCatalog& catalog, EntityId relation, const std::string& name, bool cascade,
               int depth = 0) {
  constexpr int deepest = 1000;
  if (depth > deepest) throw Undecidable{"tables that inherit more than 1,000 deep"};
  const auto number = catalog.needed_column(relation, name);
  for (const auto child : inheritors(catalog, relation)) {
    const auto in_child = catalog.column_number(child, name);
    if (in_child == 0) continue;
    auto& columns = catalog.edit(child).columns;
    const auto column = std::find_if(columns.begin(), columns.end(),
                                     [&](const ColumnState& s) { return s.number == in_child; });
    column->inherited = std::max(0, column->inherited - 1);
    if (!column->local && column->inherited == 0) {
      drop_from(catalog, child, name, cascade, depth + 1);
    }
  }
  drop(catalog, {{relation, number}}, cascade);
}

}  // namespace

void add_column_command(SqlCatalog& catalog, const TableCommand& c) {
  const auto name = text_at(inside(c.definition, "ColumnDef"), "colname");
  if (c.missing_ok && catalog.column_number(c.relation, name) != 0) return;
  add_to(catalog, c.relation, inside(c.definition, "ColumnDef"));
}

void drop_column_command(SqlCatalog& catalog, const TableCommand& c) {
  if (c.missing_ok && catalog.column_number(c.relation, c.name) == 0) return;
  const auto number = catalog.needed_column(c.relation, c.name);
  for (const auto& column : catalog.at(c.relation).columns) {
    if (column.number == number && column.inherited > 0) {
      throw Refused(Condition::invalid_table_definition,
                    fmt::format("cannot drop inherited column `{}`", c.name), c.name);
    }
  }
  drop_from(catalog, c.relation, c.name, c.cascade);
}

void default_command(SqlCatalog& catalog, const TableCommand& c) {
  const auto number = catalog.needed_column(c.relation, c.name);
  set_default(catalog, c.relation, number, c.definition.empty() ? nullptr : &c.definition);
}

void type_command(SqlCatalog& catalog, const TableCommand& c) {
  const auto number = catalog.needed_column(c.relation, c.name);
  const auto& definition = inside(c.definition, "ColumnDef");
  const auto type = catalog.type_of(node_at(definition, "typeName"));
  need_usage(catalog, type);
  for (const auto id : catalog.dependents(c.relation)) {
    const auto& e = catalog.at(id);
    const bool view = e.alive &&
                      (e.is(RelationKind::view) || e.is(RelationKind::materialized_view)) &&
                      e.kind == EntityKind::relation;
    const bool policy = e.alive && e.kind == EntityKind::policy;
    if (!view && !policy) continue;
    for (const auto& ref : e.refs) {
      if (ref.to != c.relation || ref.column != number) continue;
      throw Refused(Condition::feature_not_supported,
                    view ? "cannot alter type of a column used by a view or rule"
                         : "cannot alter type of a column used in a policy definition");
    }
  }
  auto& e = catalog.edit(c.relation);
  for (auto& column : e.columns) {
    if (column.number == number) column.type = type;
  }
  std::erase_if(e.refs, [&](const Ref& r) { return r.from_column == number; });
  if (type.entity != no_entity) {
    catalog.add_ref(c.relation, {type.entity, 0, Ref::Kind::normal, number});
  }
}

void not_null_command(SqlCatalog& catalog, const TableCommand& c) {
  const auto number = catalog.needed_column(c.relation, c.name);
  const bool sets = text_at(c.node, "subtype") == "AT_SetNotNull";
  const auto key = sets ? std::vector<int>() : primary_key_of(catalog, c.relation);
  if (std::find(key.begin(), key.end(), number) != key.end()) {
    throw Refused(Condition::invalid_table_definition,
                  fmt::format("column `{}` is in a primary key", c.name), c.name);
  }
  shape_not_null(catalog, c.relation, number, sets);
}

void column_only(SqlCatalog& catalog, const TableCommand& c) {
  if (catalog.object(c.relation).kind == ObjectKind::table) {
    catalog.needed_column(c.relation, c.name);
  }
}

void identity_command(SqlCatalog& catalog, const TableCommand& c) {
  auto column = SqlNode::object();
  column["colname"] = c.name;
  auto item = SqlNode::object();
  item["Constraint"] = inside(c.definition, "Constraint");
  column["constraints"] = SqlNode::array({item});
  catalog.needed_column(c.relation, c.name);
  add_definition(catalog, c.relation, column);
}

void drop_identity_command(SqlCatalog& catalog, const TableCommand& c) {
  const auto number = catalog.needed_column(c.relation, c.name);
  for (const auto id : std::vector(catalog.dependents(c.relation))) {
    const auto& e = catalog.at(id);
    if (!e.alive || e.kind != EntityKind::relation || !e.is(RelationKind::sequence)) continue;
    const bool owned = std::any_of(e.refs.begin(), e.refs.end(), [&](const Ref& r) {
      return r.to == c.relation && r.column == number && r.kind == Ref::Kind::internal;
    });
    if (!owned) continue;
    auto& refs = catalog.edit(id).refs;
    std::erase_if(refs, [&](const Ref& r) { return r.to == c.relation; });
    drop(catalog, {{id, 0}}, true);
    return;
  }
  if (!c.missing_ok) {
    throw Refused(Condition::object_not_in_prerequisite_state,
                  fmt::format("column `{}` of relation `{}` is not an identity column", c.name,
                              catalog.at(c.relation).name));
  }
}

}  // namespace pgleast
