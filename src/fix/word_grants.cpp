// Who stops when a grant or a membership is taken away.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "change/code_runs.hpp"
#include "change/loss.hpp"
#include "fix/statement.hpp"
#include "fix/take_back.hpp"
#include "fix/word_judge.hpp"
#include "pg/predefined_role.hpp"
#include "text/display.hpp"

namespace pgleast {

// The policy says what the role, or a group that it is in, must have: the rest it may lose.
bool Words::Judge::is_described(RoleId role) const {
  const auto [at, added] = described_.try_emplace(role, false);
  if (!added) return at->second;
  auto groups = facts_.graph().along_memberships(role, Closure::inherits);
  // Where it is not a member yet, it will be.
  for (const auto& entry : policy_.memberships) {
    const auto group = model_.find_role(entry.group);
    if (group && facts_.roles().matches(entry.require, role)) groups.insert(*group);
  }
  for (const auto& entry : policy_.grants) {
    for (const auto& name : entry.to) {
      const auto to = model_.find_role(name);
      if (to && groups.has(*to)) return at->second = true;
    }
  }
  return false;
}

// A role of a class or, where the policy has none, any that logs in. What a role of which the
// policy says what it needs has beyond that it may lose, but not by a cut of somebody else's path.
bool Words::Judge::may_be_using(RoleId role, const Finding& finding) const {
  const auto& r = model_.role(role);
  if (r.superuser || r.dropped || !r.login || is_reserved_role_name(r.name)) return false;
  const bool in_class = facts_.roles().class_of(role) != nullptr;
  if (is_check(finding, "model_access")) return in_class;
  if (is_of_a_path(finding)) return true;
  if (!policy_.classes.empty() && !in_class) return false;
  return !is_described(role);
}

bool Words::Judge::can_get_to(RoleId role, const Object& object) const {
  const auto holds = [&](ObjectId id, Privilege p) {
    return id == no_object || facts_.graph().held(role, model_.object(id)).privileges.has(p);
  };
  return holds(object.database, Privilege::connect) && holds(object.schema, Privilege::usage);
}

bool Words::Judge::has_made_something_in(RoleId role, ObjectId container) const {
  return std::any_of(model_.objects.begin(), model_.objects.end(), [&](const Object& object) {
    const bool inside = object.schema == container ||
                        (object.kind == ObjectKind::schema && object.database == container);
    return inside && object.owner == role && !object.system;
  });
}

Words::Judge::Lost Words::Judge::lost_by(const ChangePrivileges& r) {
  // On the object as a whole, and of a table on any column.
  const auto holders = [&](Privilege p) {
    const auto& object = model_.object(r.object);
    if (r.column) {
      const auto& column = model_.relation(object).columns[*r.column];
      auto of_column = matrix_.holders(object, column);
      return std::pair(of_column[p], RoleSet(model_.roles.size()));
    }
    const bool table = object.kind == ObjectKind::table;
    return std::pair(matrix_.holders(object, p),
                     table ? matrix_.holders_on_any(object, p) : RoleSet(model_.roles.size()));
  };
  std::map<Privilege, std::pair<RoleSet, RoleSet>> before;
  r.privileges.each([&](Privilege p) { before.emplace(p, holders(p)); });
  const auto lists = model_.acls.size();
  const auto take_back = kept_before(model_, r);
  enact(model_, r);
  Lost lost;
  for (auto& [privilege, was] : before) {
    const auto is = holders(privilege);
    for (const auto role : is.first.members()) was.first.erase(role);
    for (const auto role : is.second.members()) was.second.erase(role);
    was.first |= was.second;
    lost.emplace(privilege, std::move(was.first));
  }
  take_back();
  model_.acls.resize(lists);
  return lost;
}

std::vector<RoleId> Words::Judge::losing(const Lost& lost, PrivilegeSet of,
                                         const std::function<bool(RoleId)>& counts) const {
  RoleSet all(model_.roles.size());
  for (const auto& [privilege, roles] : lost) {
    if (of.has(privilege)) all |= roles;
  }
  std::vector<RoleId> result;
  for (const auto role : all.members()) {
    if (counts(role)) result.push_back(role);
  }
  return result;
}

const std::vector<Words::Judge::Need>* Words::Judge::needs_of(ObjectId object) {
  if (!needs_) {
    needs_.emplace();
    const ClusterState state(model_, "");
    each_code_run(state, [&](const CodeRun& run) {
      if (run.use.privileges.empty()) return;
      (*needs_)[run.use.object].push_back({run.of, run.name, run.use.privileges, run.roles});
    });
  }
  const auto found = needs_->find(object);
  return found == needs_->end() ? nullptr : &found->second;
}

// A view, a policy or a function that runs as somebody who loses what it needs.
std::optional<NeededWord> Words::Judge::stopped_code(const ChangePrivileges& r, const Lost& lost) {
  const auto* const needs = needs_of(r.object);
  if (needs == nullptr) return std::nullopt;
  for (const auto& need : *needs) {
    if (need.of == r.object) continue;
    const auto its = [&](RoleId id) { return need.roles.has(id); };
    for (const auto role : losing(lost, need.privileges, its)) {
      if (model_.role(role).superuser || model_.role(role).dropped) continue;
      const auto what =
          (need.name.empty() ? "" : need.name + " on ") + facts_.shown(model_.object(need.of));
      const auto needed = to_string(need.privileges & r.privileges);
      return word("privilege",
                  fmt::format("{} runs as {} and needs {} on {}", what, facts_.shown(role), needed,
                              facts_.shown(model_.object(r.object))));
    }
  }
  return std::nullopt;
}

std::optional<NeededWord> Words::Judge::needed(const Finding& finding, const ChangePrivileges& r) {
  if (r.grant) return std::nullopt;
  const auto lost = lost_by(r);
  const auto& object = model_.object(r.object);
  const auto shown = facts_.shown(object);
  const auto guarded = [&](RoleId role) { return may_be_using(role, finding); };
  const auto concerned = [&](RoleId role) {
    return std::find(finding.concerns.begin(), finding.concerns.end(), role) !=
           finding.concerns.end();
  };
  if (is_check(finding, "model_access")) {
    const auto others = losing(lost, every_privilege(),
                               [&](RoleId role) { return guarded(role) && !concerned(role); });
    if (others.empty()) return std::nullopt;
    return word("privilege", fmt::format("{} {} it by the same grant", names_of(others),
                                         others.size() == 1 ? "has" : "have"));
  }
  if (object.kind == ObjectKind::database) {
    const auto out = losing(lost, Privilege::connect, guarded);
    if (!out.empty()) {
      return word("login", fmt::format("{} cannot log in to {} any more", names_of(out), shown));
    }
  }
  if (auto code = stopped_code(r, lost)) return code;
  if (object.system || is_check(finding, "model_ceilings")) return std::nullopt;
  const auto of_data = PrivilegeSet(Privilege::select) | Privilege::insert | Privilege::update |
                       Privilege::delete_ | Privilege::truncate | Privilege::usage |
                       Privilege::temporary;
  const auto used = r.grantee == public_role || is_of_a_path(finding) ? of_data | Privilege::execute
                                                                      : PrivilegeSet();
  const auto users = losing(lost, used, [&](RoleId role) {
    if (!guarded(role) || !can_get_to(role, object)) return false;
    if (!is_of_a_path(finding) || !concerned(role)) return true;
    return !losing(lost, of_data, [&](RoleId id) { return id == role; }).empty();
  });
  if (!users.empty()) {
    return word("privilege", fmt::format("{} {} it by this grant alone", names_of(users),
                                         users.size() == 1 ? "has" : "have"));
  }
  const auto makers = losing(lost, Privilege::create, [&](RoleId role) {
    return guarded(role) && has_made_something_in(role, r.object);
  });
  if (makers.empty()) return std::nullopt;
  return word("privilege", fmt::format("{} {} made something in {}", names_of(makers),
                                       makers.size() == 1 ? "has" : "have", shown));
}

// Records of pg_hba.conf that take whoever is in a group.
std::optional<NeededWord> Words::Judge::of_group(const ChangeMembership& r) {
  for (const auto& record : model_.hba.records) {
    for (const auto& name : record.users) {
      if (name.quoted || !name.text.starts_with('+')) continue;
      const auto group = model_.find_role(name.text.substr(1));
      if (!group || !facts_.graph().reach(r.role, Closure::members).has(*group)) continue;
      return word("login", fmt::format("{}:{} takes the members of {}", displayed(record.at.file),
                                       record.at.line, facts_.shown(*group)));
    }
  }
  return std::nullopt;
}

std::optional<NeededWord> Words::Judge::needed(const Finding& finding, const ChangeMembership& r) {
  if (r.grant || (is_check(finding, "model_access") && policy_.classes.empty())) {
    return std::nullopt;
  }
  if (auto group = of_group(r)) return group;
  if (is_check(finding, "model_memberships")) return std::nullopt;
  static constexpr std::array<std::string_view, 3> of_the_machine{
      "pg_execute_server_program", "pg_read_server_files", "pg_write_server_files"};
  const auto& group = model_.role(r.role).name;
  std::vector<RoleId> users;
  for (const auto role : below(r.member)) {
    if (may_be_using(role, finding)) users.push_back(role);
  }
  const bool is_the_fault =
      std::find(of_the_machine.begin(), of_the_machine.end(), group) != of_the_machine.end();
  if (users.empty() || is_the_fault) return std::nullopt;
  const auto why = fmt::format("{} {} everything that {} has", names_of(users),
                               users.size() == 1 ? "loses" : "lose", facts_.shown(r.role));
  if (is_reserved_role_name(group)) return word("membership", why);
  const auto& groups = facts_.graph().along_memberships(r.role, Closure::inherits);
  const bool gives_something =
      std::any_of(model_.objects.begin(), model_.objects.end(), [&](const Object& object) {
        if (object.system) return false;
        if (groups.has(object.owner)) return true;
        const auto& list = model_.effective_acl(object);
        return std::any_of(list.begin(), list.end(), [&](const AclItem& item) {
          return item.grantee != public_role && groups.has(item.grantee);
        });
      });
  if (!gives_something) return std::nullopt;
  return word("membership", why);
}

}  // namespace pgleast
