#pragma once
// What code does in one database of a running server, and where it leads: the rest of
// server_reader.hpp. Bodies are read by code_reader.hpp and their texts forgotten; options of
// foreign servers and user mappings leave the server without what may be secret.

#include <functional>
#include <string>

#include "input/server/connection.hpp"
#include "input/server/object_builder.hpp"

namespace pgleast {

/// The text of a question in sql/, for the server's version.
using QueryOfName = std::function<std::string(const std::string& name)>;

/// Says once that what code of the object does is not known.
void remark_on_left_out(Cluster& cluster, ObjectId object, const std::string& why);

/// Once for the whole cluster.
void read_trusted_extensions(Session& session, const QueryOfName& question, Cluster& cluster);

/// For the session's database, whose objects and policies have been read. What the reader may
/// not see becomes a remark. Throws Error (unreadable).
void read_code(Session& session, const QueryOfName& question, Cluster& cluster,
               ObjectBuilder& builder, ObjectId database);

}  // namespace pgleast
