#pragma once
// Of a document that says some records and leaves others to a template:
//
//   - host all all 0.0.0.0/0 trust          is found, whatever comes after it
//   - host all all {{ office }} md5         that no record is at fault is not known
//
// The records that are known stand in Cluster::hba while Fact::hba is unseen.

#include "audit/audit.hpp"

namespace pgleast {

/// Adds what is found of them to the rules about records, which stay unseen else.
void judge_known_records(Audit& audit, const Cluster& cluster, const Auditor& auditor);

}  // namespace pgleast
