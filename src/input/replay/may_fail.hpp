#pragma once
// Whether the server may refuse a statement for what it computes or finds in rows, which nobody
// knows here. In a transaction all else that is done goes with it:
//
//   SELECT a FROM t               not, if there is such a table
//   INSERT INTO t VALUES (1)      a key, a check or a trigger may be in the way
//   SELECT 1 / 0                  what is computed is not looked at

#include "input/replay/catalog/catalog.hpp"

namespace pgleast {

/// `is_followed`: what it changes is known not to fail. Throws Refused where it certainly fails,
/// Undecidable where even its names cannot be told.
bool may_fail(const SqlCatalog& catalog, const SqlNode& tree, bool is_followed);

}  // namespace pgleast
