#include "connections/hba_diff.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "connections/unknown_changes.hpp"
#include "pg/auth_method.hpp"

namespace pgleast {
namespace {

using Number = std::optional<std::uint32_t>;
using Records = std::vector<HbaRecord>;

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

// Parts that change alike and for the same reason are put together.
class Collected {
 public:
  Collected(const ConnectionClasses& classes, const RecordLists& records)
      : classes_(classes), records_(records) {}

  void add(const RecordDifference& d, HbaChange reason) {
    reason.kind = kind_of(d);
    regions_[{!reason.certain, reason.kind, d.before, d.after, reason.when, reason.unless,
              reason.but}]
        .emplace_back(d.transport, d.part);
  }

  std::vector<HbaChange> all() && {
    std::vector<HbaChange> result;
    for (auto& [key, regions] : regions_) {
      const auto& [possible, kind, before, after, when, unless, but] = key;
      for (auto& part : parts_of(classes_, std::move(regions))) {
        result.push_back({kind, before, after, std::move(part), !possible, when, unless, but});
      }
    }
    return result;
  }

 private:
  using Key =
      std::tuple<bool, HbaChange::Kind, Number, Number, Truth, bool, std::vector<std::string>>;

  HbaChange::Kind kind_of(const RecordDifference& d) const {
    if (!d.before || !admits(records_.before[*d.before])) return HbaChange::Kind::gained;
    return d.after && admits(records_.after[*d.after]) ? HbaChange::Kind::changed
                                                       : HbaChange::Kind::lost;
  }

  const ConnectionClasses& classes_;
  const RecordLists& records_;
  std::map<Key, std::vector<std::pair<std::uint8_t, Region>>> regions_;
};

}  // namespace

HbaChanges hba_changes(const ConnectionClasses& classes, const Records& before,
                       const Records& after) {
  const RecordLists records{before, after};
  const auto found = unknown_changes(classes, records);
  Collected collected(classes, records);
  for (const auto& change : found.certain) {
    HbaChange reason;
    reason.but = change.but;
    collected.add(change.difference, std::move(reason));
  }
  for (const auto& change : found.possible) {
    HbaChange reason;
    reason.certain = false;
    reason.when = change.truth;
    reason.unless = change.unless;
    collected.add(change.difference, std::move(reason));
  }
  return {std::move(collected).all(), found.complete};
}

bool gains(const HbaChange& change, const Records& before, const Records& after) {
  if (change.kind != HbaChange::Kind::changed) return change.kind == HbaChange::Kind::gained;
  return strength(after[*change.after]) <= strength(before[*change.before]);
}

}  // namespace pgleast
