#pragma once
// Statements that surely leave all rows as they are, because they run no code:
//
//   GRANT SELECT ON t TO app                 no code at all: the trait `keeps_rows` of its kind
//   ALTER TABLE t ADD COLUMN note text       none for rows; with a DEFAULT it is computed for each
//   COMMIT                                   what deferred triggers do

#include "input/sql/node.hpp"

namespace pgleast {

/// `has_triggers`: some may be due at a commit.
bool runs_no_code(const SqlNode& tree, bool has_triggers);

}  // namespace pgleast
