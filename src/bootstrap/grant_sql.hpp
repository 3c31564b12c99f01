#pragma once
// One floor of a policy as SQL that finds its objects when it runs.

#include <string>
#include <vector>

#include "policy/policy.hpp"

namespace pgleast {

/// GRANT statements for what `entry` requires for `grantee` (a role's name or PUBLIC), CONNECT
/// on the database and USAGE on the schemas first: several entries may need the same.
std::vector<std::string> grant_sql(const GrantEntry& entry, const std::string& grantee);
/// "-- analyst holds SELECT on tables * in schema public"
std::string grant_heading(const GrantEntry& entry, const std::string& grantee);

/// The same for what will be created, as default privileges of every role that may create
/// there: to be run after all grants, since they say who may.
std::string future_sql(const GrantEntry& entry, const std::string& grantee);

}  // namespace pgleast
