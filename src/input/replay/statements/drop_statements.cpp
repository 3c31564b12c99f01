// DROP of what is named (dropcmds.c).
#include <fmt/format.h>

#include <algorithm>

#include "input/replay/catalog/drop.hpp"
#include "input/replay/catalog/extension_members.hpp"
#include "input/replay/catalog/named_object.hpp"
#include "input/replay/statements/object_statement.hpp"

namespace pgleast {
namespace {

/// DROP has its own of some relations (dropcmds.c, tablecmds.c).
Condition absence_for_drop(const SqlCatalog& catalog, const NamedKind& kind,
                           const QualifiedName& name) {
  const bool other = kind.kind == "OBJECT_INDEX" || kind.kind == "OBJECT_FOREIGN_TABLE";
  if (other) return catalog.absence(name, Condition::undefined_object);
  return absence(catalog, kind.entity, name);
}

bool may_drop(const SqlCatalog& catalog, EntityId id) {
  const auto& e = catalog.at(id);
  if (catalog.owns(id)) return true;
  if (e.schema != no_entity) return catalog.owns(e.schema);
  return false;
}

/// Which class an index has is not in the catalog: one that may be used by any is left as it is.
void need_no_index_of(const SqlCatalog& catalog, const Entity& operator_class) {
  for (const auto id : catalog.of_kind(EntityKind::relation)) {
    const auto& relation = catalog.at(id);
    if (!relation.alive || relation.database != operator_class.database) continue;
    for (const auto& column : relation.columns) {
      const bool of_class =
          std::any_of(operator_class.types.begin(), operator_class.types.end(),
                      [&](const TypeRef& t) { return t.entity == column.type.entity; });
      if (of_class) throw Undecidable{"whether an index has an operator class"};
    }
  }
}

/// With IF EXISTS a schema or table that is not there makes nothing wrong.
std::vector<EntityId> targets_of(const SqlCatalog& catalog, const SqlNode& node,
                                 const SqlNode& object) {
  const auto kind = text_at(node, "removeType");
  const bool missing_ok = truth_at(node, "missing_ok");
  const auto* const known = find_kind(kind);
  if (known == nullptr) return find_others(catalog, kind, object);
  try {
    const auto id = find_object(catalog, *known, object);
    if (id != no_entity) return {id};
  } catch (const Refused& e) {
    if (!missing_ok || !is_absence(e.condition())) throw;
  }
  const bool of_read = known->entity == EntityKind::trigger || known->entity == EntityKind::rule;
  if (of_read && catalog.has_read_objects()) return {};
  const auto name = name_in(object);
  if (may_be_of_extension(catalog, known->entity, name)) {
    throw Undecidable{"it may be an extension's"};
  }
  if (missing_ok) return {};
  throw Refused(absence_for_drop(catalog, *known, name),
                fmt::format("{} `{}` does not exist", known->called, name.name), name.name);
}

}  // namespace

void drop_objects(SqlCatalog& catalog, const SqlNode& node) {
  std::vector<DropTarget> targets;
  for (const auto& object : list_at(node, "objects")) {
    for (const auto id : targets_of(catalog, node, object)) {
      const auto& e = catalog.at(id);
      const bool on = is_on_relation(e.kind);
      const bool aggregate =
          text_at(node, "removeType") == "OBJECT_FUNCTION" && e.is(RoutineKind::aggregate);
      if (aggregate) {
        throw Refused(Condition::wrong_object_type,
                      fmt::format("`{}` is an aggregate function", e.name), e.name);
      }
      if (on) {
        catalog.need_owner(e.parent, "table");
      } else if (!may_drop(catalog, id)) {
        throw Refused(Condition::insufficient_privilege, fmt::format("must be owner of {}", e.name),
                      e.name);
      }
      if (is_other(e, operator_class_kind)) need_no_index_of(catalog, e);
      if (e.object != no_object && catalog.object(id).system) {
        throw Refused(
            e.kind == EntityKind::relation ? Condition::insufficient_privilege
                                           : Condition::dependent_objects_still_exist,
            fmt::format("cannot drop {} because it is required by the database system", e.name),
            e.name);
      }
      if (e.kind == EntityKind::extension && e.name != "plpgsql") {
        throw Undecidable{"the objects of an extension"};
      }
      targets.push_back({id, 0});
    }
  }
  drop(catalog, targets, text_at(node, "behavior") == "DROP_CASCADE");
  catalog.touch();
}

}  // namespace pgleast
