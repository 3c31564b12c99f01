#pragma once
// Which roles a role is a member of, inherits from, or may become, along memberships alone, or,
// with the memberships the other way round, which roles are a member of it.
//
//   app_user -> grp -> deep     sets: {app_user, grp, deep}, {grp, deep}, {deep}

#include <cstdint>
#include <vector>

#include "privileges/role_set.hpp"

namespace pgleast {

class MembershipClosure {
 public:
  /// After so many questions about one role the rest is found at once.
  explicit MembershipClosure(std::size_t roles, std::size_t one_by_one = 16)
      : one_by_one_(one_by_one), above_(roles), sets_(roles) {}

  void add(RoleId member, RoleId group) { above_[index(member)].push_back(group); }
  /// The role itself included. Throws Error where all sets together get too large: chains of tens
  /// of thousands of roles.
  const RoleSet& of(RoleId role) const;
  const std::vector<RoleId>& groups(RoleId role) const { return above_[index(role)]; }

 private:
  void find_one(RoleId role) const;
  void find_all() const;
  void keep(RoleId role, RoleSet set) const;

  std::size_t one_by_one_;
  std::vector<std::vector<RoleId>> above_;  // by member
  mutable std::vector<RoleSet> sets_;       // empty: not asked for yet
  mutable std::size_t asked_ = 0;
  mutable std::size_t kept_ = 0;  // in all sets
};

}  // namespace pgleast
