#pragma once
// What a change of pg_hba.conf hangs on where not all is known.
//
//   host all ops    0.0.0.0/0 reject            the other way round, ops is let in
//   host all +staff 0.0.0.0/0 scram-sha-256     if it is a member of staff
//
// Names and addresses are taken one by one, those in a record of their own; what a token takes
// (`whoever +staff takes`) and what nothing mentions are known by what they are.

#include <string>
#include <vector>

#include "connections/connection_classes.hpp"
#include "connections/record_diff.hpp"

namespace pgleast {

struct CertainChange {
  RecordDifference difference;
  std::vector<std::string> but;  // not those of its addresses that this takes: "samenet"
};

struct PossibleChange {
  RecordDifference difference;
  Truth truth;
  bool unless = false;  // where the truth is another one
};

struct UnknownChanges {
  std::vector<CertainChange> certain;
  std::vector<PossibleChange> possible;
  bool complete = true;  // false: too much hangs on too much to look at all of it
};

/// `records` are those of files 0 and 1 of `classes`.
UnknownChanges unknown_changes(const ConnectionClasses& classes, const RecordLists& records);

}  // namespace pgleast
