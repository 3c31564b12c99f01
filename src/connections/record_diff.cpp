#include "connections/record_diff.hpp"

#include <map>
#include <string>
#include <tuple>

#include "connections/decision_diff.hpp"

namespace pgleast {
namespace {

using Number = std::optional<std::uint32_t>;
using Records = std::vector<HbaRecord>;

// Equal numbers for lines that hold the same and end in the same way.
class LineKeys {
 public:
  std::vector<std::uint32_t> of(const DecisionList& list, const Records& records) {
    std::vector<std::uint32_t> result;
    for (const auto& line : list.lines()) {
      const auto& record = records[line.record];
      result.push_back(number(
          lines_,
          std::tuple(line.transports, line.roles, line.databases, line.origin,
                     number(endings_, std::tuple(record.method, record.options, record.unshown)))));
    }
    return result;
  }

 private:
  using Options = std::vector<std::pair<std::string, std::string>>;
  using Ending = std::tuple<std::string, Options, Options>;
  using Key = std::tuple<std::uint8_t, std::uint32_t, std::uint32_t, RankSet, std::uint32_t>;

  template <typename Map, typename Item>
  static std::uint32_t number(Map& map, Item item) {
    return map.try_emplace(std::move(item), static_cast<std::uint32_t>(map.size())).first->second;
  }

  std::map<Ending, std::uint32_t> endings_;
  std::map<Key, std::uint32_t> lines_;
};

Number record_of(const DecisionList& list, Number line) {
  return line ? Number(list.lines()[*line].record) : std::nullopt;
}

bool let_in(Number record, const Records& records) { return record && admits(records[*record]); }

std::set<std::uint32_t> records_of(const DecisionList& list, const std::vector<bool>& common) {
  std::set<std::uint32_t> result;
  for (std::size_t i = 0; i < common.size(); ++i) {
    if (!common[i]) result.insert(list.lines()[i].record);
  }
  return result;
}

}  // namespace

std::vector<RecordDifference> record_differences(const DecisionList& before,
                                                 const DecisionList& after,
                                                 const RecordLists& records) {
  LineKeys keys;
  const auto before_keys = keys.of(before, records.before);
  const auto found = differences(
      before, before_keys, after, keys.of(after, records.after), [&](Number a, Number b) {
        const auto was = record_of(before, a);
        const auto is = record_of(after, b);
        const bool in = let_in(was, records.before);
        if (in != let_in(is, records.after)) return false;
        return !in || same_outcome(records.before[*was], records.after[*is]);
      });
  std::vector<RecordDifference> result;
  for (const auto& d : found) {
    result.push_back({record_of(before, d.before), record_of(after, d.after), d.transport, d.part});
  }
  return result;
}

std::pair<std::set<std::uint32_t>, std::set<std::uint32_t>> uncommon_records(
    const DecisionList& before, const DecisionList& after, const RecordLists& records) {
  LineKeys keys;
  const auto before_keys = keys.of(before, records.before);
  const auto common = in_common(before_keys, keys.of(after, records.after));
  return {records_of(before, common.first), records_of(after, common.second)};
}

}  // namespace pgleast
