#pragma once
// pgbouncer.ini with its `%include`s, auth_file and auth_hba_file, as PgBouncer reads them: a
// comment is a line of its own, connection strings quote with '...' and '' for a quote.

#include <string>

#include "model/pooler.hpp"
#include "text/files.hpp"

namespace pgleast {

/// Throws Error, with its place, for a file that PgBouncer would not start with. An auth_file that
/// cannot be read leaves its users unseen, an auth_hba_file its records.
Pooler read_pgbouncer(const std::string& path, const FileReader& files);

}  // namespace pgleast
