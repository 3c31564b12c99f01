#pragma once
// What becomes of the memberships of one role when some are revoked (user.c, DelRoleMems,
// plan_recursive_revoke):
//
//   REVOKE readers FROM app GRANTED BY admin CASCADE;
//
// From version 16 on a membership is its grantor's, and when its member administers the role no
// more, what the member granted goes with it. Before, there is one for each member, whoever
// granted it, and nothing hangs on it.

#include <cstdint>
#include <vector>

#include "model/cluster.hpp"

namespace pgleast {

class MembershipRevoke {
 public:
  /// The membership, or one of its options alone.
  enum class What : std::uint8_t { membership, admin, inherit, set };

  MembershipRevoke(const std::vector<Membership>& all, RoleId role, int major);

  /// That of `member` by `grantor`; before 16 whoever granted it. Nothing where there is none.
  /// Throws Refused without `cascade` where others hang on it.
  void revoke(RoleId member, RoleId grantor, What what, bool cascade);
  /// All of that member, and what hangs on them.
  void revoke_all_of(RoleId member);
  /// The one in that place of all memberships, and what hangs on it.
  void revoke_at(std::size_t place);

  bool keeps_admin(RoleId member) const;
  /// Any is changed or gone.
  bool touches_any() const;
  /// Places of those that are gone: whoever granted one comes before it.
  const std::vector<std::size_t>& gone() const { return gone_; }
  /// `all` is what the plan was made of.
  void carry_out(std::vector<Membership>& all) const;

 private:
  enum class Action : std::uint8_t { keep, remove, remove_admin, remove_inherit, remove_set };
  struct Row {
    std::size_t place;
    Membership grant;
    Action action = Action::keep;
  };
  void take(Row& row, bool admin_only, bool cascade);

  int major_;
  std::vector<Row> rows_;
  std::vector<std::size_t> gone_;
};

}  // namespace pgleast
