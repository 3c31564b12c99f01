#pragma once
// What an audit of scripts that take roles or objects for granted may say:
//
//   broken, by a GRANT in a script     stays broken
//   holds, if anon is no superuser     unseen: nobody said what anon is
//
// Not known is not clean, and no fault either.

#include "audit/audit.hpp"
#include "model/assumption.hpp"

namespace pgleast {

/// What is found of a platform as it comes is not the scripts' doing.
void leave_platform_alone(Audit& audit, const Audit& platform);

void hold_back(Audit& audit, const Policy& policy, const Assumptions& assumptions);

}  // namespace pgleast
