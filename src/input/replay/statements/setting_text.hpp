#pragma once
// What SET stores: `SET search_path = a, "B c"` -> `a, "B c"` (guc.c, flatten_set_variable_args).

#include <string>

#include "input/replay/catalog/catalog.hpp"

namespace pgleast {

/// Of a VariableSetStmt with a value. FROM CURRENT is followed for search_path alone.
std::string setting_text(const SqlCatalog& catalog, const SqlNode& set);

}  // namespace pgleast
