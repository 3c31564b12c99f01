#include "privileges/membership_closure.hpp"

#include <deque>
#include <utility>

#include "text/diagnostic.hpp"

namespace pgleast {

const RoleSet& MembershipClosure::of(RoleId role) const {
  auto& set = sets_[index(role)];
  if (set == RoleSet()) {
    if (++asked_ <= one_by_one_) {
      find_one(role);
    } else {
      find_all();
    }
  }
  return set;
}

void MembershipClosure::find_one(RoleId role) const {
  std::vector<bool> seen(above_.size());
  std::vector<RoleId> found{role};
  seen[index(role)] = true;
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const auto group : groups(found[i])) {
      if (!seen[index(group)]) found.push_back(group);
      seen[index(group)] = true;
    }
  }
  keep(role, RoleSet(above_.size(), std::move(found)));
}

void MembershipClosure::keep(RoleId role, RoleSet set) const {
  constexpr std::size_t most = 50'000'000;
  kept_ += set.count();
  if (kept_ > most) {
    fail("",
         "memberships, with those through others, are more than 50,000,000: too many to follow");
  }
  sets_[index(role)] = std::move(set);
}

// A role's set is made of its groups' when these are complete. The server lets no circle be; what
// is in one all the same (a snapshot may say anything) is never complete, and found by itself.
void MembershipClosure::find_all() const {
  std::vector<std::vector<RoleId>> below(above_.size());
  std::vector<std::size_t> waits_for(above_.size());
  std::deque<RoleId> complete;
  for (std::uint32_t i = 0; i < above_.size(); ++i) {
    for (const auto group : above_[i]) below[index(group)].push_back(RoleId{i});
    waits_for[i] = above_[i].size();
    if (above_[i].empty()) complete.push_back(RoleId{i});
  }
  for (; !complete.empty(); complete.pop_front()) {
    const auto role = complete.front();
    RoleSet set(above_.size());
    set.insert(role);
    for (const auto group : groups(role)) set |= sets_[index(group)];
    keep(role, std::move(set));
    for (const auto member : below[index(role)]) {
      if (--waits_for[index(member)] == 0) complete.push_back(member);
    }
  }
  for (std::uint32_t i = 0; i < above_.size(); ++i) {
    if (sets_[i] == RoleSet()) find_one(RoleId{i});
  }
}

}  // namespace pgleast
