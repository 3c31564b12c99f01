#pragma once
// A question of which each row is about one thing that the server opens to tell of it: the query
// of a rule, the expressions of a policy. Where another session has locked that, or has dropped it
// meanwhile, the others are told all the same.
//
// Its SQL has `:first` and `:last`, between which the things' OIDs are, the first column; and
// `:told`, without which it opens nothing.

#include <functional>
#include <string>

#include "input/server/connection.hpp"

namespace pgleast {

/// Calls `take` for each row, in no order; `why` says why what must be opened for it is left out,
/// or is empty. Throws Error, ChangedMeanwhile where something was dropped and may be asked again.
void each_item(Session& session, const std::string& sql, const std::string& name,
               const std::function<void(const Row& row, const std::string& why)>& take);

}  // namespace pgleast
