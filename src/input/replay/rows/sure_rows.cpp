#include "input/replay/rows/sure_rows.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <set>

#include "input/replay/rows/row_value.hpp"

namespace pgleast {
namespace {

using Kind = RowValue::Kind;
using Row = std::vector<RowValue>;  // by RowShape::columns

class Insert {
 public:
  Insert(const SqlCatalog& catalog, EntityId table, const SqlNode& node)
      : catalog_(catalog),
        table_(table),
        entity_(catalog.at(table)),
        shape_(*entity_.rows),
        node_(node) {}

  bool is_sure(bool may_be_undone) {
    const bool fits = is_plain() && is_untroubled() && may_write() && take_targets();
    if (!fits) return false;
    const auto all = rows();
    for (const auto& values : all) {
      if (items_of(values).size() != items_of(all.front()).size()) return false;
      if (!take_row(items_of(values), may_be_undone)) return false;
    }
    return true;
  }

 private:
  bool is_plain() {
    for (const auto& [key, value] : node_.items()) {
      const bool known = key == "relation" || key == "cols" || key == "selectStmt" ||
                         key == "override" || key == "onConflictClause";
      if (!known) return false;
    }
    const auto& select = inside(node_at(node_, "selectStmt"), "SelectStmt");
    for (const auto& [key, value] : select.items()) {
      if (value.is_structured() && key != "valuesLists") return false;
    }
    const auto override = text_at(node_, "override");
    if (override == "OVERRIDING_USER_VALUE") return false;
    overrides_ = override == "OVERRIDING_SYSTEM_VALUE";
    return !node_.contains("onConflictClause") || skips_conflicts(node_["onConflictClause"]);
  }

  /// ON CONFLICT DO NOTHING, with the columns of a key or without.
  bool skips_conflicts(const SqlNode& clause) {
    skips_ = true;
    if (text_at(clause, "action") != "ONCONFLICT_NOTHING") return false;
    if (!clause.contains("infer")) return true;
    const auto& infer = clause["infer"];
    if (!text_at(infer, "conname").empty() || infer.contains("whereClause")) return false;
    std::set<int> wanted;
    for (const auto& item : list_at(infer, "indexElems")) {
      const auto name = text_at(inside(item, "IndexElem"), "name");
      wanted.insert(name.empty() ? 0 : catalog_.column_number(table_, name));
    }
    skipped_ = wanted;
    return std::any_of(shape_.keys.begin(), shape_.keys.end(), [&](const RowKey& key) {
      return std::set(key.columns.begin(), key.columns.end()) == wanted &&
             catalog_.at(key.by).alive;
    });
  }

  /// No trigger, rule, or what else is not in the shape.
  bool is_untroubled() const {
    const auto& events = catalog_.of_kind(EntityKind::event_trigger);
    const auto alive = [&](EntityId id) { return catalog_.at(id).alive; };
    if (std::any_of(events.begin(), events.end(), alive) || catalog_.has_hidden_calls) return false;
    if (!entity_.is(RelationKind::table) || entity_.columns.size() != shape_.columns.size()) {
      return false;
    }
    const auto& all = catalog_.dependents(table_);
    return std::none_of(all.begin(), all.end(),
                        [&](EntityId id) { return alive(id) && troubles(catalog_.at(id), id); });
  }

  bool troubles(const Entity& e, EntityId id) const {
    if (e.kind == EntityKind::trigger || e.kind == EntityKind::rule) return e.parent == table_;
    if (e.kind == EntityKind::constraint) return e.parent == table_ && !shape_.parts.contains(id);
    if (e.kind != EntityKind::relation || !e.is(RelationKind::index)) return false;
    return !shape_.parts.contains(id) &&
           std::none_of(e.refs.begin(), e.refs.end(), [&](const Ref& r) {
             return r.kind == Ref::Kind::internal && shape_.parts.contains(r.to);
           });
  }

  bool may_write() const {
    const auto user = catalog_.user();
    const auto& role = catalog_.cluster().role(user);
    if (role.superuser) return true;
    const bool allowed = catalog_.holds(user, table_, Privilege::insert) &&
                         catalog_.holds(user, entity_.schema, Privilege::usage);
    const auto& detail = catalog_.cluster().relation(catalog_.object(table_));
    const bool bound = detail.row_security && !role.bypassrls &&
                       (detail.force_row_security || !catalog_.owns(table_));
    return allowed && !bound;
  }

