#pragma once
// The relations, functions and types of one database of a running server: the many. Their
// questions are short ones; what can be put together here is not asked of the server for each.

#include "input/server/stored_code.hpp"

namespace pgleast {

/// For the session's database, whose schemas have been read; `done` is told of each phase.
/// Throws Error (unreadable).
void read_objects(Session& session, const QueryOfName& question, Cluster& cluster,
                  ObjectBuilder& builder, ObjectId database,
                  const std::function<void(const std::string& phase)>& done);

}  // namespace pgleast
