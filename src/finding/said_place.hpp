#pragma once
// Where scripts say what a remedy takes back, and how that place reads: `roles.sql:12`.

#include <optional>
#include <string>
#include <vector>

#include "finding/finding.hpp"
#include "model/cluster.hpp"

namespace pgleast {

/// None of what it gives.
std::optional<SaidAt> said_by(const Cluster& cluster, const Remedy& taken_back_by);
/// The first of them that is known.
std::optional<SaidAt> said_by(const Cluster& cluster, const std::vector<Remedy>& taken_back_by);
/// Where what the finding is about was made: a role, an object, one of its columns, a policy.
std::optional<SaidAt> said_of(const Cluster& cluster, const Subject& subject);
/// Its file, line and column.
Location location_of(const Cluster& cluster, const SaidAt& at);
/// Safe to show; empty: not known.
std::string shown_place(const Cluster& cluster, const std::optional<SaidAt>& at);
/// "GRANT by owner (roles.sql:12)", "member of (inherits, roles.sql:12)", or without a place.
std::string with_place(const Cluster& cluster, const std::string& words,
                       const std::optional<SaidAt>& at);
PathStep told_step(const Cluster& cluster, const std::string& words,
                   const std::optional<SaidAt>& at);

}  // namespace pgleast
