#pragma once
// The object that a statement names, by the kind that the statement gives:
//
//   ALTER VIEW app.v ...            DROP FUNCTION f(int), g          COMMENT ON POLICY p ON t ...

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "input/replay/catalog/catalog.hpp"

namespace pgleast {

struct NamedKind {
  std::string_view kind;
  EntityKind entity;
  std::string_view called;
  std::array<Subkind, 3> only{};  // none: any
};

/// `OBJECT_VIEW`; none for kinds that the model does not know.
const NamedKind* find_kind(const std::string& kind);
/// Whether ALTER VIEW may be said of it.
bool fits(const NamedKind& kind, const Entity& entity);
/// Named with its table: `tr ON t`.
bool is_on_relation(EntityKind kind);
/// The type of a table's rows.
bool is_row_type(const Entity& entity);

/// no_entity: there is none. Throws Refused where it is of another kind.
EntityId find_object(const SqlCatalog& catalog, const NamedKind& kind, const SqlNode& object);
/// The object that an ALTER, DROP, GRANT or COMMENT of that kind names. Throws Refused.
EntityId named_object(const SqlCatalog& catalog, const std::string& kind, const SqlNode& object);
/// Throws Refused where there is none.
ObjectId needed_database(const SqlCatalog& catalog, const std::string& name);
/// Of the kinds that the model does not know: `collation x`.
std::vector<EntityId> find_others(const SqlCatalog& catalog, const std::string& kind,
                                  const SqlNode& object);

QualifiedName name_in(const SqlNode& object);
/// What the server says of a name that is not there.
Condition absence(const SqlCatalog& catalog, EntityKind kind, const QualifiedName& name);

}  // namespace pgleast
