#pragma once
// From findings to statements and patched files that were tried on the model: the plan is
// applied to a copy of it, which is audited again, until nothing new is found. So what one
// statement would not achieve (the privilege still comes by another way) is found out, and
// what it would take away too much (a floor of the policy) is given back.

#include <set>
#include <string>
#include <vector>

#include "audit/audit.hpp"
#include "fix/config_edit.hpp"
#include "fix/statement.hpp"
#include "fix/word.hpp"

namespace pgleast {

/// Statements that run in one database.
struct PlanSection {
  std::string database;  // empty: any
  std::vector<std::string> sql;
  std::vector<std::string> undo;  // in the order in which they must run
};

struct FilePatch {
  std::string path;
  std::string before;
  std::string after;
  bool masked = false;  // a secret is left out of both: not to be written back
};

/// What waits for the user's word: nothing of it was applied.
struct HeldBack {
  std::string rule, subject;  // of the finding that it mends
  NeededWord word;
  std::string database;  // where the statements run; empty: any
  std::vector<std::string> sql;
  std::vector<LineEdit> edits;
};

struct Plan {
  std::vector<PlanSection> sections;  // the ones without a database first
  std::vector<std::string> system;    // ALTER SYSTEM: outside a transaction
  std::vector<std::string> system_undo;
  std::vector<FilePatch> files;
  std::size_t statements() const;
  std::vector<HeldBack> held_back;          // by kind, then as they were found
  std::vector<std::string> contradictions;  // of the policy with itself: what cannot be mended
  bool fewest = true;                       // false: fewer cuts may do

  Audit before;
  Audit after;    // of the model with everything applied
  Cluster model;  // the same
};

/// `accepted`: the kinds of change that have the user's word (fix/word.hpp), besides the policy's.
Plan make_plan(const Cluster& cluster, const Auditor& auditor,
               const std::set<std::string>& accepted = {});

}  // namespace pgleast
