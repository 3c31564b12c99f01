#pragma once
// Access lists that were null, and are to be null again: what GRANT and REVOKE leave of one says
// what null does, but is a list (aclchk.c), so that only an UPDATE of the catalog restores it.

#include <vector>

#include "fix/plan.hpp"

namespace pgleast {

/// The sections of a plan with that at the end of what undoes each. `cluster`: before the plan.
std::vector<PlanSection> with_null_lists(const Plan& plan, const Cluster& cluster);

}  // namespace pgleast
