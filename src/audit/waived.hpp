#pragma once
// What is waived is left alone by every rule:
//
//   ROL-001 boss   waived                 ALTER ROLE "boss" NOSUPERUSER
//   MOD-002 boss   is found, and stays    not this statement, but a decision: it is waived

#include "audit/audit.hpp"

namespace pgleast {

/// Takes from the remedies of what is not waived all that the remedy of a waived finding does, and
/// says so in the decision.
void leave_waived_alone(Audit& audit);

}  // namespace pgleast
