// CREATE TABLE: what it inherits, takes from a type or LIKE another table, and has of its own
// (tablecmds.c, DefineRelation; parse_utilcmd.c).
#include "input/replay/statements/create_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "input/replay/catalog/partition_bound.hpp"
#include "input/replay/query/query.hpp"
#include "input/replay/rows/sure_rows.hpp"
#include "input/replay/statements/column_definition.hpp"
#include "input/replay/statements/table_constraint.hpp"

namespace pgleast {
namespace {

struct TableParts {
  std::vector<NewColumn> columns;
  std::vector<const SqlNode*> definitions, constraints, likes;
};

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

// tablecmds.c, MergeAttributes.
void need_parent(const SqlCatalog& catalog, EntityId parent, bool partition) {
  const auto& from = catalog.at(parent);
  if (!is_table(from)) {
    throw Refused(Condition::wrong_object_type,
                  fmt::format("inherited relation `{}` is not a table or foreign table", from.name),
                  from.name);
  }
  if (partition && !from.is(RelationKind::partitioned_table)) {
    throw Refused(Condition::invalid_object_definition,
                  fmt::format("`{}` is not partitioned", from.name), from.name);
  }
  const auto& refs = from.refs;
  const bool is_partition = std::any_of(refs.begin(), refs.end(), [&](const Ref& r) {
    return r.kind == Ref::Kind::automatic && r.column == 0 &&
           catalog.at(r.to).kind == EntityKind::relation;
  });
  if (!partition && is_partition) {
    throw Refused(Condition::wrong_object_type,
                  fmt::format("cannot inherit from partition `{}`", from.name), from.name);
  }
  if (!partition && from.is(RelationKind::partitioned_table)) {
    throw Refused(Condition::wrong_object_type,
                  fmt::format("cannot inherit from partitioned table `{}`", from.name), from.name);
  }
  catalog.need_owner(parent, "table");
}

/// The relations behind INHERITS or PARTITION OF; their columns come first.
std::vector<EntityId> parents_of(const SqlCatalog& catalog, const SqlNode& node,
                                 TableParts& parts) {
  std::vector<EntityId> parents;
  for (const auto& item : list_at(node, "inhRelations")) {
    const auto parent = catalog.relation_of(item);
    need_parent(catalog, parent, node.contains("partbound"));
    inherit_from(catalog, parent, parts.columns);
    parents.push_back(parent);
  }
  return parents;
}

}  // namespace

EntityId create_table(SqlCatalog& catalog, const SqlNode& node, RelationKind kind) {
  const auto& range = node_at(node, "relation");
  const auto name = text_at(inside(range, "RangeVar"), "relname");
  const auto schema = schema_of_new(catalog, range);
  if (is_there(catalog, schema, name, truth_at(node, "if_not_exists"))) return no_entity;
  TableParts parts;
  const auto type = type_of_table(catalog, node, parts);
  const auto parents = parents_of(catalog, node, parts);
  take_elements(catalog, node, parts);
  const bool partition = node.contains("partbound");
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
  if (partitioned) add_references(catalog, id, node["partspec"]);
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
