#pragma once
// What stands behind WITH of a table, an index or a view.

#include <string>

#include "input/replay/catalog/catalog.hpp"

namespace pgleast {

/// `fillfactor=70` of a DefElem.
std::string option_text(const SqlNode& option);
/// The same for a view. Throws Refused for what views do not take.
std::string view_option(const SqlCatalog& catalog, const SqlNode& option);

}  // namespace pgleast
