#pragma once
// One floor of a policy as SQL that finds its objects when it runs.

#include <string>

#include "policy/policy.hpp"

namespace pgleast {

/// GRANT statements for what `entry` requires for `grantee` (a role's name or PUBLIC), USAGE
/// on the schemas and CONNECT on the database included, and default privileges for the future.
std::string grant_sql(const GrantEntry& entry, const std::string& grantee);

}  // namespace pgleast
