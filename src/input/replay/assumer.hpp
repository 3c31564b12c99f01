#pragma once
// Takes as there what scripts use and none of them makes:
//
//   GRANT USAGE ON SCHEMA auth TO anon;     role anon and schema auth, made elsewhere
//
// It exists, or the statement would have failed. Nothing else is known of it, so that whatever
// hangs on it is not decided: `doubts`.

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "input/replay/statement_runner.hpp"
#include "model/assumption.hpp"
#include "text/source.hpp"

namespace pgleast {

class Assumer {
 public:
  /// Keeps references. Without `assumptions` nothing is assumed.
  Assumer(const std::vector<Source>& scripts, Assumptions* assumptions)
      : scripts_(scripts), assumptions_(assumptions) {}

  /// Whether what the statement misses is there now; then it is tried again.
  bool assume(const Refused& refused, const PsqlItem& statement, const Source& script,
              StatementRunner& runner, Cluster& cluster);
  /// What is refused may not be: it hangs on something that is assumed.
  bool doubts(const Refused& refused) const;
  bool is_assumed_role(const std::string& name) const;
  /// A statement that may ask the catalogs what is there.
  void note_question(std::string_view statement);
  /// It was asked before something was assumed, so that the answer may have been another.
  bool is_late() const;
  Assumptions* assumptions() const { return assumptions_; }
  bool any_role() const { return assumptions_ != nullptr && assumptions_->any_role(); }
  bool any_object() const { return assumptions_ != nullptr && assumptions_->any_object(); }

 private:
  struct Wanted {
    Assumption assumption;
    std::string bare;  // its name without the schema's
    std::string sql;   // that makes it
  };
  static std::optional<Wanted> wanted(const Refused& refused, const PsqlItem& statement,
                                      std::string_view text, int major);
  bool is_assumed(const Assumption& wanted) const;
  /// What some script makes, sooner or later: then it is certainly not there yet.
  bool is_made(const std::string& name);

  const std::vector<Source>& scripts_;
  Assumptions* assumptions_;
  std::optional<std::unordered_set<std::string>> made_;  // when first asked for
  std::unordered_set<std::string> names_;                // bare, of what is assumed
  bool asked_roles_ = false, asked_objects_ = false;
};

/// The names in `CREATE ROLE x`, `create table if not exists a.x` and `RENAME TO x`, also in what
/// is quoted.
std::unordered_set<std::string> made_names(std::string_view script);

}  // namespace pgleast
