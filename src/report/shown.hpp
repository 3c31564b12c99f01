#pragma once
// Parts that several formats show alike.

#include <string>

#include "fix/plan.hpp"

namespace pgleast {

/// fix_of, with a star for each byte of a secret. Empty when there is nothing to do.
FindingFix shown_fix(const Cluster& cluster, const Finding& finding);

/// "pg_authid cannot be read by audit_ro; GRANT SELECT ON pg_authid TO audit_ro"
std::string with_remedy(const std::string& why, const std::string& remedy);

}  // namespace pgleast
