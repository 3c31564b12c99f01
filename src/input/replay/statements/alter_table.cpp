// ALTER TABLE and its like (tablecmds.c, ATExecCmd).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "input/replay/catalog/drop.hpp"
#include "input/replay/rows/sure_rows.hpp"
#include "input/replay/statements/object_statement.hpp"
#include "input/replay/statements/relation_editor.hpp"
#include "input/replay/statements/relation_option.hpp"
#include "input/replay/statements/table_command.hpp"
#include "input/replay/statements/table_constraint.hpp"

namespace pgleast {
namespace {

void add_constraint_command(SqlCatalog& catalog, const TableCommand& c) {
  add_constraint(catalog, c.relation, inside(c.definition, "Constraint"), "");
}

void drop_constraint_command(SqlCatalog& catalog, const TableCommand& c) {
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

void owner_command(SqlCatalog& catalog, const TableCommand& c) {
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

void set_row_security(SqlCatalog& catalog, const TableCommand& c) {
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

// Only a view's options are in the model with a meaning; all are shown.
void options_command(SqlCatalog& catalog, const TableCommand& c) {
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

void nothing_more(SqlCatalog&, const TableCommand&) {}

void not_followed(SqlCatalog&, const TableCommand&) { throw Undecidable{"a change of a table"}; }

/// ENABLE TRIGGER, DISABLE RULE: one of replicas alone counts as switched off. What a partition
/// has a copy of is not among them.
void switch_command(SqlCatalog& catalog, const TableCommand& c) {
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

void drop_type_command(SqlCatalog& catalog, const TableCommand& c) {
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
  void (*run)(SqlCatalog&, const TableCommand&);
  bool keeps_rows = false;  // it is still known then what is asked of rows
};

constexpr std::array command_kinds{
    TableCommandKind{"AT_AddColumn", add_column_command, true},
    TableCommandKind{"AT_DropColumn", drop_column_command},
    TableCommandKind{"AT_ColumnDefault", default_command, true},
    TableCommandKind{"AT_AlterColumnType", type_command},
    TableCommandKind{"AT_DropNotNull", not_null_command, true},
    TableCommandKind{"AT_SetNotNull", not_null_command, true},
    TableCommandKind{"AT_SetStatistics", nothing_more, true},
    TableCommandKind{"AT_SetOptions", column_only},
    TableCommandKind{"AT_ResetOptions", column_only},
    TableCommandKind{"AT_SetStorage", column_only, true},
    TableCommandKind{"AT_SetCompression", column_only, true},
    TableCommandKind{"AT_SetIdentity", column_only},
    TableCommandKind{"AT_AddIdentity", identity_command},
    TableCommandKind{"AT_DropIdentity", drop_identity_command},
    TableCommandKind{"AT_AddConstraint", add_constraint_command, true},
    TableCommandKind{"AT_DropConstraint", drop_constraint_command, true},
    TableCommandKind{"AT_ChangeOwner", owner_command, true},
    TableCommandKind{"AT_EnableRowSecurity", set_row_security, true},
    TableCommandKind{"AT_DisableRowSecurity", set_row_security, true},
    TableCommandKind{"AT_ForceRowSecurity", set_row_security, true},
    TableCommandKind{"AT_NoForceRowSecurity", set_row_security, true},
    TableCommandKind{"AT_AttachPartition", attach_command},
    TableCommandKind{"AT_DetachPartition", detach_command},
    TableCommandKind{"AT_AddInherit", inherit_command},
    TableCommandKind{"AT_DropInherit", no_inherit_command},
    TableCommandKind{"AT_SetRelOptions", options_command, true},
    TableCommandKind{"AT_ResetRelOptions", options_command, true},
    TableCommandKind{"AT_DropOf", drop_type_command},
    TableCommandKind{"AT_EnableTrig", switch_command, true},
    TableCommandKind{"AT_EnableAlwaysTrig", switch_command},
    TableCommandKind{"AT_EnableReplicaTrig", switch_command},
    TableCommandKind{"AT_DisableTrig", switch_command, true},
    TableCommandKind{"AT_EnableTrigAll", switch_command, true},
    TableCommandKind{"AT_DisableTrigAll", switch_command, true},
    TableCommandKind{"AT_EnableTrigUser", switch_command, true},
    TableCommandKind{"AT_DisableTrigUser", switch_command, true},
    TableCommandKind{"AT_EnableRule", switch_command},
    TableCommandKind{"AT_EnableAlwaysRule", switch_command},
    TableCommandKind{"AT_EnableReplicaRule", switch_command},
    TableCommandKind{"AT_DisableRule", switch_command},
    TableCommandKind{"AT_DropExpression", not_followed},
    TableCommandKind{"AT_AddOf", not_followed},
    // Validation, clustering, storage, options of columns.
    TableCommandKind{"AT_ValidateConstraint", nothing_more, true},
    TableCommandKind{"AT_AlterConstraint", nothing_more},
    TableCommandKind{"AT_ClusterOn", nothing_more, true},
    TableCommandKind{"AT_DropCluster", nothing_more, true},
    TableCommandKind{"AT_SetLogged", nothing_more, true},
    TableCommandKind{"AT_SetUnLogged", nothing_more, true},
    TableCommandKind{"AT_SetTableSpace", nothing_more, true},
    TableCommandKind{"AT_SetAccessMethod", nothing_more},
    TableCommandKind{"AT_ReplicaIdentity", nothing_more, true},
    TableCommandKind{"AT_AlterColumnGenericOptions", nothing_more},
    TableCommandKind{"AT_GenericOptions", nothing_more},
    TableCommandKind{"AT_DetachPartitionFinalize", nothing_more},
    TableCommandKind{"AT_CheckNotNull", nothing_more},
    TableCommandKind{"AT_ReAddStatistics", nothing_more},
    TableCommandKind{"AT_DropOids", nothing_more},
    TableCommandKind{"AT_ReplaceRelOptions", nothing_more},
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

void check_command(const Entity& e, std::string_view type) {
  const bool column =
      type == "AT_AddColumn" || type == "AT_DropColumn" || type == "AT_AlterColumnType";
  const bool of_tables = column || type == "AT_SetNotNull" || type == "AT_DropNotNull" ||
                         type == "AT_AddConstraint" || type == "AT_DropConstraint";
  if (of_tables && !is_table(e)) {
    throw Refused(Condition::wrong_object_type, fmt::format("`{}` is not a table", e.name), e.name);
  }
  if (column && e.result.entity != no_entity) {
    throw Refused(Condition::wrong_object_type, fmt::format("`{}` is a typed table", e.name),
                  e.name);
  }
}

void run_command(SqlCatalog& catalog, const TableCommand& command) {
  const auto type = text_at(command.node, "subtype");
  const auto* const kind = std::find_if(command_kinds.begin(), command_kinds.end(),
                                        [&](const TableCommandKind& k) { return k.type == type; });
  const bool known = kind != command_kinds.end();
  if (!known || !kind->keeps_rows) forget_row_shape(catalog, command.relation);
  if (!known) throw Undecidable{type};
  kind->run(catalog, command);
}

}  // namespace

void alter_table(SqlCatalog& catalog, const SqlNode& node) {
  const auto type = text_at(node, "objtype");
  if (type == "OBJECT_TYPE") return alter_composite_type(catalog, node);
  const auto name = relation_name(node_at(node, "relation"));
  const auto found = catalog.find_named(EntityKind::relation, name);
  if (found == no_entity && truth_at(node, "missing_ok") && !catalog.is_of_server(name)) return;
  const auto id = catalog.relation_of(name);
  const auto e = catalog.at(id);
  check_kind(type, e);
  catalog.need_owner(id, what_it_is(e));
  for (const auto& item : list_at(node, "cmds")) {
    const auto& c = inside(item, "AlterTableCmd");
    check_command(e, text_at(c, "subtype"));
    run_command(catalog, {id, c, text_at(c, "name"), node_at(c, "def"),
                          text_at(c, "behavior") == "DROP_CASCADE", truth_at(c, "missing_ok")});
  }
}

}  // namespace pgleast
