#include "fix/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>

#include "pg/identifier.hpp"

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

template <typename T>
constexpr bool edits_a_record = std::is_same_v<T, EditRecord> || std::is_same_v<T, InsertRecord> ||
                                std::is_same_v<T, DisableRecord>;

// A value set by ALTER SYSTEM is changed the same way; so is one whose file is not at hand.
bool needs_alter_system(const Cluster& model, const ChangeSetting& change) {
  const auto* const setting = model.find_setting(change.name);
  if (setting != nullptr && setting->file.ends_with("postgresql.auto.conf")) return true;
  const bool has_text = std::any_of(model.files.begin(), model.files.end(),
                                    [](const auto& f) { return f.kind == ConfigKind::conf; });
  return !has_text && !model.server.empty();
}

Statements alter_system(Cluster& model, const ChangeSetting& change) {
  Statements result;
  result.outside_transaction = true;
  const auto name = quote_identifier(change.name);
  result.sql.push_back(fmt::format("ALTER SYSTEM SET {} = {};", name, quote_literal(change.value)));
  for (auto& setting : model.settings) {
    if (setting.name != change.name) continue;
    const bool was_system = setting.file.ends_with("postgresql.auto.conf");
    result.undo.push_back(was_system ? fmt::format("ALTER SYSTEM SET {} = {};", name,
                                                   quote_literal(setting.value))
                                     : fmt::format("ALTER SYSTEM RESET {};", name));
    setting.value = change.value;
    setting.file = "postgresql.auto.conf";
  }
  return result;
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
    } else if constexpr (std::is_same_v<R, ChangeSetting>) {
      if (!needs_alter_system(model_, remedy)) return !edit_setting(model_, remedy).empty();
      const auto statements = alter_system(model_, remedy);
      plan_.system.insert(plan_.system.end(), statements.sql.begin(), statements.sql.end());
      plan_.system_undo.insert(plan_.system_undo.end(), statements.undo.begin(),
                               statements.undo.end());
      return true;
    } else {
      return add(enact(model_, remedy));
    }
  }

  bool add(const Statements& statements) {
    if (statements.sql.empty()) return false;
    const auto database = statements.database == no_object
                              ? std::string()
                              : model_.object(statements.database).name;
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

FindingFix fix_of(const Cluster& cluster, const Finding& finding) {
  FindingFix fix;
  Cluster model = cluster;
  HbaEdits edits;
  const auto add = [&](const Statements& statements) {
    fix.sql.insert(fix.sql.end(), statements.sql.begin(), statements.sql.end());
    fix.undo.insert(fix.undo.begin(), statements.undo.begin(), statements.undo.end());
  };
  for (const auto& remedy : finding.remedies) {
    std::visit(
        [&](const auto& r) {
          using R = std::decay_t<decltype(r)>;
          if constexpr (edits_a_record<R>) {
            edits.add(r);
          } else if constexpr (std::is_same_v<R, ChangeSetting>) {
            if (needs_alter_system(model, r)) {
              add(alter_system(model, r));
            } else {
              const auto changed = edit_setting(model, r);
              fix.edits.insert(fix.edits.end(), changed.begin(), changed.end());
            }
          } else {
            add(enact(model, r));
          }
        },
        remedy);
  }
  const auto changed = edits.apply(model);
  fix.edits.insert(fix.edits.end(), changed.begin(), changed.end());
  return fix;
}

}  // namespace pgleast
