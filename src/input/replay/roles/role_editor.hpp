#pragma once
// Statements about roles and memberships, done to a Cluster as the session's user does them to the
// server (user.c): what is refused there is refused here, with the server's words.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "input/replay/roles/before.hpp"
#include "input/sql/role_statement.hpp"
#include "model/cluster.hpp"
#include "pg/refused.hpp"
#include "privileges/memberships.hpp"

namespace pgleast {

class RoleEditor {
 public:
  explicit RoleEditor(Cluster& cluster);

  void apply(const CreateRole& s);
  void apply(const AlterRole& s);
  void apply(const RenameRole& s);
  void apply(const DropRole& s);
  void apply(const GrantRole& s);
  void apply(const RevokeRole& s);
  /// DROP OWNED, from version 16 on.
  void drop_memberships_granted_by(const std::vector<RoleId>& roles);
  /// ALTER ROLE ... SET. Throws Refused.
  void check_may_set(RoleId id) const;

  /// Throws Refused.
  RoleId named(const std::string& name) const;
  RoleId role_of(const RoleName& name) const;
  /// A value of password_encryption; none: the cluster's own.
  void encrypt_passwords_by(std::optional<std::string> method) { encryption_ = std::move(method); }
  /// What takes back what was done, the last first; the catalog's changes are among it.
  using Journal = std::vector<std::function<void()>>;
  Journal& journal() { return journal_; }
  void undo_to(std::size_t mark);
  /// Of the statement that is being done; the catalog's changes are among it.
  Before& before() { return before_; }
  bool is_granted(RoleId role, RoleId member) {
    return find(role, member, std::nullopt) != nullptr;
  }
  /// It was there once, or was to be: then one that is not there is certainly not.
  bool was_named(const std::string& name) const { return once_named_.contains(name); }
  /// Whether something that the model has no list or owner of needs a role.
  void ask_for_needed(std::function<bool(RoleId)> needed) { needed_ = std::move(needed); }
  /// Somebody set createrole_self_grant (16 and later).
  void forget_self_grant() { self_grant_unknown_ = true; }
  /// Who CURRENT_USER and SESSION_USER are; without it the bootstrap superuser.
  void run_as(RoleId current, RoleId session) {
    current_ = current;
    session_ = session;
  }

 private:
  bool is_16() const { return cluster_.major() >= 16; }
  std::vector<RoleId> roles_of(const std::vector<RoleName>& names) const;
  std::string quoted(RoleId role) const;
  PasswordKind kind_of(const NewPassword& password) const;
  void set_options(Role& role, const RoleOptions& options) const;
  static void check_options(const RoleOptions& options);
  void follow_inherit(RoleId member);

  // Who is no superuser (role_rights.cpp). Each throws Refused.
  bool has(RoleAttribute attribute) const { return pgleast::has(user(), attribute); }
  const Role& user() const { return cluster_.role(runner()); }
  bool manages(RoleId role) const;
  void need_own_attributes(const RoleOptions& options) const;
  void check_may_create(const RoleOptions& options) const;
  void check_may_alter(RoleId id, const RoleOptions& options, bool members) const;
  void check_may_alter_before_16(RoleId id, const RoleOptions& options, bool members) const;
  void check_may_drop_any() const;
  void check_may_drop(RoleId id) const;
  void check_may_rename(RoleId id) const;
  void grant_to_creator(RoleId id);

  // Memberships (role_memberships.cpp).
  void add_members(RoleId role, const std::vector<RoleId>& members,
                   const MembershipOptions& options, std::optional<RoleId> grantor);
  void add_member(RoleId role, RoleId member, const MembershipOptions& options, RoleId grantor);
  void check_member(RoleId role, RoleId member) const;
  bool is_superuser() const { return cluster_.role(runner()).superuser; }
  /// What it is a member of, itself first, the nearest first.
  std::vector<RoleId> groups_of(RoleId role, Closure closure) const;
  /// Who of these holds the ADMIN option of `role`; no_role: nobody.
  RoleId admin_among(const std::vector<RoleId>& members, RoleId role) const;
  bool is_admin(RoleId member, RoleId role) const;
  void check_may_administer(RoleId role, bool grants, std::optional<RoleId> grantor) const;
  RoleId grantor_of_user(RoleId role, std::optional<RoleId> grantor, bool grants) const;
  RoleId bootstrap_superuser() const;
  RoleId runner() const { return current_ == no_role ? bootstrap_superuser() : current_; }
  bool is_own(RoleId role) const { return role == runner() || role == session_; }
  RoleId checked_grantor(RoleId role, std::optional<RoleId> grantor) const;
  void check_not_back_to_grantor(RoleId role, const std::vector<RoleId>& members,
                                 RoleId grantor) const;
  /// Whether memberships were touched in a way that the same statement must not repeat.
  bool remove_members(RoleId role, const std::vector<RoleId>& members, const RevokeRole& how,
                      std::optional<RoleId> grantor);
  bool is_member(RoleId member, RoleId role) const;
  bool is_needed(RoleId role) const;
  void check_droppable(RoleId id, const std::vector<Membership>& left) const;
  void forget(RoleId id);
  Membership* find(RoleId role, RoleId member, std::optional<RoleId> grantor);
  /// Places in the cluster's memberships.
  struct Places {
    std::unordered_map<RoleId, std::vector<std::size_t>> of_role, of_member;
  };
  const Places& places() const;
  const std::vector<std::size_t>& of_role(RoleId role) const;
  const std::vector<std::size_t>& of_member(RoleId member) const;

  // What the journal takes back (role_journal.cpp).
  RoleId add_role(Role role);
  Role& edit_role(RoleId id);
  void rename(RoleId id, const std::string& name);
  void add_membership(const Membership& membership);
  Membership& edit_membership(Membership& membership);
  void replace_memberships(std::vector<Membership> left);
  /// A statement that is refused changes nothing.
  template <typename F>
  void all_or_nothing(const F& change) {
    const auto mark = journal_.size();
    try {
      change();
    } catch (...) {
      undo_to(mark);
      throw;
    }
  }

  Cluster& cluster_;
  std::unordered_map<std::string, RoleId> by_name_;
  std::optional<std::string> encryption_;
  RoleId current_ = no_role, session_ = no_role;
  std::function<bool(RoleId)> needed_ = [](RoleId) { return false; };
  std::uint32_t next_oid_ = first_oid_of_users;
  mutable std::optional<Places> places_;  // none: some went
  std::unordered_set<std::string> once_named_;
  Journal journal_;
  Before before_;
  bool self_grant_unknown_ = false;
};

}  // namespace pgleast
