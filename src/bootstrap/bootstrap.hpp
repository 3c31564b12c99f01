#pragma once
// SQL that makes the roles of a policy's access model: classes and attributes, memberships,
// the floors of its grants, and default privileges where it says `future: true`.
//
// For psql; may be run again and changes nothing then; every name is quoted; no password
// is in it. What the policy does not require is left as it is: taking away is `fix`'s.

#include <string>

#include "policy/policy.hpp"

namespace pgleast {

/// `database` is where the script is meant to be run; empty: not said.
std::string bootstrap_sql(const Policy& policy, const std::string& database);

}  // namespace pgleast
