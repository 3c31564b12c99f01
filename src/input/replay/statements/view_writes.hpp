#pragma once
// What the server passes on from a view to the table behind it (rewriteHandler.c,
// view_query_is_auto_updatable):
//
//   CREATE VIEW v AS SELECT a FROM t WHERE b      INSERT, UPDATE, DELETE
//   CREATE VIEW v AS SELECT DISTINCT a FROM t     nothing

#include <optional>

#include "input/sql/node.hpp"
#include "pg/privilege.hpp"

namespace pgleast {

/// Where the relation that the query reads is a table; none: it cannot be told.
std::optional<PrivilegeSet> passed_on_by(const SqlNode& query);

}  // namespace pgleast
