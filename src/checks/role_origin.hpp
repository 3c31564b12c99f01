#pragma once
// How a role is reached from outside: the beginning of a path that proves a finding.

#include <string>
#include <vector>

#include "checks/facts.hpp"

namespace pgleast {

/// "app_user logs in by pg_hba.conf:12 (trust)": the widest record that lets it in. Empty
/// when the records are not known or none does.
std::vector<PathStep> way_in(const Facts& facts, RoleId role);

}  // namespace pgleast
