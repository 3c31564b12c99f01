#pragma once
// Whether a role can log in: by the method of the record that decides, and then by all that the
// server asks before there is a session.
//
//   scram-sha-256, no password is stored             no: no password is stored
//   trust, NOLOGIN                                   no: it has no LOGIN
//   replication=database by a role without it        no: it has no REPLICATION
//
// postinit.c, InitPostgres and CheckMyDatabase; miscinit.c, InitializeSessionUserId. This is the
// one place that knows; what else decides who gets in is connections/decide.hpp.

#include <optional>
#include <string>

#include "connections/credential.hpp"

namespace pgleast {

/// What a client asks for.
struct Session {
  /// Replication takes a role for it; a physical one has no database.
  enum class Kind { ordinary, logical_replication, physical_replication } kind = Kind::ordinary;
  std::optional<ObjectId> database;  // none: not known
};

/// Why the server lets nobody be `role` for any such session, whatever is shown; empty: it does.
std::string why_no_session(const Graph& graph, RoleId role, const Session& session);

/// What `record` asks of `role`, and whether who can show it has the session then.
Challenge login(const Graph& graph, const HbaRecord& record, RoleId role, const Session& session,
                const std::string& today);

}  // namespace pgleast
