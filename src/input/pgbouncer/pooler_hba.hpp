#pragma once
// The auth_hba_file and the auth_ident_file of a PgBouncer. They look like the server's and are
// not: a line that is wrong is left out and the rest is in force, names are never groups, addresses
// are numbers (PgBouncer's hba.c; config.md, "HBA file format").
//
//   hostssl  shop,"odd db"  app  10.0.0.0/8  scram-sha-256

#include <string>

#include "model/pooler.hpp"
#include "text/files.hpp"

namespace pgleast {

/// Into `records`; what is left out into `passed_over`. A file that cannot be read is said in
/// `records_unseen`.
void read_pooler_hba(const std::string& path, const FileReader& files, Pooler& pooler);
/// Into `mappings`. A file that cannot be read is said in `passed_over`.
void read_pooler_ident(const std::string& path, const FileReader& files, Pooler& pooler);

}  // namespace pgleast
