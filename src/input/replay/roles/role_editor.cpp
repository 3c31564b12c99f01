// What the server does about roles and memberships, and when it refuses (user.c).
#include "input/replay/roles/role_editor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <limits>
#include <utility>

#include "input/replay/roles/shared_name.hpp"
#include "input/replay/roles/undecidable.hpp"
#include "model/bootstrap_superuser.hpp"
#include "pg/predefined_role.hpp"
#include "pg/setting_table.hpp"
#include "privileges/membership_revoke.hpp"

namespace pgleast {
namespace {

bool is_base64(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '/' || c == '=';
  });
}

bool is_md5_hash(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  return text.size() == 35 && text.starts_with("md5") &&
         text.find_first_not_of(digits, 3) == std::string_view::npos;
}

// SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>
bool is_scram_secret(std::string_view text) {
  constexpr std::string_view scheme = "SCRAM-SHA-256$";
  if (!text.starts_with(scheme)) return false;
  text.remove_prefix(scheme.size());
  const auto salt = text.find(':');
  const auto stored = text.find('$');
  if (stored == std::string_view::npos || salt > stored) return false;
  const auto server = text.find(':', stored);
  const auto iterations = text.substr(0, salt);
  return server == stored + 45 && text.size() == server + 45 && !iterations.empty() &&
         iterations.find_first_not_of("0123456789") == std::string_view::npos &&
         is_base64(text.substr(salt + 1, stored - salt - 1)) &&
         is_base64(text.substr(stored + 1, 44)) && is_base64(text.substr(server + 1));
}

}  // namespace

RoleEditor::RoleEditor(Cluster& cluster) : cluster_(cluster) {
  for (std::uint32_t i = 0; i < cluster_.roles.size(); ++i) {
    if (!cluster_.roles[i].dropped) by_name_.emplace(cluster_.roles[i].name, RoleId{i});
    next_oid_ = std::max(next_oid_, cluster_.roles[i].oid + 1);
  }
}

// --- The journal --------------------------------------------------------------------------------

void RoleEditor::undo_to(std::size_t mark) {
  while (journal_.size() > mark) {
    journal_.back()();
    journal_.pop_back();
  }
}

/// A statement that is refused changes nothing.
template <typename F>
void RoleEditor::all_or_nothing(const F& change) {
  const auto mark = journal_.size();
  try {
    change();
  } catch (...) {
    undo_to(mark);
    throw;
  }
}

RoleId RoleEditor::add_role(Role role) {
  role.oid = next_oid_++;
  const auto id = RoleId{static_cast<std::uint32_t>(cluster_.roles.size())};
  by_name_.emplace(role.name, id);
  cluster_.roles.push_back(std::move(role));
  journal_.push_back([this] {
    by_name_.erase(cluster_.roles.back().name);
    next_oid_ = cluster_.roles.back().oid;
    cluster_.roles.pop_back();
  });
  return id;
}

Role& RoleEditor::edit_role(RoleId id) {
  auto& role = cluster_.roles[index(id)];
  journal_.push_back([this, id, old = role] { cluster_.roles[index(id)] = old; });
  return role;
}

void RoleEditor::rename(RoleId id, const std::string& name) {
  const auto move = [this, id](const std::string& from, const std::string& to) {
    by_name_.erase(from);
    if (!to.empty()) by_name_.emplace(to, id);
  };
  const auto old = cluster_.role_name(id);
  move(old, name);
  journal_.push_back([this, id, old, name] {
    if (!name.empty()) by_name_.erase(name);
    by_name_.emplace(old, id);
  });
  once_named_.insert(old);
}

void RoleEditor::add_membership(const Membership& membership) {
  const auto place = cluster_.memberships.size();
  if (places_) {
    places_->of_role[membership.role].push_back(place);
    places_->of_member[membership.member].push_back(place);
  }
  cluster_.memberships.push_back(membership);
  journal_.push_back([this] {
    const auto& last = cluster_.memberships.back();
    if (places_) {
      places_->of_role[last.role].pop_back();
      places_->of_member[last.member].pop_back();
    }
    cluster_.memberships.pop_back();
  });
}

Membership& RoleEditor::edit_membership(Membership& membership) {
  const auto place = static_cast<std::size_t>(&membership - cluster_.memberships.data());
  journal_.push_back([this, place, old = membership] { cluster_.memberships[place] = old; });
  return membership;
}

/// The journal keeps what differs: a transaction may take away one after the other.
void RoleEditor::replace_memberships(std::vector<Membership> left) {
  auto& all = cluster_.memberships;
  const auto [from, new_from] = std::mismatch(all.begin(), all.end(), left.begin(), left.end());
  if (from == all.end() && new_from == left.end()) return;
  const auto [to, new_to] = std::mismatch(all.rbegin(), std::make_reverse_iterator(from),
                                          left.rbegin(), std::make_reverse_iterator(new_from));
  journal_.push_back([this, place = from - all.begin(), added = new_to.base() - new_from,
                      old = std::vector<Membership>(from, to.base())] {
    auto& now = cluster_.memberships;
    const auto at = now.erase(now.begin() + place, now.begin() + place + added);
    now.insert(at, old.begin(), old.end());
    places_.reset();
  });
  all = std::move(left);
  places_.reset();
}

void RoleEditor::drop_memberships_granted_by(const std::vector<RoleId>& roles) {
  auto left = cluster_.memberships;
  std::erase_if(left, [&](const Membership& m) {
    return std::find(roles.begin(), roles.end(), m.grantor) != roles.end();
  });
  replace_memberships(std::move(left));
}

// --- What is asked ------------------------------------------------------------------------------

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

PasswordKind RoleEditor::kind_of(const NewPassword& password) const {
  if (!password.is_known) return PasswordKind::unseen;
  if (password.is_null || password.text.empty()) return PasswordKind::none;
  if (is_md5_hash(password.text)) return PasswordKind::md5;
  if (is_scram_secret(password.text)) return PasswordKind::scram_sha_256;
  std::string method;
  const auto* const setting = cluster_.find_setting("password_encryption");
  if (encryption_) {
    method = *encryption_;
  } else if (setting != nullptr) {
    method = setting->value;
  } else if (const auto* info = find_setting_info("password_encryption", cluster_.major())) {
    method = info->boot_value;
  }
  return setting_key(method) == "scram-sha-256" ? PasswordKind::scram_sha_256 : PasswordKind::md5;
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

// --- Memberships --------------------------------------------------------------------------------

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
    throw Refused(Condition::insufficient_privilege,
                  fmt::format("permission denied to grant privileges as role {}", quoted(*grantor)),
                  cluster_.role_name(*grantor));
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
    throw Refused(Condition::insufficient_privilege,
                  fmt::format("permission denied to grant privileges as role {}", quoted(*grantor)),
                  cluster_.role_name(*grantor));
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
    edit_membership(*held);
    held->admin = options.admin.value_or(held->admin);
    held->inherit = options.inherit.value_or(held->inherit);
    held->set = options.set.value_or(held->set);
  } else if (options.admin == true && !held->admin) {
    edit_membership(*held);
    held->admin = true;
    held->grantor = grantor;
  }
}

namespace {

MembershipRevoke::What revoked_of(const RevokeRole& how) {
  if (how.options.inherit) return MembershipRevoke::What::inherit;
  if (how.options.set) return MembershipRevoke::What::set;
  return how.options.admin ? MembershipRevoke::What::admin : MembershipRevoke::What::membership;
}

}  // namespace

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

}  // namespace pgleast
