// GRANT and REVOKE of roles: who may, as whose grant, and what hangs on it (user.c, AddRoleMems,
// DelRoleMems).
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "input/replay/roles/role_editor.hpp"
#include "model/bootstrap_superuser.hpp"
#include "pg/predefined_role.hpp"
#include "privileges/membership_revoke.hpp"

namespace pgleast {
namespace {

[[noreturn]] void deny_grantor(const std::string& name) {
  throw Refused(Condition::insufficient_privilege,
                fmt::format("permission denied to grant privileges as role `{}`", name), name);
}

MembershipRevoke::What revoked_of(const RevokeRole& how) {
  if (how.options.inherit) return MembershipRevoke::What::inherit;
  if (how.options.set) return MembershipRevoke::What::set;
  return how.options.admin ? MembershipRevoke::What::admin : MembershipRevoke::What::membership;
}

}  // namespace

const RoleEditor::Places& RoleEditor::places() const {
  if (places_) return *places_;
  auto& made = places_.emplace();
  for (std::size_t i = 0; i < cluster_.memberships.size(); ++i) {
    made.of_role[cluster_.memberships[i].role].push_back(i);
    made.of_member[cluster_.memberships[i].member].push_back(i);
  }
  return made;
}

const std::vector<std::size_t>& RoleEditor::of_role(RoleId role) const {
  static const std::vector<std::size_t> none;
  const auto found = places().of_role.find(role);
  return found == places().of_role.end() ? none : found->second;
}

const std::vector<std::size_t>& RoleEditor::of_member(RoleId member) const {
  static const std::vector<std::size_t> none;
  const auto found = places().of_member.find(member);
  return found == places().of_member.end() ? none : found->second;
}

/// Whatever the options of the memberships on the way (is_member_of_role_nosuper).
bool RoleEditor::is_member(RoleId member, RoleId role) const {
  if (member == role) return true;
  if (of_role(role).empty()) return false;
  std::vector<RoleId> open{member};
  std::unordered_set<RoleId> seen{member};
  while (!open.empty()) {
    const auto at = open.back();
    open.pop_back();
    for (const auto place : of_member(at)) {
      const auto group = cluster_.memberships[place].role;
      if (group == role) return true;
      if (seen.insert(group).second) open.push_back(group);
    }
  }
  return false;
}

Membership* RoleEditor::find(RoleId role, RoleId member, std::optional<RoleId> grantor) {
  const auto& a = of_role(role);
  const auto& b = of_member(member);
  for (const auto place : a.size() < b.size() ? a : b) {
    auto& m = cluster_.memberships[place];
    if (m.role == role && m.member == member && (!grantor || m.grantor == *grantor)) return &m;
  }
  return nullptr;
}

std::vector<RoleId> RoleEditor::groups_of(RoleId role, Closure closure) const {
  // Who owns a database administers nothing by it.
  return roles_reached(cluster_, role, closure, no_object);
}

RoleId RoleEditor::admin_among(const std::vector<RoleId>& members, RoleId role) const {
  for (const auto member : members) {
    for (const auto place : of_role(role)) {
      const auto& m = cluster_.memberships[place];
      if (m.member == member && m.admin) return member;
    }
  }
  return no_role;
}

// Before version 15 a session's own role administers itself.
bool RoleEditor::is_admin(RoleId member, RoleId role) const {
  if (cluster_.role(member).superuser) return true;
  if (member == role) return cluster_.major() < 15 && member == session_;
  return admin_among(groups_of(member, Closure::members), role) != no_role;
}

/// Throws Refused where the user may not change who is a member of `role` (user.c).
void RoleEditor::check_may_administer(RoleId role, bool grants,
                                      std::optional<RoleId> grantor) const {
  if (is_superuser()) return;
  const auto& name = cluster_.role_name(role);
  const bool by_attribute = !is_16() && cluster_.role(runner()).createrole;
  const auto who = is_16() ? runner() : grantor.value_or(runner());
  const bool may = !cluster_.role(role).superuser && (by_attribute || is_admin(who, role));
  if (!may) {
    throw Refused(Condition::insufficient_privilege,
                  is_16() ? fmt::format("permission denied to {} role `{}`",
                                        grants ? "grant" : "revoke", name)
                          : fmt::format("must have admin option on role `{}`", name),
                  name);
  }
  if (!is_16() && grantor && *grantor != runner()) {
    throw Refused(Condition::insufficient_privilege, "must be superuser to set grantor");
  }
}

/// From version 16 on, for a user that is no superuser (check_role_grantor).
RoleId RoleEditor::grantor_of_user(RoleId role, std::optional<RoleId> grantor, bool grants) const {
  const auto user = runner();
  if (!grantor) return admin_among(groups_of(user, Closure::inherits), role);
  const auto all = groups_of(user, Closure::inherits);
  const bool may = std::find(all.begin(), all.end(), *grantor) != all.end();
  const bool administers =
      *grantor != role && admin_among(groups_of(*grantor, Closure::inherits), role) == *grantor;
  if (!may || (grants && !administers)) {
    deny_grantor(cluster_.role_name(*grantor));
  }
  return *grantor;
}

RoleId RoleEditor::checked_grantor(RoleId role, std::optional<RoleId> grantor) const {
  // From version 16 on what a superuser grants is the bootstrap superuser's grant.
  if (is_16() && !is_superuser()) {
    const auto found = grantor_of_user(role, grantor, true);
    if (found == no_role) throw Refused(Condition::internal_error, "no possible grantors");
    return found;
  }
  const auto by_default = is_16() ? bootstrap_superuser() : runner();
  if (!grantor || *grantor == by_default || !is_16()) return grantor.value_or(by_default);
  if (*grantor == role || admin_among({*grantor}, role) == no_role) {
    deny_grantor(cluster_.role_name(*grantor));
  }
  return *grantor;
}

void RoleEditor::check_member(RoleId role, RoleId member) const {
  const auto& name = cluster_.role_name(member);
  if (cluster_.major() >= 14 && name == database_owner_role) {
    throw Refused(Condition::internal_error,
                  fmt::format("role `{}` cannot be a member of any role", name), name);
  }
  if (is_member(role, member)) {
    throw Refused(Condition::invalid_grant_operation,
                  fmt::format("role {} is a member of role {}", quoted(role), quoted(member)),
                  name);
  }
}

void RoleEditor::check_not_back_to_grantor(RoleId role, const std::vector<RoleId>& members,
                                           RoleId grantor) const {
  if (is_bootstrap_superuser(cluster_.role(grantor))) return;
  const std::string message = "ADMIN option cannot be granted back to your own grantor";
  MembershipRevoke plan(cluster_.memberships, role, cluster_.major());
  for (const auto member : members) {
    if (is_bootstrap_superuser(cluster_.role(member))) {
      throw Refused(Condition::invalid_grant_operation, message);
    }
    plan.revoke_all_of(member);
  }
  if (!plan.keeps_admin(grantor)) throw Refused(Condition::invalid_grant_operation, message);
}

void RoleEditor::add_members(RoleId role, const std::vector<RoleId>& members,
                             const MembershipOptions& options, std::optional<RoleId> by) {
  if (members.empty()) return;
  const auto name = cluster_.role_name(role);
  if (cluster_.major() >= 14 && name == database_owner_role) {
    throw Refused(Condition::internal_error,
                  fmt::format("role `{}` cannot have explicit members", name), name);
  }
  check_may_administer(role, true, by);
  const auto grantor = checked_grantor(role, by);
  if (is_16()) {
    for (const auto member : members) check_member(role, member);
    if (options.admin == true) check_not_back_to_grantor(role, members, grantor);
  }
  for (const auto member : members) {
    if (!is_16()) check_member(role, member);
    add_member(role, member, options, grantor);
  }
}

void RoleEditor::add_member(RoleId role, RoleId member, const MembershipOptions& options,
                            RoleId grantor) {
  auto* const held = find(role, member, is_16() ? std::optional<RoleId>(grantor) : std::nullopt);
  if (held == nullptr) {
    add_membership({role, member, grantor, options.admin.value_or(false),
                    options.inherit.value_or(cluster_.role(member).inherit),
                    options.set.value_or(true)});
  } else if (is_16()) {
    const auto old = edit_membership(*held);
    held->admin = options.admin.value_or(held->admin);
    held->inherit = options.inherit.value_or(held->inherit);
    held->set = options.set.value_or(held->set);
    const bool raised =
        held->admin > old.admin || held->inherit > old.inherit || held->set > old.set;
    before_.memberships.push_back({role, member, raised});
  } else if (options.admin == true && !held->admin) {
    edit_membership(*held);
    held->admin = true;
    held->grantor = grantor;
    before_.memberships.push_back({role, member, true});
  }
}

bool RoleEditor::remove_members(RoleId role, const std::vector<RoleId>& members,
                                const RevokeRole& how, std::optional<RoleId> by) {
  check_may_administer(role, false, by);
  auto grantor = no_role;  // before 16 whoever it was
  if (is_16() && is_superuser()) grantor = by.value_or(bootstrap_superuser());
  if (is_16() && !is_superuser()) {
    grantor = grantor_of_user(role, by, false);
    if (grantor == no_role) throw Refused(Condition::internal_error, "no possible grantors");
  }
  MembershipRevoke plan(cluster_.memberships, role, cluster_.major());
  for (const auto member : members) plan.revoke(member, grantor, revoked_of(how), how.cascade);
  auto left = cluster_.memberships;
  plan.carry_out(left);
  replace_memberships(std::move(left));
  return is_16() && plan.touches_any();
}

void RoleEditor::apply(const GrantRole& s) {
  all_or_nothing([&] {
    const auto grantor = s.grantor ? std::optional(role_of(*s.grantor)) : std::nullopt;
    const auto members = roles_of(s.members);
    for (const auto& role : s.roles) add_members(named(role), members, s.options, grantor);
  });
}

void RoleEditor::apply(const RevokeRole& s) {
  all_or_nothing([&] {
    const auto grantor = s.grantor ? std::optional(role_of(*s.grantor)) : std::nullopt;
    const auto members = roles_of(s.members);
    std::vector<RoleId> touched;
    for (const auto& name : s.roles) {
      const auto role = named(name);
      // From version 16 on a role that is named twice trips the server over its own changes.
      if (std::find(touched.begin(), touched.end(), role) != touched.end()) {
        throw Refused(Condition::internal_error, "tuple already updated by self", name);
      }
      if (remove_members(role, members, s, grantor)) touched.push_back(role);
    }
  });
}

void RoleEditor::drop_memberships_granted_by(const std::vector<RoleId>& roles) {
  auto left = cluster_.memberships;
  std::erase_if(left, [&](const Membership& m) {
    return std::find(roles.begin(), roles.end(), m.grantor) != roles.end();
  });
  replace_memberships(std::move(left));
}

}  // namespace pgleast
