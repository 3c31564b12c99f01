#pragma once
// Parts that several formats show alike.

#include <string>

namespace pgleast {

/// "pg_authid cannot be read by audit_ro; GRANT SELECT ON pg_authid TO audit_ro"
std::string with_remedy(const std::string& why, const std::string& remedy);

}  // namespace pgleast
