#pragma once
// Reads pg_ident.conf and what it includes, as PostgreSQL 12 to 19 do.
//
//   pg_ident.conf:2:11: error: the line ends before a role name

#include <string>
#include <vector>

#include "model/config_file.hpp"
#include "model/ident.hpp"
#include "text/files.hpp"

namespace pgleast {

/// `read` receives the text of every file, in the order of reading. Throws Error when the
/// file at `path` itself cannot be read.
IdentFile read_ident(const std::string& path, const FileReader& files, int version_num,
                     std::vector<ConfigFile>& read);

}  // namespace pgleast
