#include "fix/plan.hpp"

#include <algorithm>
#include <optional>
#include <type_traits>

#include "fix/path_cuts.hpp"
#include "fix/take_back.hpp"

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
  Planner(Cluster model, const Auditor& auditor, std::set<std::string> accepted)
      : model_(std::move(model)),
        files_(model_.files),
        auditor_(auditor),
        accepted_(std::move(accepted)) {}

  // Remedies up to that stage. True when anything changed. Paths are cut together, elsewhere.
  bool round(const std::vector<Finding>& findings, Stage stage) {
    Words words(model_, auditor_.policy(), auditor_.today());
    HbaEdits edits;
    bool changed = false, roles_changed = false;
    held_.clear();  // what still waits is judged again: its place may be another
    for (const auto& finding : findings) {
      if (finding.waived || !finding.paths.empty()) continue;
      const auto of_records = words.needed_for_records(finding);
      for (const auto& remedy : finding.remedies) {
        if (stage_of(remedy) > stage) continue;
        // Who is in which group has changed: judged in the next round.
        if (roles_changed && stage_of(remedy) != Stage::roles) continue;
        const auto word =
            of_records && is_of_a_record(remedy) ? of_records : words.needed(finding, remedy);
        const bool took = take({finding.rule, finding.subject.name, remedy, missing(word)}, edits);
        changed = took || changed;
        roles_changed = roles_changed || (took && stage_of(remedy) == Stage::roles);
      }
    }
    return !edits.apply(model_).empty() || changed;
  }

  // The fewest that end all paths. One by one: each may be safe alone, as a role has what it takes
  // by another grant, which is the next one's.
  bool cut_paths() {
    const auto cuts = [&] {
      Words words(model_, auditor_.policy(), auditor_.today());
      return plan_path_cuts(model_, auditor_, [&](const Finding& finding, const Remedy& remedy) {
        return missing(words.needed(finding, remedy));
      });
    }();
    plan_.contradictions = cuts.contradictions;
    plan_.fewest = plan_.fewest && cuts.fewest;
    // What a group gives, it gives before anything is taken from it.
    bool changed = take_cuts(cuts.cuts, true);
    return take_cuts(cuts.cuts, false) || changed;
  }

  Plan finish() {
    std::stable_sort(plan_.sections.begin(), plan_.sections.end(),
                     [](const auto& a, const auto& b) { return a.database < b.database; });
    for (auto& section : plan_.sections) std::reverse(section.undo.begin(), section.undo.end());
    show_held_back();
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
  std::optional<NeededWord> missing(const std::optional<NeededWord>& word) const {
    const bool given = word && accepted_.contains(std::string(word->kind));
    return given ? std::nullopt : word;
  }

  bool take_cuts(const std::vector<std::vector<AskedCut>>& cuts, bool memberships) {
    const auto is_of_these = [&](const std::vector<AskedCut>& asked) {
      return std::holds_alternative<ChangeMembership>(asked.front().remedy) == memberships;
    };
    if (std::none_of(cuts.begin(), cuts.end(), is_of_these)) return false;
    Words words(model_, auditor_.policy(), auditor_.today());
    HbaEdits edits;
    bool changed = false;
    for (const auto& asked : cuts) {
      if (!is_of_these(asked)) continue;
      const auto [safe, waiting] = judged(asked, words);
      if (safe) changed = take(*safe, edits) || changed;
      if (waiting) take(*waiting, edits);
    }
    return !edits.apply(model_).empty() || changed;
  }

  using Judged = std::pair<std::optional<JudgedRemedy>, std::optional<JudgedRemedy>>;

  // What some finding may take without a word, and what none may.
  Judged judged(const std::vector<AskedCut>& asked, Words& words) const {
    Judged result;
    for (const auto& [finding, remedy] : asked) {
      JudgedRemedy one{finding.rule, finding.subject.name, remedy,
                       missing(words.needed(finding, remedy))};
      auto& known = one.word ? result.second : result.first;
      if (!known) {
        known = std::move(one);
      } else if (auto* const revoke = std::get_if<ChangePrivileges>(&known->remedy)) {
        revoke->privileges |= std::get<ChangePrivileges>(remedy).privileges;
      }
    }
    auto& [safe, waiting] = result;
    if (!safe || !waiting) return result;
    auto* const revoke = std::get_if<ChangePrivileges>(&waiting->remedy);
    if (revoke != nullptr) {
      revoke->privileges = revoke->privileges - std::get<ChangePrivileges>(safe->remedy).privileges;
    }
    if (revoke == nullptr || revoke->privileges.empty()) waiting.reset();
    return result;
  }

  bool take(JudgedRemedy judged, HbaEdits& edits) {
    // A group that gives nothing more, because the plan took it, is not left for that.
    if (const auto* const waits = waiting_membership(judged.remedy)) judged.word = waits->word;
    if (judged.word) {
      hold_back(judged);
      return false;
    }
    return std::visit(
        [&]<typename R>(const R& r) {
          if constexpr (edits_a_record<R>) {
            edits.add(r);
            return false;  // known when they are applied, at the end of the round
          } else {
            return add(enact(model_, r));
          }
        },
        judged.remedy);
  }

  // Once; the statements are made at the end.
  const JudgedRemedy* waiting_membership(const Remedy& remedy) const {
    const auto found =
        std::find_if(memberships_held_.begin(), memberships_held_.end(),
                     [&](const JudgedRemedy& held) { return held.remedy == remedy; });
    return found == memberships_held_.end() ? nullptr : &*found;
  }

  void hold_back(const JudgedRemedy& judged) {
    const bool is_membership = std::holds_alternative<ChangeMembership>(judged.remedy);
    if (is_membership && waiting_membership(judged.remedy) == nullptr) {
      memberships_held_.push_back(judged);
    }
    const bool known = std::any_of(held_.begin(), held_.end(), [&](const JudgedRemedy& held) {
      return held.remedy == judged.remedy;
    });
    if (!known) held_.push_back(judged);
  }

  // What another finding did meanwhile waits no more.
  void show_held_back() {
    for (const auto& held : held_) {
      auto statements = tried(model_, held.remedy);
      if (statements.sql.empty() && statements.edits.empty()) continue;
      plan_.held_back.push_back(
          {held.rule, held.subject, *held.word,
           statements.database == no_object ? "" : model_.object(statements.database).name,
           std::move(statements.sql), std::move(statements.edits)});
    }
    std::stable_sort(plan_.held_back.begin(), plan_.held_back.end(),
                     [](const auto& a, const auto& b) { return a.word.kind < b.word.kind; });
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
  const Auditor& auditor_;
  std::set<std::string> accepted_;
  std::vector<JudgedRemedy> held_;              // since the last round
  std::vector<JudgedRemedy> memberships_held_;  // ever
  Plan plan_;
};

}  // namespace

std::size_t Plan::statements() const {
  std::size_t count = system.size();
  for (const auto& section : sections) count += section.sql.size();
  return count;
}

Plan make_plan(const Cluster& cluster, const Auditor& auditor,
               const std::set<std::string>& accepted) {
  auto words = accepted;
  words.insert(auditor.policy().accepted.begin(), auditor.policy().accepted.end());
  Planner planner(cluster, auditor, std::move(words));
  auto before = auditor.audit(cluster);
  auto audit = before;
  auto stage = Stage::roles;
  for (int i = 0; i < most_rounds; ++i) {
    bool changed = planner.round(sorted_findings(audit), stage);
    // What is taken away anyway ends paths, too; what is given may open one.
    const bool settled = stage == Stage::taking || stage == Stage::giving;
    if (!changed && settled) changed = planner.cut_paths();
    if (changed) {
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
