#pragma once
// A set of names out of a fixed number of them, listed or as "all but these": `all` of a
// file with 100,000 names is as small as one name.

#include <cstdint>
#include <vector>

namespace pgleast {

class NameSet {
 public:
  NameSet() = default;
  /// `ids` in any order, each below `classes`.
  static NameSet of(std::uint32_t classes, std::vector<std::uint32_t> ids);
  static NameSet all_but(std::uint32_t classes, std::vector<std::uint32_t> ids);

  bool inverted() const { return inverted_; }
  /// The names in it or, inverted, those that are not. Ascending.
  const std::vector<std::uint32_t>& ids() const { return ids_; }
  std::uint32_t classes() const { return classes_; }

  std::size_t size() const { return inverted_ ? classes_ - ids_.size() : ids_.size(); }
  bool empty() const { return size() == 0; }
  bool has(std::uint32_t id) const;
  bool covers(const NameSet& other) const;
  bool intersects(const NameSet& other) const;
  NameSet intersection(const NameSet& other) const;
  NameSet without(const NameSet& other) const;
  NameSet united(const NameSet& other) const;
  /// The names in it, ascending, whichever way it is kept.
  std::vector<std::uint32_t> members() const;
  std::uint32_t first() const;  // of a set that is not empty

  bool operator==(const NameSet&) const = default;
  auto operator<=>(const NameSet&) const = default;

 private:
  NameSet(std::uint32_t classes, bool inverted, std::vector<std::uint32_t> ids)
      : classes_(classes), inverted_(inverted), ids_(std::move(ids)) {}
  NameSet inverse() const { return {classes_, !inverted_, ids_}; }

  std::uint32_t classes_ = 0;
  bool inverted_ = false;
  std::vector<std::uint32_t> ids_;  // INVARIANT: ascending, each once
};

}  // namespace pgleast
