#pragma once
// Finds the lines of a decision list that share a point with a region, without looking at
// the others: by role and database where they are few, and by range within that.

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "connections/decision_list.hpp"

namespace pgleast {

class LineIndex {
 public:
  LineIndex(const std::vector<NameSet>& role_sets, const std::vector<NameSet>& database_sets,
            const std::vector<Line>& lines, std::uint8_t transport);

  /// Adds every line before `end` that shares an origin with `region` and may share a role and
  /// a database; some more than once. Lines of which earlier lines leave nothing may be missing
  /// unless `dead` ones are wanted, too.
  void candidates(const Region& region, std::uint32_t end, bool dead, LineNumbers& found) const;
  /// The same, of lines whose roles and databases hold all of the region's.
  void around(const Region& region, std::uint32_t end, LineNumbers& found) const;

 private:
  using Key = std::uint32_t;  // a name, a set of many names, or any

  struct Entry {
    std::uint64_t bucket;
    RankRange range;
    std::uint32_t line;
    std::uint32_t parent;  // the entry around it, in the same bucket
  };

  // The sets that are too many names for a key each.
  struct ManySets {
    std::vector<Key> keys;
    std::vector<const NameSet*> sets;
    std::vector<Key> inverted;                               // into `sets`
    std::unordered_map<std::uint32_t, std::vector<Key>> of;  // by name, into `sets`
  };

  static ManySets many(const std::vector<NameSet>& sets);
  static std::vector<Key> keys_of(std::uint32_t set, const NameSet& names);
  static std::vector<Key> keys_for(const NameSet& names, const ManySets& many);
  static std::vector<Key> keys_around(const NameSet& names, const ManySets& many);

  void add(Key role, Key database, const Line& line, std::uint32_t number);
  void sort();
  void drop_held();
  void link();
  void find(Key role, Key database, const RankSet& origin, std::uint32_t end,
            LineNumbers& found) const;

  ManySets roles_, databases_;
  std::vector<Entry> entries_;  // INVARIANT: by bucket, then by range, the wider first
};

}  // namespace pgleast
