#pragma once
// What a fix may do to people besides what it is for, and so waits for the user's word:
//
//   row-security   ALTER TABLE "public"."orders" ENABLE ROW LEVEL SECURITY;
//                  app_user saw all rows and sees only what policies let through
//
// A remedy is safe where nobody in a class of the policy, and nothing that is seen to use it, loses
// anything but what the finding is about. The others stand in fix.sql as comments, with the reason
// and what to look at, until `--accept KIND` or `accept:` in the policy says so.

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "checks/facts.hpp"
#include "finding/finding.hpp"
#include "finding/word_kind.hpp"

namespace pgleast {

/// The values of `--accept`. Throws Error (usage) for one that is no kind.
std::set<std::string> accepted_kinds(const std::vector<std::string>& names);

/// Why a remedy is not safe by itself.
struct NeededWord {
  std::string_view kind;
  std::string why;  // who loses what, names in it safe to show
};

/// What a plan makes of a remedy.
struct JudgedRemedy {
  std::string rule, subject;  // of the finding that it mends
  Remedy remedy;
  std::optional<NeededWord> word;  // that nobody has given
};

/// One state of the model. Not for several threads.
class Words {
 public:
  /// Keeps references. `model` is changed and changed back.
  Words(Cluster& model, const Policy& policy, const std::string& today);
  ~Words();

  /// None: it is safe.
  std::optional<NeededWord> needed(const Finding& finding, const Remedy& remedy);
  /// Of all edits of records that a finding asks for: they go together.
  std::optional<NeededWord> needed_for_records(const Finding& finding);

 private:
  class Judge;
  std::unique_ptr<Judge> judge_;
};

}  // namespace pgleast
