#pragma once
// What an expression gives for a column of a row, where that can be told: `'a'`, `NULL`, `now()`,
// `'new'::text`.

#include "input/replay/catalog/catalog.hpp"
#include "input/replay/catalog/row_shape.hpp"

namespace pgleast {

RowValue row_value(const SqlCatalog& catalog, const RowColumn& column, const SqlNode& expression);

/// `10, 2` of numeric(10,2); none: no constants.
std::optional<std::vector<int>> type_modifiers(const SqlNode& type_name);

/// Whether a value of the column passes a CHECK that names no other; none: it is not followed.
std::optional<bool> passes_check(const RowColumn& column, const RowValue& value,
                                 const SqlNode& check);

}  // namespace pgleast