  /// A default that calls, or draws, needs a right of its own.
  bool may_use(const RowColumn& column) const {
    const auto user = catalog_.user();
    if (catalog_.cluster().role(user).superuser || column.identity) return true;
    if (column.otherwise.kind != Kind::drawn) return true;
    for (const auto id : catalog_.dependents(table_)) {
      const auto& e = catalog_.at(id);
      const bool its = e.alive && e.kind == EntityKind::relation && e.is(RelationKind::sequence) &&
                       std::any_of(e.refs.begin(), e.refs.end(), [&](const Ref& r) {
                         return r.to == table_ && r.column == column.number;
                       });
      if (its) return catalog_.holds(user, id, Privilege::usage);
    }
    return false;
  }

  bool may_call() const {
    if (catalog_.cluster().role(catalog_.user()).superuser) return true;
    return catalog_.is_of_scripts() && !catalog_.server_rights_changed;
  }

  bool take_targets() {
    if (!node_.contains("cols")) {
      for (const auto& column : shape_.columns) targets_.push_back(column.number);
      return true;
    }
    for (const auto& item : node_["cols"]) {
      const auto& target = inside(item, "ResTarget");
      const auto number = catalog_.column_number(table_, text_at(target, "name"));
      const bool twice = std::find(targets_.begin(), targets_.end(), number) != targets_.end();
      if (number == 0 || twice || !list_at(target, "indirection").empty()) return false;
      targets_.push_back(number);
    }
    return true;
  }

  /// DEFAULT VALUES is one row of nothing.
  std::vector<SqlNode> rows() const {
    if (!node_.contains("selectStmt")) return {SqlNode::array()};
    const auto& lists = list_at(inside(node_["selectStmt"], "SelectStmt"), "valuesLists");
    return {lists.begin(), lists.end()};
  }

  bool take_row(const SqlNode& values, bool may_be_undone) {
    const bool named = node_.contains("cols") && node_.contains("selectStmt");
    if (values.size() > targets_.size() || (named && values.size() < targets_.size())) return false;
    Row row;
    for (const auto& column : shape_.columns) {
      const auto at = std::find(targets_.begin(), targets_.end(), column.number) - targets_.begin();
      const auto place = static_cast<std::size_t>(at);
      const bool given = place < values.size() && !values[place].contains("SetToDefault");
      if (given && column.always && !overrides_) return false;
      if (!given && !may_use(column)) return false;
      row.push_back(given ? row_value(catalog_, column, values[place]) : otherwise(column));
      const auto& value = row.back();
      if (value.calls && !may_call()) return false;
      if (value.kind == Kind::unsure || (value.kind == Kind::null && column.not_null)) return false;
    }
    return fits_index(row) && passes_checks(row) && has_references(row) &&
           add_to_keys(row, may_be_undone);
  }

  RowValue otherwise(const RowColumn& column) const {
    const bool has_default =
        catalog_.find_on(table_, EntityKind::column_default,
                         "default " + std::to_string(column.number)) != no_entity;
    const bool said = column.otherwise.kind != Kind::null;
    if (!column.identity && has_default != said) return {Kind::unsure, {}, false};
    if (column.otherwise.kind != Kind::drawn) return column.otherwise;
    const auto next = ++shape_.rows->drawn[column.number];
    const bool is_small = column.type == "int2";
    const auto most = is_small ? std::int64_t{std::numeric_limits<std::int16_t>::max()}
                               : std::int64_t{std::numeric_limits<std::int32_t>::max()};
    if (next > most) return {Kind::unsure, {}, false};
    return is_current() ? RowValue{Kind::exact, std::to_string(next), false}
                        : RowValue{is_small ? Kind::unsure : Kind::inexact, {}, false};
  }

  bool is_current() const { return shape_.rows->version == catalog_.row_versions.all; }

  /// What an index has of a row is no longer than that (nbtutils.c, _bt_check_third_page).
  bool fits_index(const Row& row) const {
    constexpr std::size_t most_bytes = 2000, most_columns = 200;
    std::size_t bytes = 0;
    for (const auto& value : row) bytes += value.text.size();
    return row.size() <= most_columns && (shape_.parts.empty() || bytes <= most_bytes);
  }

  bool passes_checks(const Row& row) const {
    return std::all_of(shape_.checks.begin(), shape_.checks.end(), [&](const auto& check) {
      const auto place = place_of(check.first);
      return place && passes_check(shape_.columns[*place], row[*place], check.second) == true;
    });
  }

