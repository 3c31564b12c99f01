#pragma once
// A set of roles as bits over their numbers.

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
  /// Ascending.
  std::vector<RoleId> members() const {
    std::vector<RoleId> result;
    for (std::size_t i = 0; i < words_.size() * 64; ++i) {
      const auto id = RoleId{static_cast<std::uint32_t>(i)};
      if (has(id)) result.push_back(id);
    }
    return result;
  }
  bool operator==(const RoleSet&) const = default;

 private:
  std::vector<std::uint64_t> words_;
};

}  // namespace pgleast
