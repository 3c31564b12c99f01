#pragma once
// The documented exit code of what an audit found: 0, 1 or 3.

#include <string>
#include <vector>

#include "finding/finding.hpp"

namespace pgleast {

/// `fail_on`: the least severity that counts, or "never".
int exit_code(const std::vector<Judgement>& judgements, const std::string& fail_on);

}  // namespace pgleast
