#include "fix/take_back.hpp"

#include <utility>
#include <variant>
#include <vector>

#include "fix/config_edit.hpp"

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
}  // namespace

std::function<void()> kept_before(Cluster& model, const ChangePrivileges& r) {
  return saved_object(model, r.object);
}
std::function<void()> kept_before(Cluster& model, const ChangeMembership&) {
  return keep(model.memberships);
}
std::function<void()> kept_before(Cluster& model, const ChangeAttribute& r) {
  auto role = keep(model.roles[index(r.role)]);
  if (r.attribute != RoleAttribute::inherit) return role;
  auto memberships = keep(model.memberships);
  return [role = std::move(role), memberships = std::move(memberships)] {
    role();
    memberships();
  };
}
std::function<void()> kept_before(Cluster& model, const ChangeConnectionLimit& r) {
  return keep(model.roles[index(r.role)]);
}
std::function<void()> kept_before(Cluster& model, const ChangeOwner& r) {
  std::vector<TakeBack> all;
  for (const auto id : owned_with(model, r.object)) all.push_back(saved_object(model, id));
  return [all = std::move(all)] {
    for (const auto& take_back : all) take_back();
  };
}
std::function<void()> kept_before(Cluster& model, const PinSearchPath& r) {
  return keep(model.functions[model.object(r.function).detail].config);
}
std::function<void()> kept_before(Cluster& model, const EnableRowSecurity& r) {
  return keep(model.relations[model.object(r.table).detail]);
}
std::function<void()> kept_before(Cluster& model, const ChangeDefaultPrivileges&) {
  return keep(model.default_acls);
}
std::function<void()> kept_before(Cluster& model, const ResetStored&) {
  return keep(model.role_settings);
}
std::function<void()> kept_before(Cluster& model, const ChangeSetting&) {
  auto files = keep(model.files);
  auto settings = keep(model.settings);
  return [files = std::move(files), settings = std::move(settings)] {
    files();
    settings();
  };
}

Statements applied(Cluster& model, const Remedy& remedy) {
  return std::visit(
      [&]<typename R>(const R& r) {
        if constexpr (edits_a_record<R>) {
          HbaEdits edits;
          edits.add(r);
          Statements result;
          result.edits = edits.apply(model);
          return result;
        } else {
          return enact(model, r);
        }
      },
      remedy);
}

Statements tried(Cluster& model, const Remedy& remedy) {
  return std::visit(
      [&]<typename R>(const R& r) {
        if constexpr (edits_a_record<R>) {
          HbaEdits edits;
          edits.add(r);
          Statements result;
          result.edits = edits.preview(model);
          return result;
        } else {
          const auto lists = model.acls.size();
          const auto take_back = kept_before(model, r);
          auto result = enact(model, r);
          take_back();
          model.acls.resize(lists);
          return result;
        }
      },
      remedy);
}

}  // namespace pgleast
