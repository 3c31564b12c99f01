// ALTER TYPE ... ATTRIBUTE of a composite type, and of the tables that are of that type.
#include <fmt/format.h>

#include "input/replay/catalog/drop.hpp"
#include "input/replay/statements/column_definition.hpp"
#include "input/replay/statements/relation_editor.hpp"
#include "input/replay/statements/table_command.hpp"

namespace pgleast {
namespace {

void add_attribute(SqlCatalog& catalog, EntityId id, const NewColumn& column) {
  auto& e = catalog.edit(id);
  const auto number = e.next_column++;
  e.columns.push_back({number, column.type, true, 0});
  e.names.push_back(column.name);
  catalog.add_ref(id, {column.type.entity, 0, Ref::Kind::normal, number});
}

void alter_attribute(SqlCatalog& catalog, EntityId id, const SqlNode& command) {
  const auto name = text_at(command, "name");
  const auto type = text_at(command, "subtype");
  const auto tables = tables_of_type(catalog, id);
  if (!tables.empty() && text_at(command, "behavior") != "DROP_CASCADE") {
    throw Refused(Condition::dependent_objects_still_exist,
                  "cannot alter type because it is the type of a typed table");
  }
  if (type == "AT_AddColumn") {
    const auto& definition = inside(node_at(command, "def"), "ColumnDef");
    const NewColumn column{text_at(definition, "colname"),
                           catalog.type_of(node_at(definition, "typeName"))};
    if (attribute_number(catalog, id, column.name) != 0) {
      throw Refused(Condition::duplicate_column,
                    fmt::format("column `{}` already exists", column.name), column.name);
    }
    add_attribute(catalog, id, column);
    for (const auto table : tables) add_column(catalog, table, column);
    return;
  }
  const auto number = attribute_number(catalog, id, name);
  if (number == 0) {
    if (truth_at(command, "missing_ok")) return;
    throw Refused(Condition::undefined_column, fmt::format("column `{}` does not exist", name),
                  name);
  }
  if (type == "AT_DropColumn") {
    for (const auto table : tables) {
      drop(catalog, {{table, catalog.needed_column(table, name)}}, true);
    }
    drop(catalog, {{id, number}}, true);
  } else if (type != "AT_AlterColumnType") {
    throw Undecidable{type};
  }
}

}  // namespace

void alter_composite_type(SqlCatalog& catalog, const SqlNode& node) {
  const auto id = catalog.relation_of(node_at(node, "relation"));
  if (!catalog.at(id).is(RelationKind::composite_type)) {
    throw Refused(Condition::wrong_object_type,
                  fmt::format("`{}` is not a composite type", catalog.at(id).name));
  }
  catalog.need_owner(id, "type");
  for (const auto& item : list_at(node, "cmds")) {
    alter_attribute(catalog, id, inside(item, "AlterTableCmd"));
  }
}

}  // namespace pgleast
