#include "privileges/membership_revoke.hpp"

#include <algorithm>
#include <utility>

#include "pg/refused.hpp"

namespace pgleast {

MembershipRevoke::MembershipRevoke(const std::vector<Membership>& all, RoleId role, int major)
    : major_(major) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].role == role) rows_.push_back({i, all[i]});
  }
}

void MembershipRevoke::revoke(RoleId member, RoleId grantor, What what, bool cascade) {
  const auto row = std::find_if(rows_.begin(), rows_.end(), [&](const Row& r) {
    return r.grant.member == member && (major_ < 16 || r.grant.grantor == grantor);
  });
  if (row == rows_.end()) return;
  if (what == What::inherit) {
    row->action = Action::remove_inherit;
  } else if (what == What::set) {
    row->action = Action::remove_set;
  } else {
    take(*row, what == What::admin, cascade);
  }
}

void MembershipRevoke::revoke_all_of(RoleId member) {
  for (auto& row : rows_) {
    if (row.grant.member == member) take(row, false, true);
  }
}

void MembershipRevoke::revoke_at(std::size_t place) {
  for (auto& row : rows_) {
    if (row.place == place) take(row, false, true);
  }
}

bool MembershipRevoke::keeps_admin(RoleId member) const {
  return std::any_of(rows_.begin(), rows_.end(), [&](const Row& r) {
    return r.action == Action::keep && r.grant.member == member && r.grant.admin;
  });
}

// Not by calling itself: whoever is given the option may give it on, as often as he likes.
void MembershipRevoke::take(Row& first, bool first_admin_only, bool cascade) {
  std::vector<std::pair<Row*, bool>> todo{{&first, first_admin_only}};
  while (!todo.empty()) {
    const auto [row, admin_only] = todo.back();
    todo.pop_back();
    const bool done =
        row->action == Action::remove || (row->action == Action::remove_admin && admin_only);
    if (done || (admin_only && !row->grant.admin)) continue;
    row->action = admin_only ? Action::remove_admin : Action::remove;
    if (!admin_only) gone_.push_back(row->place);
    if (major_ < 16 || !row->grant.admin || keeps_admin(row->grant.member)) continue;
    for (auto& dependent : rows_) {
      const bool hangs = dependent.grant.grantor == row->grant.member;
      if (!hangs || dependent.action == Action::remove) continue;
      if (!cascade) {
        throw Refused(Condition::dependent_objects_still_exist, "dependent privileges exist");
      }
      todo.emplace_back(&dependent, false);
    }
  }
}

bool MembershipRevoke::touches_any() const {
  return std::any_of(rows_.begin(), rows_.end(),
                     [](const Row& r) { return r.action != Action::keep; });
}

void MembershipRevoke::carry_out(std::vector<Membership>& all) const {
  for (const auto& row : rows_) {
    auto& grant = all[row.place];
    if (row.action == Action::remove_admin) grant.admin = false;
    if (row.action == Action::remove_inherit) grant.inherit = false;
    if (row.action == Action::remove_set) grant.set = false;
  }
  auto places = gone_;
  std::sort(places.rbegin(), places.rend());
  for (const auto place : places) {
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(place));
  }
}

}  // namespace pgleast
