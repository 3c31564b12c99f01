#pragma once
// What `pgleast access` prints: a row for each privilege that is held, or all paths that give it.

#include <string>

#include "access/access_answer.hpp"
#include "text/files.hpp"

namespace pgleast {

/// As text, CSV or JSON, row by row: all rows of a large server would not fit.
void write_access(AccessAnswer& answer, const std::string& format, const Write& write);
/// As text or JSON; also of what is not held, where it is asked for by name.
void write_explanations(AccessAnswer& answer, const std::string& format, const Write& write);

}  // namespace pgleast
