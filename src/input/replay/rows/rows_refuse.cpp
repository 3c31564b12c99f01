// Statements that the server refuses for the rows that there are:
//
//   ALTER TABLE t ADD CHECK (a > 0)     where a row has none
//   CREATE UNIQUE INDEX ON t (a)        where two have the same
//
// Of a table that a script made nobody but the script has put rows into it.
#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <vector>

#include "input/replay/rows/sure_rows.hpp"

namespace pgleast {
namespace {

/// It, its partitions and what inherits from it.
bool is_empty(const SqlCatalog& catalog, EntityId first) {
  std::vector<EntityId> todo{first};
  std::set<EntityId> seen;
  while (!todo.empty()) {
    const auto id = todo.back();
    todo.pop_back();
    if (!seen.insert(id).second) continue;
    const auto& e = catalog.at(id);
    const bool none = e.alive && e.empty_at == catalog.row_versions.all &&
                      !catalog.filled.contains(id) && !e.is(RelationKind::foreign_table);
    if (!none) return false;
    for (const auto child : catalog.children_of(id)) {
      if (is_table(catalog.at(child))) todo.push_back(child);
    }
  }
  return true;
}

bool all_are_empty(const SqlCatalog& catalog) {
  const auto& all = catalog.of_kind(EntityKind::relation);
  return std::all_of(all.begin(), all.end(), [&](EntityId id) {
    const auto& e = catalog.at(id);
    return !e.alive || !is_table(e) || is_empty(catalog, id);
  });
}

bool looks_at_rows(const SqlNode& constraint) {
  constexpr std::array<std::string_view, 6> kinds{"CONSTR_CHECK",   "CONSTR_UNIQUE",
                                                  "CONSTR_PRIMARY", "CONSTR_FOREIGN",
                                                  "CONSTR_NOTNULL", "CONSTR_EXCLUSION"};
  return !truth_at(constraint, "skip_validation") &&
         std::find(kinds.begin(), kinds.end(), text_at(constraint, "contype")) != kinds.end();
}

/// A new column has its default in each row, or NULL.
bool column_looks_at_rows(const SqlCatalog& catalog, const SqlNode& definition) {
  bool not_null = false, has_value = false;
  for (const auto& item : list_at(definition, "constraints")) {
    const auto& constraint = inside(item, "Constraint");
    const auto kind = text_at(constraint, "contype");
    if (kind == "CONSTR_NOTNULL") {
      not_null = true;
    } else if (kind == "CONSTR_DEFAULT") {
      has_value = true;
      if (!node_at(constraint, "raw_expr").contains("A_Const")) return true;
    } else if (kind == "CONSTR_GENERATED" || looks_at_rows(constraint)) {
      return true;
    } else {
      has_value = has_value || kind == "CONSTR_IDENTITY";
    }
  }
  // A domain may refuse its default, and NULL.
  const auto type = catalog.find_type(node_at(definition, "typeName"));
  return type.builtin.empty() || (not_null && !has_value);
}

bool command_looks_at_rows(const SqlCatalog& catalog, const SqlNode& command) {
  constexpr std::array<std::string_view, 6> always{"AT_SetNotNull",         "AT_AlterColumnType",
                                                   "AT_ValidateConstraint", "AT_AttachPartition",
                                                   "AT_AddIndex",           "AT_SetExpression"};
  const auto type = text_at(command, "subtype");
  const auto& definition = node_at(command, "def");
  if (type == "AT_AddConstraint") return looks_at_rows(inside(definition, "Constraint"));
  if (type == "AT_AddColumn") {
    return column_looks_at_rows(catalog, inside(definition, "ColumnDef"));
  }
  return std::find(always.begin(), always.end(), type) != always.end();
}

bool index_looks_at_rows(const SqlNode& index) {
  const auto& parameters = list_at(index, "indexParams");
  return truth_at(index, "unique") || index.contains("whereClause") ||
         std::any_of(parameters.begin(), parameters.end(), [](const SqlNode& item) {
           return inside(item, "IndexElem").contains("expr");
         });
}

/// All that the statement looks at. One that is not there is not looked at: IF EXISTS.
bool are_empty(const SqlCatalog& catalog, const SqlNode& node) {
  const auto named = [&](const SqlNode& range) {
    return catalog.find_named(EntityKind::relation, relation_name(range));
  };
  std::vector<EntityId> tables{named(node_at(node, "relation"))};
  for (const auto& item : list_at(node, "cmds")) {
    const auto& command = inside(item, "AlterTableCmd");
    if (text_at(command, "subtype") != "AT_AttachPartition") continue;
    const auto& partition = inside(node_at(command, "def"), "PartitionCmd");
    tables.push_back(named(node_at(partition, "name")));
  }
  return std::all_of(tables.begin(), tables.end(),
                     [&](EntityId id) { return id == no_entity || is_empty(catalog, id); });
}

enum class Look : std::uint8_t { none, at_none, at_some };

Look look_of(const SqlCatalog& catalog, const SqlNode& tree) {
  const auto& kind = tree.begin().key();
  const auto& node = tree.begin().value();
  bool looks = false;
  if (kind == "AlterTableStmt") {
    const auto& commands = list_at(node, "cmds");
    looks = std::any_of(commands.begin(), commands.end(), [&](const SqlNode& item) {
      return command_looks_at_rows(catalog, inside(item, "AlterTableCmd"));
    });
    const auto objects = text_at(node, "objtype");
    looks = looks && (objects == "OBJECT_TABLE" || objects.empty());
  } else if (kind == "IndexStmt") {
    looks = index_looks_at_rows(node);
  } else if (kind == "AlterDomainStmt") {
    const auto what = text_at(node, "subtype");
    const auto& definition = inside(node_at(node, "def"), "Constraint");
    looks = what == "O" || what == "V" || (what == "C" && looks_at_rows(definition));
    if (looks) return all_are_empty(catalog) ? Look::at_none : Look::at_some;
  }
  if (!looks) return Look::none;
  return are_empty(catalog, node) ? Look::at_none : Look::at_some;
}

}  // namespace

bool rows_may_refuse(const SqlCatalog& catalog, const SqlNode& tree) {
  return !tree.empty() && look_of(catalog, tree) == Look::at_some;
}

bool finds_no_rows(const SqlCatalog& catalog, const SqlNode& tree) {
  return !tree.empty() && look_of(catalog, tree) == Look::at_none;
}

}  // namespace pgleast
