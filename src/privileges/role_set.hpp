#pragma once
// A set of roles as bits over their numbers.

#include <bit>
#include <cstdint>
#include <vector>

#include "model/ids.hpp"

namespace pgleast {

class RoleSet {
 public:
  RoleSet() = default;
  explicit RoleSet(std::size_t roles) : words_((roles + 63) / 64) {}

  bool has(RoleId id) const {
    const auto word = index(id) / 64;
    return word < words_.size() && ((words_[word] >> (index(id) % 64)) & 1U) != 0;
  }
  /// True when it was not there.
  bool insert(RoleId id) {
    auto& word = words_[index(id) / 64];
    const auto bit = std::uint64_t{1} << (index(id) % 64);
    const bool added = (word & bit) == 0;
    word |= bit;
    return added;
  }
  void erase(RoleId id) {
    if (has(id)) words_[index(id) / 64] &= ~(std::uint64_t{1} << (index(id) % 64));
  }
  /// Both are over the same roles.
  RoleSet& operator|=(const RoleSet& other) {
    for (std::size_t i = 0; i < other.words_.size(); ++i) words_[i] |= other.words_[i];
    return *this;
  }
  RoleSet& operator&=(const RoleSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
    return *this;
  }
  void clear() { words_.assign(words_.size(), 0); }
  std::size_t count() const {
    std::size_t result = 0;
    for (const auto word : words_) result += static_cast<std::size_t>(std::popcount(word));
    return result;
  }
  /// Calls f(RoleId) for each, ascending.
  template <typename F>
  void each(F&& f) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      for (auto word = words_[i]; word != 0; word &= word - 1) {
        const auto bit = static_cast<std::size_t>(std::countr_zero(word));
        f(RoleId{static_cast<std::uint32_t>(i * 64 + bit)});
      }
    }
  }
  bool intersects(const RoleSet& other) const {
    for (std::size_t i = 0; i < words_.size() && i < other.words_.size(); ++i) {
      if ((words_[i] & other.words_[i]) != 0) return true;
    }
    return false;
  }
  /// Ascending.
  std::vector<RoleId> members() const {
    std::vector<RoleId> result;
    each([&](RoleId id) { result.push_back(id); });
    return result;
  }
  bool operator==(const RoleSet&) const = default;

 private:
  std::vector<std::uint64_t> words_;
};

}  // namespace pgleast
