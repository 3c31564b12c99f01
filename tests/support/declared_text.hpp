#pragma once
// The servers that the documents of a folder declare, a line for each of their lines:
//
//   compose/db
//   hba 5: host all all all trust
//   hba 2: local all all trust (default of initdb)

#include <filesystem>
#include <string>

namespace pgleast::test {

std::string declared_text(const std::filesystem::path& folder);

}  // namespace pgleast::test
