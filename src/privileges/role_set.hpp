#pragma once
// A set of roles: their numbers while they are few among many, else bits over all numbers.
// Clusters have thousands of roles, and most are members of a handful.

#include <bit>
#include <cstdint>
#include <vector>

#include "model/ids.hpp"

namespace pgleast {

class RoleSet {
 public:
  RoleSet() = default;
  explicit RoleSet(std::size_t roles);
  /// `members` in any order, each once.
  RoleSet(std::size_t roles, std::vector<RoleId> members);

  bool has(RoleId id) const;
  /// True when it was not there.
  bool insert(RoleId id);
  void erase(RoleId id);
  /// Both are over the same roles.
  RoleSet& operator|=(const RoleSet& other);
  RoleSet& operator&=(const RoleSet& other);
  void clear();
  std::size_t count() const;
  bool intersects(const RoleSet& other) const;
  /// Calls f(RoleId) for each, ascending.
  template <typename F>
  void each(F&& f) const {
    for (const auto id : few_) f(id);
    for (std::size_t i = 0; i < words_.size(); ++i) {
      for (auto word = words_[i]; word != 0; word &= word - 1) {
        const auto bit = static_cast<std::size_t>(std::countr_zero(word));
        f(RoleId{static_cast<std::uint32_t>(i * 64 + bit)});
      }
    }
  }
  /// Ascending.
  std::vector<RoleId> members() const;
  bool operator==(const RoleSet& other) const;

 private:
  bool is_dense() const { return !words_.empty(); }
  void become_dense();
  void set_bit(RoleId id) { words_[index(id) / 64] |= std::uint64_t{1} << (index(id) % 64); }

  std::size_t roles_ = 0;             // over so many
  std::vector<RoleId> few_;           // sorted; none where there are bits
  std::vector<std::uint64_t> words_;  // none while they are few
};

}  // namespace pgleast
