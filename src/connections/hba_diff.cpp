#include "connections/hba_diff.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "connections/decision_diff.hpp"
#include "connections/hba_lint.hpp"
#include "pg/auth_method.hpp"

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

// How much a client must show, to compare only.
int strength(const HbaRecord& record) {
  const auto method = auth_method_named(record.method);
  if (!method) return 0;
  switch (method->credential) {
    case Credential::nothing:
      return 0;
    case Credential::client_claim:
      return 1;
    case Credential::clear_password:
      return 2;
    case Credential::hashed_password:
      return record.method == "md5" ? 3 : 4;
    case Credential::refused:
      return 6;
    default:
      return 5;
  }
}

}  // namespace

std::vector<HbaChange> hba_changes(const ConnectionClasses& classes, const Records& before,
                                   const Records& after) {
  const auto& was = classes.decisions(0);
  const auto& is = classes.decisions(1);
  const auto record = [](const DecisionList& list, Number line) {
    return line ? Number(list.lines()[*line].record) : std::nullopt;
  };
  const auto let_in = [](Number r, const Records& records) { return r && admits(records[*r]); };
  LineKeys keys;
  const auto was_keys = keys.of(was, before);
  const auto found = differences(was, was_keys, is, keys.of(is, after), [&](Number a, Number b) {
    const auto old_record = record(was, a);
    const auto new_record = record(is, b);
    const bool in = let_in(old_record, before);
    if (in != let_in(new_record, after)) return false;
    return !in || same_outcome(before[*old_record], after[*new_record]);
  });
  std::map<std::tuple<HbaChange::Kind, Number, Number>,
           std::vector<std::pair<std::uint8_t, Region>>>
      by_records;
  for (const auto& d : found) {
    const auto old_record = record(was, d.before);
    const auto new_record = record(is, d.after);
    const auto kind = !let_in(old_record, before)  ? HbaChange::Kind::gained
                      : !let_in(new_record, after) ? HbaChange::Kind::lost
                                                   : HbaChange::Kind::changed;
    by_records[{kind, old_record, new_record}].emplace_back(d.transport, d.part);
  }
  std::vector<HbaChange> result;
  for (auto& [key, regions] : by_records) {
    for (auto& part : parts_of(classes, std::move(regions))) {
      result.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), std::move(part)});
    }
  }
  return result;
}

bool gains(const HbaChange& change, const Records& before, const Records& after) {
  if (change.kind != HbaChange::Kind::changed) return change.kind == HbaChange::Kind::gained;
  return strength(after[*change.after]) <= strength(before[*change.before]);
}

}  // namespace pgleast
