// ALTER TABLE and its like (tablecmds.c, ATExecCmd).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "input/replay/catalog/drop.hpp"
#include "input/replay/catalog/partition_bound.hpp"
#include "input/replay/query/query.hpp"
#include "input/replay/rows/sure_rows.hpp"
#include "input/replay/statements/column_definition.hpp"
#include "input/replay/statements/object_statement.hpp"
#include "input/replay/statements/relation_editor.hpp"
#include "input/replay/statements/relation_option.hpp"
#include "input/replay/statements/table_constraint.hpp"

namespace pgleast {
namespace {

struct Command {
  EntityId relation;
  const SqlNode& node;
  std::string name;
  const SqlNode& definition;
  bool cascade, missing_ok;
};

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

void add_column_command(SqlCatalog& catalog, const Command& c) {
  const auto name = text_at(inside(c.definition, "ColumnDef"), "colname");
  if (c.missing_ok && catalog.column_number(c.relation, name) != 0) return;
  add_to(catalog, c.relation, inside(c.definition, "ColumnDef"));
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

void drop_column_command(SqlCatalog& catalog, const Command& c) {
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

void default_command(SqlCatalog& catalog, const Command& c) {
  const auto number = catalog.needed_column(c.relation, c.name);
  set_default(catalog, c.relation, number, c.definition.empty() ? nullptr : &c.definition);
}

void type_command(SqlCatalog& catalog, const Command& c) {
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

void not_null_command(SqlCatalog& catalog, const Command& c) {
  const auto number = catalog.needed_column(c.relation, c.name);
  const bool sets = text_at(c.node, "subtype") == "AT_SetNotNull";
  const auto key = sets ? std::vector<int>() : primary_key_of(catalog, c.relation);
  if (std::find(key.begin(), key.end(), number) != key.end()) {
    throw Refused(Condition::invalid_table_definition,
                  fmt::format("column `{}` is in a primary key", c.name), c.name);
  }
  shape_not_null(catalog, c.relation, number, sets);
}

void column_only(SqlCatalog& catalog, const Command& c) {
  if (catalog.object(c.relation).kind == ObjectKind::table) {
    catalog.needed_column(c.relation, c.name);
  }
}

void identity_command(SqlCatalog& catalog, const Command& c) {
  auto column = SqlNode::object();
  column["colname"] = c.name;
  auto item = SqlNode::object();
  item["Constraint"] = inside(c.definition, "Constraint");
  column["constraints"] = SqlNode::array({item});
  catalog.needed_column(c.relation, c.name);
  add_definition(catalog, c.relation, column);
}

void drop_identity_command(SqlCatalog& catalog, const Command& c) {
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

void add_constraint_command(SqlCatalog& catalog, const Command& c) {
  add_constraint(catalog, c.relation, inside(c.definition, "Constraint"), "");
}

void drop_constraint_command(SqlCatalog& catalog, const Command& c) {
  const auto id = catalog.find_on(c.relation, EntityKind::constraint, c.name);
  if (id != no_entity) return drop(catalog, {{id, 0}}, c.cascade);
  if (c.missing_ok) return;
  if (catalog.major() >= 18 || catalog.at(c.relation).dependents_unknown) {
    throw Undecidable{"constraints that were read, and those of NOT NULL, are not known"};
  }
  throw Refused(Condition::undefined_object,
                fmt::format("constraint `{}` of relation `{}` does not exist", c.name,
                            catalog.at(c.relation).name),
                c.name);
}

void owner_command(SqlCatalog& catalog, const Command& c) {
  const auto owner = catalog.roles().role_of(role_name(node_at(c.node, "newowner")));
  const auto& e = catalog.at(c.relation);
  if (e.is(RelationKind::index)) return;
  if (e.is(RelationKind::sequence)) {
    for (const auto& ref : e.refs) {
      if (ref.kind != Ref::Kind::normal && owner != catalog.owner_of(c.relation)) {
        throw Refused(Condition::feature_not_supported,
                      fmt::format("cannot change owner of sequence `{}`", e.name), e.name);
      }
    }
  }
  need_may_give(catalog, c.relation, owner);
  give(catalog, c.relation, owner);
}

void set_row_security(SqlCatalog& catalog, const Command& c) {
  const auto& e = catalog.at(c.relation);
  if (!e.is(RelationKind::table) && !e.is(RelationKind::partitioned_table)) {
    throw Refused(Condition::wrong_object_type,
                  fmt::format("`{}` is not a table", catalog.at(c.relation).name));
  }
  auto& detail = catalog.edit_relation(c.relation);
  const auto type = text_at(c.node, "subtype");
  if (type == "AT_EnableRowSecurity") detail.row_security = true;
  if (type == "AT_DisableRowSecurity") detail.row_security = false;
  if (type == "AT_ForceRowSecurity") detail.force_row_security = true;
  if (type == "AT_NoForceRowSecurity") detail.force_row_security = false;
}

void attach_command(SqlCatalog& catalog, const Command& c) {
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

void detach_command(SqlCatalog& catalog, const Command& c) {
  const auto child = catalog.relation_of(node_at(inside(c.definition, "PartitionCmd"), "name"));
  catalog.remove_ref(child, c.relation);
  catalog.edit(child).bound.clear();
  for (auto& column : catalog.edit(child).columns) {
    column.inherited = std::max(0, column.inherited - 1);
    if (column.inherited == 0) column.local = true;
  }
}

void inherit_command(SqlCatalog& catalog, const Command& c) {
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

void no_inherit_command(SqlCatalog& catalog, const Command& c) {
  const auto parent = catalog.relation_of(c.definition);
  catalog.remove_ref(c.relation, parent);
  for (auto& column : catalog.edit(c.relation).columns) {
    column.inherited = std::max(0, column.inherited - 1);
    if (column.inherited == 0) column.local = true;
  }
}

// Only a view's options are in the model with a meaning; all are shown.
void options_command(SqlCatalog& catalog, const Command& c) {
  const auto& e = catalog.at(c.relation);
  if (e.is(RelationKind::index) || e.is(RelationKind::sequence)) return;
  auto& options = catalog.edit_relation(c.relation).options;
  const bool resets = text_at(c.node, "subtype") == "AT_ResetRelOptions";
  for (const auto& item : items_of(c.definition)) {
    const auto& option = inside(item, "DefElem");
    const auto name = text_at(option, "defname");
    if (!text_at(option, "defnamespace").empty()) continue;
    std::erase_if(options, [&](const std::string& o) { return o.starts_with(name + '='); });
    if (!resets) {
      options.push_back(e.is(RelationKind::view) ? view_option(catalog, option)
                                                 : option_text(option));
    }
  }
}

void nothing_more(SqlCatalog&, const Command&) {}

void not_followed(SqlCatalog&, const Command&) { throw Undecidable{"a change of a table"}; }

/// ENABLE TRIGGER, DISABLE RULE: one of replicas alone counts as switched off. What a partition
/// has a copy of is not among them.
void switch_command(SqlCatalog& catalog, const Command& c) {
  const auto type = text_at(c.node, "subtype");
  const bool rules = type.ends_with("Rule");
  const bool enabled = type.starts_with("AT_Enable") && type.find("Replica") == std::string::npos;
  for (const auto id :
       catalog.children(c.relation, rules ? EntityKind::rule : EntityKind::trigger)) {
    if (!c.name.empty() && catalog.at(id).name != c.name) continue;
    auto code = catalog.code_of(id);
    code.enabled = enabled;
    catalog.set_code(id, std::move(code));
  }
}

void drop_type_command(SqlCatalog& catalog, const Command& c) {
  const auto type = catalog.at(c.relation).result.entity;
  if (type == no_entity) {
    throw Refused(Condition::wrong_object_type,
                  fmt::format("`{}` is not a typed table", catalog.at(c.relation).name));
  }
  catalog.edit(c.relation).result.entity = no_entity;
  catalog.remove_ref(c.relation, type);
}

struct TableCommandKind {
  std::string_view type;
  void (*run)(SqlCatalog&, const Command&);
};

constexpr std::array command_kinds{
    TableCommandKind{"AT_AddColumn", add_column_command},
    TableCommandKind{"AT_DropColumn", drop_column_command},
    TableCommandKind{"AT_ColumnDefault", default_command},
    TableCommandKind{"AT_AlterColumnType", type_command},
    TableCommandKind{"AT_DropNotNull", not_null_command},
    TableCommandKind{"AT_SetNotNull", not_null_command},
    TableCommandKind{"AT_SetStatistics", nothing_more},
    TableCommandKind{"AT_SetOptions", column_only},
    TableCommandKind{"AT_ResetOptions", column_only},
    TableCommandKind{"AT_SetStorage", column_only},
    TableCommandKind{"AT_SetCompression", column_only},
    TableCommandKind{"AT_SetIdentity", column_only},
    TableCommandKind{"AT_AddIdentity", identity_command},
    TableCommandKind{"AT_DropIdentity", drop_identity_command},
    TableCommandKind{"AT_AddConstraint", add_constraint_command},
    TableCommandKind{"AT_DropConstraint", drop_constraint_command},
    TableCommandKind{"AT_ChangeOwner", owner_command},
    TableCommandKind{"AT_EnableRowSecurity", set_row_security},
    TableCommandKind{"AT_DisableRowSecurity", set_row_security},
    TableCommandKind{"AT_ForceRowSecurity", set_row_security},
    TableCommandKind{"AT_NoForceRowSecurity", set_row_security},
    TableCommandKind{"AT_AttachPartition", attach_command},
    TableCommandKind{"AT_DetachPartition", detach_command},
    TableCommandKind{"AT_AddInherit", inherit_command},
    TableCommandKind{"AT_DropInherit", no_inherit_command},
    TableCommandKind{"AT_SetRelOptions", options_command},
    TableCommandKind{"AT_ResetRelOptions", options_command},
    TableCommandKind{"AT_DropOf", drop_type_command},
    TableCommandKind{"AT_EnableTrig", switch_command},
    TableCommandKind{"AT_EnableAlwaysTrig", switch_command},
    TableCommandKind{"AT_EnableReplicaTrig", switch_command},
    TableCommandKind{"AT_DisableTrig", switch_command},
    TableCommandKind{"AT_EnableTrigAll", switch_command},
    TableCommandKind{"AT_DisableTrigAll", switch_command},
    TableCommandKind{"AT_EnableTrigUser", switch_command},
    TableCommandKind{"AT_DisableTrigUser", switch_command},
    TableCommandKind{"AT_EnableRule", switch_command},
    TableCommandKind{"AT_EnableAlwaysRule", switch_command},
    TableCommandKind{"AT_EnableReplicaRule", switch_command},
    TableCommandKind{"AT_DisableRule", switch_command},
    TableCommandKind{"AT_DropExpression", not_followed},
    TableCommandKind{"AT_AddOf", not_followed},
};

// Validation, clustering, storage, options of columns.
constexpr std::array<std::string_view, 16> without_effect{
    "AT_ValidateConstraint", "AT_AlterConstraint",
    "AT_ClusterOn",          "AT_DropCluster",
    "AT_SetLogged",          "AT_SetUnLogged",
    "AT_SetTableSpace",      "AT_SetAccessMethod",
    "AT_ReplicaIdentity",    "AT_AlterColumnGenericOptions",
    "AT_GenericOptions",     "AT_DetachPartitionFinalize",
    "AT_CheckNotNull",       "AT_ReAddStatistics",
    "AT_DropOids",           "AT_ReplaceRelOptions",
};

// Commands after which it is still known what is asked of rows.
constexpr std::array<std::string_view, 29> keep_rows{
    "AT_AddColumn",        "AT_ColumnDefault",      "AT_SetNotNull",
    "AT_DropNotNull",      "AT_AddConstraint",      "AT_DropConstraint",
    "AT_ChangeOwner",      "AT_EnableRowSecurity",  "AT_DisableRowSecurity",
    "AT_ForceRowSecurity", "AT_NoForceRowSecurity", "AT_SetRelOptions",
    "AT_ResetRelOptions",  "AT_SetStatistics",      "AT_SetStorage",
    "AT_SetCompression",   "AT_ReplicaIdentity",    "AT_ClusterOn",
    "AT_DropCluster",      "AT_ValidateConstraint", "AT_SetLogged",
    "AT_SetUnLogged",      "AT_SetTableSpace",      "AT_EnableTrig",
    "AT_DisableTrig",      "AT_EnableTrigAll",      "AT_DisableTrigAll",
    "AT_EnableTrigUser",   "AT_DisableTrigUser",
};

std::string what_it_is(const Entity& e) {
  if (e.is(RelationKind::view)) return "view";
  if (e.is(RelationKind::materialized_view)) return "materialized view";
  if (e.is(RelationKind::sequence)) return "sequence";
  if (e.is(RelationKind::foreign_table)) return "foreign table";
  if (e.is(RelationKind::index)) return "index";
  return "table";
}

void check_kind(const std::string& type, const Entity& e) {
  const auto refuse = [&](std::string_view what) {
    throw Refused(Condition::wrong_object_type, fmt::format("`{}` is not {}", e.name, what),
                  e.name);
  };
  if (type == "OBJECT_VIEW" && !e.is(RelationKind::view)) refuse("a view");
  if (type == "OBJECT_MATVIEW" && !e.is(RelationKind::materialized_view)) {
    refuse("a materialized view");
  }
  if (type == "OBJECT_SEQUENCE" && !e.is(RelationKind::sequence)) refuse("a sequence");
  if (type == "OBJECT_INDEX" && !e.is(RelationKind::index)) refuse("an index");
  if (type == "OBJECT_FOREIGN_TABLE" && !e.is(RelationKind::foreign_table)) {
    refuse("a foreign table");
  }
  if (e.is(RelationKind::composite_type)) refuse("a table");
}

bool allows_command(const Entity& e, std::string_view type) {
  const bool column = type == "AT_AddColumn" || type == "AT_DropColumn" ||
                      type == "AT_SetNotNull" || type == "AT_DropNotNull" ||
                      type == "AT_AddConstraint" || type == "AT_DropConstraint" ||
                      type == "AT_AlterColumnType";
  return !column || is_table(e);
}

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

void alter_type(SqlCatalog& catalog, const SqlNode& node) {
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

}  // namespace

void alter_table(SqlCatalog& catalog, const SqlNode& node) {
  const auto type = text_at(node, "objtype");
  if (type == "OBJECT_TYPE") return alter_type(catalog, node);
  const auto name = relation_name(node_at(node, "relation"));
  const auto found = catalog.find_named(EntityKind::relation, name);
  if (found == no_entity && truth_at(node, "missing_ok") && !catalog.is_of_server(name)) return;
  const auto id = catalog.relation_of(name);
  const auto e = catalog.at(id);
  check_kind(type, e);
  catalog.need_owner(id, what_it_is(e));
  for (const auto& item : list_at(node, "cmds")) {
    const auto& c = inside(item, "AlterTableCmd");
    const auto subtype = text_at(c, "subtype");
    if (!allows_command(e, subtype)) {
      throw Refused(Condition::wrong_object_type, fmt::format("`{}` is not a table", e.name),
                    e.name);
    }
    const bool of_type =
        e.result.entity != no_entity && (subtype == "AT_AddColumn" || subtype == "AT_DropColumn" ||
                                         subtype == "AT_AlterColumnType");
    if (of_type) {
      throw Refused(Condition::wrong_object_type, fmt::format("`{}` is a typed table", e.name),
                    e.name);
    }
    const Command command{id,
                          c,
                          text_at(c, "name"),
                          node_at(c, "def"),
                          text_at(c, "behavior") == "DROP_CASCADE",
                          truth_at(c, "missing_ok")};
    const auto* const kind =
        std::find_if(command_kinds.begin(), command_kinds.end(),
                     [&](const TableCommandKind& k) { return k.type == subtype; });
    if (std::find(keep_rows.begin(), keep_rows.end(), subtype) == keep_rows.end()) {
      forget_row_shape(catalog, id);
    }
    if (kind != command_kinds.end()) {
      kind->run(catalog, command);
    } else if (std::find(without_effect.begin(), without_effect.end(), subtype) ==
               without_effect.end()) {
      throw Undecidable{subtype};
    }
  }
}

}  // namespace pgleast
