#pragma once
// The servers that a document declares, a line for each of their lines:
//
//   compose/db
//   hba 5: host all all all trust
//   hba 2: local all all trust (default of initdb)

#include <map>
#include <string>

namespace pgleast::test {

/// `path` is that of the document among `files`; the others may belong to it.
std::string declared_text(const std::string& path, const std::map<std::string, std::string>& files);

}  // namespace pgleast::test
