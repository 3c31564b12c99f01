// CREATE, ALTER and DROP ROLE, and when the server refuses them (user.c). Memberships are in
// role_memberships.cpp, who is no superuser in role_rights.cpp.
#include "input/replay/roles/role_editor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "input/replay/roles/shared_name.hpp"
#include "input/replay/roles/undecidable.hpp"
#include "model/bootstrap_superuser.hpp"
#include "pg/predefined_role.hpp"

namespace pgleast {

RoleEditor::RoleEditor(Cluster& cluster) : cluster_(cluster) {
  for (std::uint32_t i = 0; i < cluster_.roles.size(); ++i) {
    if (!cluster_.roles[i].dropped) by_name_.emplace(cluster_.roles[i].name, RoleId{i});
    next_oid_ = std::max(next_oid_, cluster_.roles[i].oid + 1);
  }
}

RoleId RoleEditor::named(const std::string& name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) throw Refused::missing_role(name);
  return found->second;
}

RoleId RoleEditor::role_of(const RoleName& name) const {
  if (name.kind == RoleName::Kind::name) return named(name.name);
  if (name.kind == RoleName::Kind::everyone) {
    throw Refused(Condition::undefined_object, "role `public` does not exist");
  }
  if (name.kind == RoleName::Kind::session_user && session_ != no_role) return session_;
  return runner();
}

RoleId RoleEditor::bootstrap_superuser() const {
  const auto known = pgleast::bootstrap_superuser(cluster_);
  if (known == no_role) throw Undecidable{"it is not known who runs the script"};
  return known;
}

std::vector<RoleId> RoleEditor::roles_of(const std::vector<RoleName>& names) const {
  std::vector<RoleId> result;
  for (const auto& name : names) result.push_back(role_of(name));
  return result;
}

std::string RoleEditor::quoted(RoleId role) const {
  return fmt::format("`{}`", cluster_.role_name(role));
}

void RoleEditor::check_options(const RoleOptions& options) {
  if (options.conflicting) {
    throw Refused(Condition::syntax_error, "conflicting or redundant options");
  }
  const auto limit = options.connection_limit.value_or(-1);
  if (limit < -1) {
    throw Refused(Condition::invalid_parameter_value,
                  fmt::format("invalid connection limit: {}", limit));
  }
}

void RoleEditor::set_options(Role& role, const RoleOptions& options) const {
  for (const auto& attribute : role_attributes) {
    const auto value = options.attributes[static_cast<std::size_t>(attribute.attribute)];
    if (value) set(role, attribute.attribute, *value);
  }
  if (options.connection_limit) {
    role.connection_limit = static_cast<std::int32_t>(*options.connection_limit);
  }
  if (options.valid_until) role.valid_until = *options.valid_until;
  if (options.password) role.password = kind_of(*options.password);
}

// Before version 16 a member inherits by its own attribute, whenever that changes.
void RoleEditor::follow_inherit(RoleId member) {
  if (is_16()) return;
  for (const auto place : of_member(member)) {
    auto& m = cluster_.memberships[place];
    if (m.inherit != cluster_.role(member).inherit) {
      edit_membership(m).inherit = cluster_.role(member).inherit;
    }
  }
}

void RoleEditor::apply(const CreateRole& s) {
  check_shared_name("role", s.name, cluster_.major());
  check_options(s.options);
  if (is_reserved_role_name(s.name)) {
    throw Refused(Condition::reserved_name, fmt::format("role name `{}` is reserved", s.name),
                  s.name);
  }
  if (by_name_.contains(s.name)) {
    throw Refused(Condition::duplicate_object, fmt::format("role `{}` already exists", s.name),
                  s.name);
  }
  check_may_create(s.options);
  Role role;
  role.name = s.name;
  role.password = PasswordKind::none;
  set_options(role, s.options);
  all_or_nothing([&] {
    const auto id = add_role(role);
    for (const auto& group : s.options.groups) add_members(role_of(group), {id}, {}, std::nullopt);
    grant_to_creator(id);
    // The order decides what is complained of first.
    if (is_16()) add_members(id, roles_of(s.options.members), {}, std::nullopt);
    add_members(id, roles_of(s.options.admins), {true, {}, {}}, std::nullopt);
    if (!is_16()) add_members(id, roles_of(s.options.members), {}, std::nullopt);
  });
  once_named_.insert(s.name);
}

void RoleEditor::apply(const AlterRole& s) {
  if (s.role.kind == RoleName::Kind::name && is_reserved_role_name(s.role.name)) {
    throw Refused(Condition::reserved_name, fmt::format("role name `{}` is reserved", s.role.name),
                  s.role.name);
  }
  check_options(s.options);
  const auto id = role_of(s.role);
  const auto superuser = s.options.attributes[static_cast<std::size_t>(RoleAttribute::superuser)];
  if (is_16() && is_bootstrap_superuser(cluster_.role(id)) && superuser == false) {
    throw Refused(Condition::insufficient_privilege, "permission denied to alter role");
  }
  check_may_alter(id, s.options, !s.options.members.empty());
  const auto members = roles_of(s.options.members);
  if (s.removes_members) {
    remove_members(id, members, {}, std::nullopt);
  } else {
    all_or_nothing([&] { add_members(id, members, {}, std::nullopt); });
  }
  set_options(edit_role(id), s.options);
  follow_inherit(id);
}

