#pragma once
// What a running server is configured to do: pg_settings, ALTER ROLE ... SET, and the texts of
// postgresql.conf, pg_hba.conf and pg_ident.conf, or what its views show of them.

#include "input/server/stored_code.hpp"

namespace pgleast {

/// The roles and databases must have been read. Throws Error (unreadable).
void read_configuration(Session& session, const QueryOfName& question, Cluster& cluster,
                        ObjectBuilder& builder);

}  // namespace pgleast