  std::optional<std::size_t> place_of(int number) const {
    for (std::size_t i = 0; i < shape_.columns.size(); ++i) {
      if (shape_.columns[i].number == number) return i;
    }
    return std::nullopt;
  }

  /// Of some columns, and whether one of them is NULL, or like no other.
  struct Tuple {
    std::string text;
    bool apart = false;
  };
  std::optional<Tuple> tuple_of(const Row& row, const std::vector<int>& columns) const {
    Tuple tuple;
    for (const auto number : columns) {
      const auto place = place_of(number);
      if (!place) return std::nullopt;
      const auto& value = row[*place];
      if (value.kind == Kind::null || value.kind == Kind::distinct) {
        tuple.apart = true;
      } else if (value.kind != Kind::exact) {
        return std::nullopt;
      }
      tuple.text += std::to_string(value.text.size()) + ':' + value.text;
    }
    return tuple;
  }

  bool has_references(const Row& row) const {
    return std::all_of(shape_.references.begin(), shape_.references.end(),
                       [&](const RowReference& r) { return has_reference(row, r); });
  }

  bool has_reference(const Row& row, const RowReference& reference) const {
    for (const auto number : reference.columns) {
      const auto place = place_of(number);
      if (place && row[*place].kind == Kind::null) return true;
    }
    const auto& other = catalog_.at(reference.to);
    const auto tuple = tuple_of(row, reference.columns);
    if (!tuple || tuple->apart || !other.alive || !other.rows) return false;
    if (other.rows->rows->version != catalog_.row_versions.all) return false;
    if (!has_types_of(reference, *other.rows) || !owner_reads(reference.to)) return false;
    return std::any_of(other.rows->keys.begin(), other.rows->keys.end(), [&](const RowKey& key) {
      return key.columns == reference.key && key.taken->version == catalog_.row_versions.kept &&
             key.taken->surely.contains(tuple->text);
    });
  }

  bool has_types_of(const RowReference& reference, const RowShape& other) const {
    for (std::size_t i = 0; i < reference.columns.size(); ++i) {
      const auto own = place_of(reference.columns[i]);
      const auto theirs =
          std::find_if(other.columns.begin(), other.columns.end(),
                       [&](const RowColumn& c) { return c.number == reference.key[i]; });
      if (!own || theirs == other.columns.end()) return false;
      if (shape_.columns[*own].type != theirs->type) return false;
    }
    return true;
  }

  /// As whom it is looked for (ri_triggers.c).
  bool owner_reads(EntityId other) const {
    const auto owner = catalog_.owner_of(other);
    return catalog_.holds(owner, other, Privilege::select) &&
           catalog_.holds(owner, catalog_.at(other).schema, Privilege::usage);
  }

  bool add_to_keys(const Row& row, bool may_be_undone) {
    shape_.rows->any = true;
    bool there = !may_be_undone;
    std::vector<std::pair<RowKey::Taken*, std::string>> added;
    for (const auto& key : shape_.keys) {
      const auto tuple = tuple_of(row, key.columns);
      if (!tuple || !is_current() || !key.taken->all) return false;
      if (tuple->apart) continue;
      const bool is_free = key.taken->maybe.insert(tuple->text).second;
      if (!is_free && !may_skip(key)) return false;
      there = there && is_free;
      added.emplace_back(key.taken.get(), tuple->text);
    }
    for (const auto& [taken, text] : added) {
      if (taken->version != catalog_.row_versions.kept) {
        taken->version = catalog_.row_versions.kept;
        taken->surely.clear();
      }
      if (there) taken->surely.insert(text);
    }
    return true;
  }

  bool may_skip(const RowKey& key) const {
    return skips_ && (!skipped_ || std::set(key.columns.begin(), key.columns.end()) == *skipped_);
  }

  const SqlCatalog& catalog_;
  EntityId table_;
  const Entity& entity_;
  const RowShape& shape_;
  const SqlNode& node_;
  std::vector<int> targets_;
  bool overrides_ = false;
  bool skips_ = false;                    // ON CONFLICT DO NOTHING
  std::optional<std::set<int>> skipped_;  // of this key alone
};

}  // namespace

bool takes_rows(SqlCatalog& catalog, const SqlNode& insert, bool may_be_undone) {
  const auto table = catalog.relation_of(node_at(insert, "relation"));
  const bool sure = catalog.at(table).rows && Insert(catalog, table, insert).is_sure(may_be_undone);
  if (sure) catalog.filled.insert(table);
  return sure;
}

}  // namespace pgleast
