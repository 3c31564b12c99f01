#include "input/replay/catalog/drop.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace pgleast {
namespace {

bool takes_along(const DropTarget& gone, const Ref& ref) {
  return ref.to == gone.id && (gone.column == 0 || ref.column == gone.column);
}

/// All that goes or stands in the way; of each entity once, as a whole where any of it is asked.
void collect(const SqlCatalog& catalog, std::vector<DropTarget>& targets) {
  for (std::size_t next = 0; next < targets.size(); ++next) {
    const auto gone = targets[next];
    std::set<EntityId> seen;
    for (const auto id : catalog.dependents(gone.id)) {
      if (!catalog.at(id).alive || !seen.insert(id).second) continue;
      for (const auto& ref : catalog.at(id).refs) {
        if (!takes_along(gone, ref)) continue;
        const DropTarget target{id, ref.from_column};
        const bool known = std::any_of(targets.begin(), targets.end(), [&](const DropTarget& t) {
          return t.id == id && (t.column == 0 || t.column == target.column);
        });
        if (!known) targets.push_back(target);
      }
    }
  }
}

void check(const SqlCatalog& catalog, const std::vector<DropTarget>& all, std::size_t asked,
           bool cascade) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& e = catalog.at(all[i].id);
    bool goes_along = i < asked;
    for (const auto& ref : e.refs) {
      const bool applies = all[i].column == 0 || ref.from_column == all[i].column;
      if (!applies || ref.kind == Ref::Kind::normal) continue;
      const bool with = std::any_of(all.begin(), all.end(),
                                    [&](const DropTarget& t) { return takes_along(t, ref); });
      if (with) goes_along = true;
      if (!with && ref.kind == Ref::Kind::internal && i < asked && catalog.at(ref.to).alive) {
        throw Refused(
            Condition::dependent_objects_still_exist,
            fmt::format("cannot drop {} because {} requires it", e.name, catalog.at(ref.to).name),
            e.name);
      }
    }
    if (!goes_along && !cascade) {
      throw Refused(Condition::dependent_objects_still_exist,
                    "cannot drop what other objects depend on", catalog.at(all.front().id).name);
    }
    if (e.dependents_unknown && e.object != no_object && !catalog.object(all[i].id).system) {
      throw Undecidable{"what depends on an object that was read is not known"};
    }
  }
}

void drop_column(SqlCatalog& catalog, EntityId relation, int number) {
  auto& e = catalog.edit(relation);
  const auto found = std::find_if(e.columns.begin(), e.columns.end(),
                                  [&](const ColumnState& c) { return c.number == number; });
  if (found == e.columns.end()) return;
  const auto place = found - e.columns.begin();
  e.columns.erase(found);
  if (e.is(RelationKind::composite_type)) e.names.erase(e.names.begin() + place);
  std::erase_if(e.refs, [&](const Ref& r) { return r.from_column == number; });
  if (e.object == no_object || catalog.object(relation).kind != ObjectKind::table) return;
  auto& columns = catalog.edit_relation(relation).columns;
  columns.erase(columns.begin() + place);
}

}  // namespace

void drop(SqlCatalog& catalog, const std::vector<DropTarget>& targets, bool cascade) {
  auto all = targets;
  collect(catalog, all);
  check(catalog, all, targets.size(), cascade);
  drop_all(catalog, std::move(all));
}

void drop_all(SqlCatalog& catalog, std::vector<DropTarget> all) {
  collect(catalog, all);
  for (const auto& t : all) {
    if (t.column == 0 && catalog.at(t.id).alive) catalog.mark_dropped(t.id);
  }
  for (const auto& t : all) {
    if (t.column != 0 && catalog.at(t.id).alive) drop_column(catalog, t.id, t.column);
  }
}

}  // namespace pgleast
