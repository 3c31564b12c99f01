#pragma once
// A constraint of a table, its name and its index: `orders_customer_id_fkey`, `orders_pkey`.

#include <string>
#include <vector>

#include "input/replay/catalog/catalog.hpp"

namespace pgleast {

/// `column`: whose definition it stands in; empty: the table's.
void add_constraint(SqlCatalog& catalog, EntityId relation, const SqlNode& constraint,
                    const std::string& column);
/// The numbers of its columns; empty: the table has none.
std::vector<int> primary_key_of(const SqlCatalog& catalog, EntityId table);
/// What is said of columns in it goes with them, not only when asked.
void goes_with_columns(SqlCatalog& catalog, EntityId id, EntityId relation);
/// `customer_id_day`: the part of its name that says which columns.
std::string joined_names(const std::vector<std::string>& names);

}  // namespace pgleast
