// What changes in roles and memberships, each with what takes it back.
#include <algorithm>
#include <iterator>
#include <utility>

#include "input/replay/roles/role_editor.hpp"

namespace pgleast {

void RoleEditor::undo_to(std::size_t mark) {
  while (journal_.size() > mark) {
    journal_.back()();
    journal_.pop_back();
  }
}

RoleId RoleEditor::add_role(Role role) {
  role.oid = next_oid_++;
  const auto id = RoleId{static_cast<std::uint32_t>(cluster_.roles.size())};
  before_.roles.push_back({id, Role(), true});
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
  before_.roles.push_back({id, role});
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
  before_.memberships.push_back({membership.role, membership.member});
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
  for (auto m = from; m != to.base(); ++m) before_.memberships.push_back({m->role, m->member});
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

}  // namespace pgleast
