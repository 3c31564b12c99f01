#pragma once
// Which records decide otherwise in two lists of one ConnectionClasses.

#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "connections/decision_list.hpp"
#include "model/hba.hpp"

namespace pgleast {

/// Of one transport. No record: none decides.
struct RecordDifference {
  std::optional<std::uint32_t> before, after;
  std::uint8_t transport = 0;
  Region part;

  bool same_records(const RecordDifference& other) const {
    return before == other.before && after == other.after && transport == other.transport;
  }
};

struct RecordLists {
  const std::vector<HbaRecord>& before;
  const std::vector<HbaRecord>& after;
};

/// Disjoint parts where who is let in, or how, is not the same.
std::vector<RecordDifference> record_differences(const DecisionList& before,
                                                 const DecisionList& after,
                                                 const RecordLists& records);

/// The records of which some line is not in the other list, or in another order.
std::pair<std::set<std::uint32_t>, std::set<std::uint32_t>> uncommon_records(
    const DecisionList& before, const DecisionList& after, const RecordLists& records);

}  // namespace pgleast
