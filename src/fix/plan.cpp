#include "fix/plan.hpp"

#include <algorithm>
#include <type_traits>

namespace pgleast {
namespace {

constexpr int most_rounds = 60;

// What a remedy is made of may be gone after another: a role that is no superuser any more
// needs no record that keeps it out, and only who can still create has a future. So roles
// come first, then what is taken away, then default privileges, and what is given last.
enum class Stage { roles, taking, defaults, giving };

Stage stage_of(const Remedy& remedy) {
  if (const auto* const r = std::get_if<ChangeMembership>(&remedy)) {
    return r->grant ? Stage::giving : Stage::roles;
  }
  if (const auto* const r = std::get_if<ChangePrivileges>(&remedy)) {
    return r->grant ? Stage::giving : Stage::taking;
  }
  if (const auto* const r = std::get_if<ChangeDefaultPrivileges>(&remedy)) {
    return r->grant ? Stage::giving : Stage::defaults;
  }
  const bool role = std::holds_alternative<ChangeAttribute>(remedy) ||
                    std::holds_alternative<ChangeConnectionLimit>(remedy);
  return role ? Stage::roles : Stage::taking;
}

class Planner {
 public:
  explicit Planner(Cluster model) : model_(std::move(model)), files_(model_.files) {}

  // Remedies up to that stage. True when anything changed.
  bool round(const std::vector<Finding>& findings, Stage stage) {
    HbaEdits edits;
    bool changed = false;
    for (const auto& finding : findings) {
      if (finding.waived) continue;
      for (const auto& remedy : finding.remedies) {
        if (stage_of(remedy) > stage) continue;
        changed = std::visit([&](const auto& r) { return take(r, edits); }, remedy) || changed;
      }
    }
    return !edits.apply(model_).empty() || changed;
  }

  Plan finish() {
    std::stable_sort(plan_.sections.begin(), plan_.sections.end(),
                     [](const auto& a, const auto& b) { return a.database < b.database; });
    for (auto& section : plan_.sections) std::reverse(section.undo.begin(), section.undo.end());
    for (std::size_t i = 0; i < files_.size(); ++i) {
      if (files_[i].text == model_.files[i].text) continue;
      plan_.files.push_back(
          {files_[i].path, files_[i].text, model_.files[i].text, files_[i].masked});
    }
    plan_.model = std::move(model_);
    return std::move(plan_);
  }

  const Cluster& model() const { return model_; }

 private:
  template <typename R>
  bool take(const R& remedy, HbaEdits& edits) {
    if constexpr (edits_a_record<R>) {
      edits.add(remedy);
      return false;  // known when they are applied, at the end of the round
    } else {
      return add(enact(model_, remedy));
    }
  }

  bool add(const Statements& statements) {
    if (statements.sql.empty()) return !statements.edits.empty();
    if (statements.outside_transaction) {
      plan_.system.insert(plan_.system.end(), statements.sql.begin(), statements.sql.end());
      plan_.system_undo.insert(plan_.system_undo.end(), statements.undo.begin(),
                               statements.undo.end());
      return true;
    }
    const auto database =
        statements.database == no_object ? std::string() : model_.object(statements.database).name;
    auto section = std::find_if(plan_.sections.begin(), plan_.sections.end(),
                                [&](const auto& s) { return s.database == database; });
    if (section == plan_.sections.end()) {
      section = plan_.sections.insert(plan_.sections.end(), {database, {}, {}});
    }
    section->sql.insert(section->sql.end(), statements.sql.begin(), statements.sql.end());
    // Undone in the other direction: the last first, each one's own statements in order.
    section->undo.insert(section->undo.end(), statements.undo.rbegin(), statements.undo.rend());
    return true;
  }

  Cluster model_;
  std::vector<ConfigFile> files_;
  Plan plan_;
};

}  // namespace

std::size_t Plan::statements() const {
  std::size_t count = system.size();
  for (const auto& section : sections) count += section.sql.size();
  return count;
}

Plan make_plan(const Cluster& cluster, const Auditor& auditor) {
  Planner planner(cluster);
  auto before = auditor.audit(cluster);
  auto audit = before;
  auto stage = Stage::roles;
  for (int i = 0; i < most_rounds; ++i) {
    if (planner.round(sorted_findings(audit), stage)) {
      audit = auditor.audit(planner.model());
    } else if (stage == Stage::giving) {
      break;
    } else {
      stage = static_cast<Stage>(static_cast<int>(stage) + 1);
    }
  }
  auto plan = planner.finish();
  plan.before = std::move(before);
  plan.after = std::move(audit);
  return plan;
}

}  // namespace pgleast
