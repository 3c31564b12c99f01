// ALTER TABLE ... ATTACH PARTITION, INHERIT (tablecmds.c, ATExecAttachPartition, ATExecAddInherit).
#include <fmt/format.h>

#include <algorithm>

#include "input/replay/catalog/partition_bound.hpp"
#include "input/replay/rows/sure_rows.hpp"
#include "input/replay/statements/relation_editor.hpp"
#include "input/replay/statements/table_command.hpp"

namespace pgleast {

std::vector<EntityId> inheritors(const SqlCatalog& catalog, EntityId parent) {
  std::vector<EntityId> result;
  for (const auto id : catalog.dependents(parent)) {
    const auto& e = catalog.at(id);
    const bool table = e.alive && e.kind == EntityKind::relation && is_table(e);
    const bool child = table && std::any_of(e.refs.begin(), e.refs.end(), [&](const Ref& r) {
                         return r.to == parent && r.column == 0 && r.from_column == 0;
                       });
    if (child) result.push_back(id);
  }
  return result;
}

void attach_command(SqlCatalog& catalog, const TableCommand& c) {
  const auto child = catalog.relation_of(node_at(inside(c.definition, "PartitionCmd"), "name"));
  catalog.need_owner(child, "table");
  if (catalog.at(c.relation).is(RelationKind::partitioned_index) ||
      catalog.at(c.relation).is(RelationKind::index)) {
    return;
  }
  if (!catalog.at(c.relation).is(RelationKind::partitioned_table)) {
    throw Refused(Condition::invalid_object_definition,
                  fmt::format("table `{}` is not partitioned", catalog.at(c.relation).name));
  }
  const auto& parent_columns = catalog.cluster().relation(catalog.object(c.relation)).columns;
  for (const auto& column : parent_columns) {
    if (catalog.column_number(child, column.name) == 0) {
      throw Refused(Condition::datatype_mismatch,
                    fmt::format("child table is missing column `{}`", column.name), column.name);
    }
  }
  const auto bound = partition_bound(node_at(inside(c.definition, "PartitionCmd"), "bound"));
  need_no_overlap(catalog, c.relation, bound);
  catalog.edit(child).bound = bound;
  forget_row_shape(catalog, child);
  auto& columns = catalog.edit(child).columns;
  if (columns.size() > parent_columns.size()) {
    throw Refused(Condition::datatype_mismatch, "table contains a column not found in parent");
  }
  for (auto& column : columns) ++column.inherited;
  catalog.add_ref(child, {c.relation, 0, Ref::Kind::automatic, 0});
}

void detach_command(SqlCatalog& catalog, const TableCommand& c) {
  const auto child = catalog.relation_of(node_at(inside(c.definition, "PartitionCmd"), "name"));
  catalog.remove_ref(child, c.relation);
  catalog.edit(child).bound.clear();
  for (auto& column : catalog.edit(child).columns) {
    column.inherited = std::max(0, column.inherited - 1);
    if (column.inherited == 0) column.local = true;
  }
}

void inherit_command(SqlCatalog& catalog, const TableCommand& c) {
  const auto parent = catalog.relation_of(c.definition);
  catalog.need_owner(parent, "table");
  for (const auto& column : catalog.cluster().relation(catalog.object(parent)).columns) {
    const auto number = catalog.column_number(c.relation, column.name);
    if (number == 0) {
      throw Refused(Condition::datatype_mismatch,
                    fmt::format("child table is missing column `{}`", column.name), column.name);
    }
    for (auto& own : catalog.edit(c.relation).columns) {
      if (own.number == number) ++own.inherited;
    }
  }
  catalog.add_ref(c.relation, {parent, 0, Ref::Kind::normal, 0});
}

void no_inherit_command(SqlCatalog& catalog, const TableCommand& c) {
  const auto parent = catalog.relation_of(c.definition);
  catalog.remove_ref(c.relation, parent);
  for (auto& column : catalog.edit(c.relation).columns) {
    column.inherited = std::max(0, column.inherited - 1);
    if (column.inherited == 0) column.local = true;
  }
}

}  // namespace pgleast
