#include "privileges/role_set.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace pgleast {
namespace {

// Half of what the bits would take.
bool are_few(std::size_t count, std::size_t roles) { return count <= roles / 64; }

}  // namespace

RoleSet::RoleSet(std::size_t roles) : roles_(roles) {
  if (!are_few(1, roles)) become_dense();
}

RoleSet::RoleSet(std::size_t roles, std::vector<RoleId> members) : RoleSet(roles) {
  if (are_few(members.size(), roles)) {
    few_ = std::move(members);
    std::sort(few_.begin(), few_.end());
    return;
  }
  become_dense();
  for (const auto id : members) set_bit(id);
}

void RoleSet::become_dense() {
  words_.assign((roles_ + 63) / 64, 0);
  for (const auto id : few_) set_bit(id);
  few_ = {};
}

bool RoleSet::has(RoleId id) const {
  if (!is_dense()) return std::binary_search(few_.begin(), few_.end(), id);
  const auto word = index(id) / 64;
  return word < words_.size() && ((words_[word] >> (index(id) % 64)) & 1U) != 0;
}

bool RoleSet::insert(RoleId id) {
  if (has(id)) return false;
  if (!is_dense() && !are_few(few_.size() + 1, roles_)) become_dense();
  if (is_dense()) {
    set_bit(id);
  } else {
    few_.insert(std::lower_bound(few_.begin(), few_.end(), id), id);
  }
  return true;
}

void RoleSet::erase(RoleId id) {
  if (!has(id)) return;
  if (is_dense()) {
    words_[index(id) / 64] &= ~(std::uint64_t{1} << (index(id) % 64));
  } else {
    few_.erase(std::lower_bound(few_.begin(), few_.end(), id));
  }
}

RoleSet& RoleSet::operator|=(const RoleSet& other) {
  if (!is_dense() && !other.is_dense()) {
    std::vector<RoleId> both;
    std::set_union(few_.begin(), few_.end(), other.few_.begin(), other.few_.end(),
                   std::back_inserter(both));
    few_ = std::move(both);
    if (!are_few(few_.size(), roles_)) become_dense();
    return *this;
  }
  if (!is_dense()) become_dense();
  for (const auto id : other.few_) set_bit(id);
  for (std::size_t i = 0; i < other.words_.size(); ++i) words_[i] |= other.words_[i];
  return *this;
}

RoleSet& RoleSet::operator&=(const RoleSet& other) {
  if (is_dense() && other.is_dense()) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
    return *this;
  }
  const auto& few = is_dense() ? other : *this;
  const auto& all = is_dense() ? *this : other;
  std::vector<RoleId> both;
  for (const auto id : few.few_) {
    if (all.has(id)) both.push_back(id);
  }
  few_ = std::move(both);
  words_ = {};
  return *this;
}

void RoleSet::clear() { *this = RoleSet(roles_); }

std::size_t RoleSet::count() const {
  std::size_t result = few_.size();
  for (const auto word : words_) result += static_cast<std::size_t>(std::popcount(word));
  return result;
}

bool RoleSet::intersects(const RoleSet& other) const {
  if (!is_dense() || !other.is_dense()) {
    const auto& few = is_dense() ? other : *this;
    const auto& all = is_dense() ? *this : other;
    return std::any_of(few.few_.begin(), few.few_.end(), [&](RoleId id) { return all.has(id); });
  }
  for (std::size_t i = 0; i < words_.size() && i < other.words_.size(); ++i) {
    if ((words_[i] & other.words_[i]) != 0) return true;
  }
  return false;
}

std::vector<RoleId> RoleSet::members() const {
  std::vector<RoleId> result;
  each([&](RoleId id) { result.push_back(id); });
  return result;
}

bool RoleSet::operator==(const RoleSet& other) const {
  if (roles_ != other.roles_) return false;
  if (is_dense() == other.is_dense()) return few_ == other.few_ && words_ == other.words_;
  return members() == other.members();
}

}  // namespace pgleast
