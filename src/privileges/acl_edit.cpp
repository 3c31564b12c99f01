#include "privileges/acl_edit.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "pg/refused.hpp"
#include "privileges/aclmask.hpp"

namespace pgleast {
namespace {

enum class Mode { add, remove };

class AclEdit {
 public:
  AclEdit(Acl acl, RoleId owner, bool cascade, const HasPrivileges& has_privileges)
      : acl_(std::move(acl)), owner_(owner), cascade_(cascade), has_privileges_(has_privileges) {}

  // aclupdate; what hangs on an option that is lost goes, too
  void update(const AclItem& change, Mode mode) {
    if (mode == Mode::add && !change.grantable.empty()) check_circularity(change);
    change_item(change, mode);
    while (!lost_.empty()) {
      const auto [grantee, lost] = lost_.back();
      lost_.pop_back();
      revoke_from_dependents(grantee, lost);
    }
  }

  Acl take() { return std::move(acl_); }
  bool cascades() const { return cascades_; }

 private:
  void change_item(const AclItem& change, Mode mode) {
    auto at = find(change);
    if (at == acl_.size()) acl_.push_back({change.grantee, change.grantor, {}, {}});
    auto& item = acl_[at];
    const auto options = item.grantable;
    if (mode == Mode::add) {
      item.privileges |= change.privileges;
      item.grantable |= change.grantable;
    } else {
      item.privileges -= change.privileges;
      item.grantable -= change.grantable;
    }
    const auto lost = options - item.grantable;
    if (item.privileges.empty() && item.grantable.empty()) {
      acl_.erase(acl_.begin() + static_cast<std::ptrdiff_t>(at));
    }
    if (!lost.empty()) lost_.emplace_back(change.grantee, lost);
  }

  std::size_t find(const AclItem& like) const {
    const auto same = [&](const AclItem& i) {
      return i.grantee == like.grantee && i.grantor == like.grantor;
    };
    return static_cast<std::size_t>(std::find_if(acl_.begin(), acl_.end(), same) - acl_.begin());
  }

  // recursive_revoke, but not by calling itself: options are passed on as far as one likes
  void revoke_from_dependents(RoleId grantee, PrivilegeSet lost) {
    if (grantee == owner_) return;
    lost -= options_of(grantee, acl_);
    if (lost.empty()) return;
    const auto depends = [&](const AclItem& i) {
      return i.grantor == grantee && !(i.privileges & lost).empty();
    };
    for (auto at = acl_.begin();
         (at = std::find_if(acl_.begin(), acl_.end(), depends)) != acl_.end();) {
      if (!cascade_) {
        throw Refused(Condition::dependent_objects_still_exist, "dependent privileges exist");
      }
      cascades_ = true;
      change_item({at->grantee, at->grantor, lost, lost}, Mode::remove);
    }
  }

  // check_circularity
  void check_circularity(const AclItem& change) const {
    if (change.grantor == owner_) return;
    AclEdit without(acl_, owner_, true, has_privileges_);
    const auto of_grantee = [&](const AclItem& i) {
      return i.grantee == change.grantee && !i.grantable.empty();
    };
    auto& left = without.acl_;
    for (auto at = left.begin();
         (at = std::find_if(left.begin(), left.end(), of_grantee)) != left.end();) {
      without.update(AclItem(*at), Mode::remove);
    }
    if (!(change.grantable - options_of(change.grantor, left)).empty()) {
      throw Refused(Condition::invalid_grant_operation,
                    "grant options cannot be granted back to your own grantor");
    }
  }

  PrivilegeSet options_of(RoleId role, const Acl& acl) const {
    return options_in(acl, owner_, [&](RoleId of) { return has_privileges_(role, of); });
  }

  Acl acl_;
  RoleId owner_;
  bool cascade_;
  bool cascades_ = false;
  std::vector<std::pair<RoleId, PrivilegeSet>> lost_;
  const HasPrivileges& has_privileges_;
};

}  // namespace

Acl changed_acl(Acl acl, const AclChange& change, const HasPrivileges& has_privileges) {
  AclEdit edit(std::move(acl), change.owner, change.cascade, has_privileges);
  for (const auto grantee : change.grantees) {
    if (change.grants && change.option && grantee == public_role) {
      throw Refused(Condition::invalid_grant_operation,
                    "grant options can only be granted to roles");
    }
    const bool only_option = !change.grants && change.option;
    const bool with_option = !change.grants || change.option;
    edit.update({grantee, change.grantor, only_option ? PrivilegeSet() : change.privileges,
                 with_option ? change.privileges : PrivilegeSet()},
                change.grants ? Mode::add : Mode::remove);
  }
  return edit.take();
}

Revoked revoked(Acl acl, const AclItem& gone, RoleId owner, const HasPrivileges& has_privileges) {
  AclEdit edit(std::move(acl), owner, true, has_privileges);
  edit.update(gone, Mode::remove);
  const bool cascades = edit.cascades();
  return {edit.take(), cascades};
}

bool cascades_in_columns(const Cluster& cluster, const Object& object, const AclItem& gone,
                         const HasPrivileges& has_privileges) {
  if (object.kind != ObjectKind::table) return false;
  const auto& columns = cluster.relation(object).columns;
  return std::any_of(columns.begin(), columns.end(), [&](const Column& column) {
    return column.acl != null_acl &&
           revoked(cluster.column_acl(column), gone, object.owner, has_privileges).cascades;
  });
}

Acl acl_of_new_owner(const Acl& acl, RoleId from, RoleId to) {
  Acl moved;
  for (auto item : acl) {
    if (item.grantee == from) item.grantee = to;
    if (item.grantor == from) item.grantor = to;
    const auto same = std::find_if(moved.begin(), moved.end(), [&](const AclItem& other) {
      return other.grantee == item.grantee && other.grantor == item.grantor;
    });
    if (same == moved.end()) {
      moved.push_back(item);
    } else {
      same->privileges |= item.privileges;
      same->grantable |= item.grantable;
    }
  }
  return moved;
}

Acl merged_acl(Acl left, const Acl& right, RoleId owner, const HasPrivileges& has_privileges) {
  AclEdit edit(std::move(left), owner, false, has_privileges);
  for (const auto& item : right) edit.update(item, Mode::add);
  return edit.take();
}

}  // namespace pgleast
