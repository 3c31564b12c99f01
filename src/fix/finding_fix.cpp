#include "fix/finding_fix.hpp"

#include <functional>
#include <type_traits>
#include <utility>

#include "fix/statement.hpp"

namespace pgleast {
namespace {

using TakeBack = std::function<void()>;

template <typename T>
TakeBack keep(T& value) {
  return [&value, old = value] { value = old; };
}

// What enacting a remedy may change, as it was. References stay good: nothing is added to
// the vectors that they point into.
TakeBack saved_object(Cluster& model, ObjectId id) {
  auto& object = model.objects[index(id)];
  auto whole = keep(object);
  if (object.kind != ObjectKind::table) return whole;
  auto columns = keep(model.relations[object.detail].columns);
  return [whole = std::move(whole), columns = std::move(columns)] {
    whole();
    columns();
  };
}
TakeBack saved(Cluster& model, const ChangePrivileges& r) { return saved_object(model, r.object); }
TakeBack saved(Cluster& model, const ChangeMembership&) { return keep(model.memberships); }
TakeBack saved(Cluster& model, const ChangeAttribute& r) {
  auto role = keep(model.roles[index(r.role)]);
  auto memberships = keep(model.memberships);
  return [role = std::move(role), memberships = std::move(memberships)] {
    role();
    memberships();
  };
}
TakeBack saved(Cluster& model, const ChangeConnectionLimit& r) {
  return keep(model.roles[index(r.role)]);
}
TakeBack saved(Cluster& model, const ChangeOwner& r) {
  std::vector<TakeBack> all;
  for (const auto id : owned_with(model, r.object)) all.push_back(saved_object(model, id));
  return [all = std::move(all)] {
    for (const auto& take_back : all) take_back();
  };
}
TakeBack saved(Cluster& model, const PinSearchPath& r) {
  return keep(model.functions[model.object(r.function).detail].config);
}
TakeBack saved(Cluster& model, const EnableRowSecurity& r) {
  return keep(model.relations[model.object(r.table).detail]);
}
TakeBack saved(Cluster& model, const ChangeDefaultPrivileges&) { return keep(model.default_acls); }
TakeBack saved(Cluster& model, const ResetStored&) { return keep(model.role_settings); }
TakeBack saved(Cluster& model, const ChangeSetting&) {
  auto files = keep(model.files);
  auto settings = keep(model.settings);
  return [files = std::move(files), settings = std::move(settings)] {
    files();
    settings();
  };
}

FindingFix fix_of(Cluster& model, const Finding& finding) {
  FindingFix fix;
  HbaEdits edits;
  std::vector<TakeBack> changed;
  for (const auto& remedy : finding.remedies) {
    std::visit(
        [&](const auto& r) {
          if constexpr (edits_a_record<std::decay_t<decltype(r)>>) {
            edits.add(r);
          } else {
            changed.push_back(saved(model, r));
            const auto statements = enact(model, r);
            fix.sql.insert(fix.sql.end(), statements.sql.begin(), statements.sql.end());
            fix.undo.insert(fix.undo.begin(), statements.undo.begin(), statements.undo.end());
            fix.edits.insert(fix.edits.end(), statements.edits.begin(), statements.edits.end());
          }
        },
        remedy);
  }
  for (auto take_back = changed.rbegin(); take_back != changed.rend(); ++take_back) (*take_back)();
  const auto lines = edits.preview(model);
  fix.edits.insert(fix.edits.end(), lines.begin(), lines.end());
  return fix;
}

}  // namespace

std::vector<FixedFinding> findings_with_fixes(Cluster& model, const Audit& audit) {
  std::vector<FixedFinding> result;
  for (auto& finding : sorted_findings(audit)) {
    auto fix = fix_of(model, finding);
    result.push_back({std::move(finding), std::move(fix)});
  }
  return result;
}

}  // namespace pgleast
