#pragma once
// A plan applied for real: inside one transaction on the server, read again, audited
// again, rolled back. And what a plan changes, in numbers.

#include <chrono>
#include <string>
#include <vector>

#include "change/loss.hpp"
#include "fix/plan.hpp"

namespace pgleast {

struct Proof {
  bool whole = true;  // every statement ran; else those of other databases were only tried on
                      // the model
  std::vector<std::string> stopped;  // functions whose body the server does not take any more
  Audit after;  // of the catalogs as they were after the statements, with the patched files; of
                // the model when other databases are concerned, too
};

/// Runs the statements of the connected database and of no database. Throws Error when the
/// server refuses one, naming it.
Proof prove(const Plan& plan, const Cluster& cluster, const Auditor& auditor,
            const std::string& conninfo, std::chrono::seconds timeout);

/// What people lose by it, and what they get.
struct Effects {
  std::vector<Loss> lost, gained;
};
Effects effects_of(const Plan& plan, const Cluster& before, const std::string& today);

/// "findings  gone 8   left 1 ...", "logins lost  ...", "access lost  ...", "required  ...".
std::string outcome(const Plan& plan, const Effects& effects, const Audit& left,
                    const Auditor& auditor);

}  // namespace pgleast
