#pragma once
// Scripts done to a cluster where what none of them makes is taken as there.

#include <vector>

#include "input/replay/replay.hpp"
#include "model/assumption.hpp"

namespace pgleast {

/// As replay_sql; what is assumed is said in `assumptions`. Null: nothing is, and a statement about
/// what is not there makes facts unseen.
std::vector<SqlProblems> replay_sql(const std::vector<Source>& scripts, Cluster& cluster,
                                    const FileReader& files, Beneath beneath,
                                    Assumptions* assumptions);

}  // namespace pgleast
