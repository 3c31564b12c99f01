// PRIMARY KEY, UNIQUE, EXCLUDE, CHECK, FOREIGN KEY: their names, indexes and what they refer to
// (parse_utilcmd.c, index.c, tablecmds.c).
#include "input/replay/statements/table_constraint.hpp"

#include <fmt/format.h>

#include <array>
#include <memory>
#include <utility>

#include "input/replay/query/query.hpp"
#include "input/replay/rows/sure_rows.hpp"
#include "input/replay/statements/relation_editor.hpp"

namespace pgleast {
namespace {

std::vector<std::string> key_columns(const SqlNode& constraint, const std::string& column) {
  auto keys = strings_of(list_at(constraint, "keys"));
  if (keys.empty()) keys = strings_of(list_at(constraint, "fk_attrs"));
  if (keys.empty() && !column.empty()) keys.push_back(column);
  return keys;
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

}  // namespace

std::vector<int> primary_key_of(const SqlCatalog& catalog, EntityId table) {
  std::vector<int> result;
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

namespace {

// The numbers of the columns referred to: those named, or the primary key.
std::vector<int> key_of(const SqlCatalog& catalog, EntityId table, const SqlNode& constraint) {
  std::vector<int> result;
  for (const auto& name : strings_of(list_at(constraint, "pk_attrs"))) {
    result.push_back(catalog.column_number(table, name));
  }
  return result.empty() ? primary_key_of(catalog, table) : result;
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

std::string joined_names(const std::vector<std::string>& names) {
  std::string result;
  for (const auto& name : names) result += (result.empty() ? "" : "_") + name;
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

}  // namespace pgleast
