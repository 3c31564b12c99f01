#pragma once
// What queries and expressions in statements refer to, and the names of a query's columns, as
// far as parse trees tell (parse_target.c, FigureColname).

#include <optional>
#include <string>
#include <vector>

#include "input/replay/catalog/catalog.hpp"

namespace pgleast {

/// None where they hang on what is not in the model. Throws Refused for a relation that is not
/// there.
std::optional<std::vector<std::string>> query_columns(const SqlCatalog& catalog,
                                                      const SqlNode& query);

/// `from` (or its column) needs every relation, column, function and type that stands in `tree`.
/// `on`: the relation whose columns may stand there without its name.
void add_references(SqlCatalog& catalog, EntityId from, const SqlNode& tree,
                    EntityId on = no_entity, int from_column = 0);

/// A relation that a query names: none where it is one of the server's. Throws Refused.
EntityId relation_or_none(const SqlCatalog& catalog, const QualifiedName& name);
/// The relations that a query reads. Throws Refused.
std::vector<EntityId> relations_in(const SqlCatalog& catalog, const SqlNode& query);
/// The types of its relations' columns, and those that it casts to: its own columns' among them.
std::vector<TypeRef> types_in(const SqlCatalog& catalog, const SqlNode& query);

}  // namespace pgleast