void RoleEditor::apply(const RenameRole& s) {
  check_shared_name("role", s.to, cluster_.major());
  const auto id = named(s.from);
  if (id == session_ || (session_ == no_role && is_bootstrap_superuser(cluster_.role(id)))) {
    throw Refused(Condition::feature_not_supported, "session user cannot be renamed", s.from);
  }
  if (id == current_) {
    throw Refused(Condition::feature_not_supported, "current user cannot be renamed", s.from);
  }
  for (const auto& name : {s.from, s.to}) {
    if (is_reserved_role_name(name)) {
      throw Refused(Condition::reserved_name, fmt::format("role name `{}` is reserved", name),
                    name);
    }
  }
  if (by_name_.contains(s.to)) {
    throw Refused(Condition::duplicate_object, fmt::format("role `{}` already exists", s.to), s.to);
  }
  check_may_rename(id);
  rename(id, s.to);
  once_named_.insert(s.to);
  auto& role = edit_role(id);
  role.name = s.to;
  // The name is part of what was hashed.
  if (role.password == PasswordKind::md5) role.password = PasswordKind::none;
}

/// Whether something but memberships depends on the role, as far as is known.
bool RoleEditor::is_needed(RoleId role) const {
  const auto in_list = [&](AclId id) {
    if (id == null_acl) return false;
    const auto& acl = cluster_.acls[index(id)];
    return std::any_of(acl.begin(), acl.end(), [&](const AclItem& item) {
      return item.grantee == role || item.grantor == role;
    });
  };
  for (const auto& o : cluster_.objects) {
    if (o.owner == role || in_list(o.acl)) return true;
  }
  for (const auto& r : cluster_.relations) {
    if (std::any_of(r.columns.begin(), r.columns.end(),
                    [&](const Column& c) { return in_list(c.acl); })) {
      return true;
    }
  }
  for (const auto& d : cluster_.default_acls) {
    if (d.creator == role || in_list(d.acl)) return true;
  }
  for (const auto& p : cluster_.row_policies) {
    if (std::find(p.roles.begin(), p.roles.end(), role) != p.roles.end()) return true;
  }
  return needed_(role);
}

/// Of the memberships only those count that would be left.
void RoleEditor::check_droppable(RoleId id, const std::vector<Membership>& left) const {
  const auto& role = cluster_.role(id);
  if (role.oid < first_oid_of_users) {
    throw Refused(
        Condition::dependent_objects_still_exist,
        fmt::format("cannot drop role {} because it is required by the database system", role.name),
        role.name);
  }
  const bool granted = is_16() && std::any_of(left.begin(), left.end(),
                                              [&](const Membership& m) { return m.grantor == id; });
  if (granted || is_needed(id)) {
    throw Refused(
        Condition::dependent_objects_still_exist,
        fmt::format("role {} cannot be dropped because some objects depend on it", quoted(id)),
        role.name);
  }
}

// Before version 16 one role after the other is looked up and dropped.
void RoleEditor::apply(const DropRole& s) {
  check_may_drop_any();
  std::vector<RoleId> dropped;
  auto left = cluster_.memberships;
  for (const auto& name : s.roles) {
    if (name.kind != RoleName::Kind::name) {
      throw Refused(Condition::invalid_parameter_value,
                    "cannot use special role specifier in DROP ROLE");
    }
    if (s.if_exists && !by_name_.contains(name.name)) continue;
    const auto id = named(name.name);
    if (id == runner()) {
      throw Refused(Condition::object_in_use, "current user cannot be dropped", name.name);
    }
    if (is_own(id)) {
      throw Refused(Condition::object_in_use, "session user cannot be dropped", name.name);
    }
    check_may_drop(id);
    if (std::find(dropped.begin(), dropped.end(), id) != dropped.end()) {
      if (is_16() || s.if_exists) continue;
      throw Refused::missing_role(name.name);
    }
    dropped.push_back(id);
    std::erase_if(left, [&](const Membership& m) { return m.role == id || m.member == id; });
    if (!is_16()) check_droppable(id, left);
  }
  if (is_16()) {
    for (const auto id : dropped) check_droppable(id, left);
  }
  replace_memberships(std::move(left));
  for (const auto id : dropped) forget(id);
}

/// Access lists and grantors keep its number.
void RoleEditor::forget(RoleId id) {
  auto& settings = cluster_.role_settings;
  const auto own = [&](const RoleSetting& r) { return r.role == id; };
  if (std::any_of(settings.begin(), settings.end(), own)) {
    if (!before_.role_settings) before_.role_settings = settings;
    journal_.push_back([this, old = settings] { cluster_.role_settings = old; });
    std::erase_if(settings, own);
  }
  rename(id, "");
  auto& role = edit_role(id);
  Role gone;
  gone.oid = role.oid;
  gone.name = std::to_string(role.oid);
  gone.dropped = true;
  role = std::move(gone);
}

}  // namespace pgleast
