#include "connections/unknown_changes.hpp"

#include <algorithm>
#include <set>

namespace pgleast {
namespace {

constexpr std::size_t most_truths = 1000;
constexpr std::size_t most_lines = 1000000;  // of all truths together
constexpr std::size_t most_parts = 10000;

bool is_tie(const std::string& token) { return token == "sameuser" || token == "samerole"; }

class Search {
 public:
  Search(const ConnectionClasses& classes, const RecordLists& records)
      : classes_(classes),
        records_(records),
        base_(record_differences(classes.decisions(0), classes.decisions(1), records)),
        weakened_(base_.size()),
        but_(base_.size()),
        all_roles_(NameSet::all_but(classes.real_role_classes().classes(), {})),
        all_databases_(NameSet::all_but(classes.other_database_classes().classes(), {})) {}

  UnknownChanges run() {
    for (const auto& truth : truths()) {
      if (result_.possible.size() > most_parts) result_.complete = false;
      if (!result_.complete) break;
      look(truth);
    }
    for (std::size_t i = 0; i < base_.size(); ++i) add_base(i);
    return std::move(result_);
  }

 private:
  struct Weakened {
    Region part;
    Truth truth;
  };

  std::vector<Truth> truths();
  void add_truths(const std::vector<HbaRecord>& records, const std::set<std::uint32_t>& uncommon,
                  std::set<Truth>& all, std::set<Truth>& of_uncommon) const;
  void look(const Truth& truth);
  void tell(const RecordDifference& found, const Truth& truth);
  bool says_so(const RecordDifference& base, const Truth& truth, Region& what) const;
  void weaken(std::size_t base, const std::vector<RecordDifference>& found, const Truth& truth);
  std::vector<Region> individuals(const RecordDifference& base, const Region& part,
                                  const Truth& truth) const;
  void add_base(std::size_t base);
  bool over_network(std::uint8_t transport) const {
    return classes_.transports()[transport].front() != Transport::local;
  }
  RankSet family_of(const RankSet& ranks) const {
    return intersects(ranks, classes_.v4()) ? classes_.v4() : classes_.v6();
  }

  const ConnectionClasses& classes_;
  const RecordLists records_;
  const std::vector<RecordDifference> base_;
  std::vector<std::vector<Weakened>> weakened_;  // by difference of base_
  std::vector<std::set<std::string>> but_;       // ditto
  const NameSet all_roles_, all_databases_;
  UnknownChanges result_;
};

void Search::add_truths(const std::vector<HbaRecord>& records,
                        const std::set<std::uint32_t>& uncommon, std::set<Truth>& all,
                        std::set<Truth>& of_uncommon) const {
  for (std::uint32_t r = 0; r < records.size(); ++r) {
    if (classes_.is_certain(records[r])) continue;
    const auto found = classes_.truths(records[r]);
    all.insert(found.begin(), found.end());
    if (uncommon.contains(r)) of_uncommon.insert(found.begin(), found.end());
  }
}

// Where two records end otherwise it takes what makes both of them match, and nothing else makes
// it more so: facts only ever add records. One of the two is not in both files.
std::vector<Truth> Search::truths() {
  const auto uncommon = uncommon_records(classes_.decisions(0), classes_.decisions(1), records_);
  if (uncommon.first.empty() && uncommon.second.empty()) return {};
  std::set<Truth> all, of_uncommon;
  add_truths(records_.before, uncommon.first, all, of_uncommon);
  add_truths(records_.after, uncommon.second, all, of_uncommon);
  auto found = all;
  const auto lines = records_.before.size() + records_.after.size();
  const auto most = std::min(most_truths, std::max<std::size_t>(20, most_lines / (lines + 1)));
  for (const auto& a : of_uncommon) {
    for (const auto& b : all) {
      if (found.size() > most) break;
      if (auto truth = both(a, b)) found.insert(std::move(*truth));
    }
  }
  found.erase(Truth{});
  result_.complete = found.size() <= most;
  std::vector<Truth> result(found.begin(), found.end());
  std::stable_sort(result.begin(), result.end(),
                   [](const Truth& a, const Truth& b) { return a.size() < b.size(); });
  return result;
}

void Search::look(const Truth& truth) {
  const auto lists = classes_.decisions_under(truth);
  auto found = record_differences(lists[0], lists[1], records_);
  if (!truth.origins.empty()) {
    std::erase_if(found, [&](const auto& d) { return !over_network(d.transport); });
  }
  for (const auto& difference : found) tell(difference, truth);
  for (std::size_t i = 0; i < base_.size(); ++i) {
    if (truth.origins.empty() || over_network(base_[i].transport)) weaken(i, found, truth);
  }
}

// Whether `base` tells the same of whoever the tokens take; then `what` is what it tells it of.
bool Search::says_so(const RecordDifference& base, const Truth& truth, Region& what) const {
  what = base.part;
  if (!truth.roles.empty()) {
    if (truth.roles.size() > 1 || !base.part.roles.covers(classes_.role_token(truth.roles[0]))) {
      return false;
    }
    what.roles = all_roles_;
  }
  if (!truth.databases.empty()) {
    if (truth.databases.size() > 1 ||
        !base.part.databases.covers(classes_.database_token(truth.databases[0]))) {
      return false;
    }
    what.databases = all_databases_;
  }
  if (!truth.origins.empty()) {
    if (truth.origins.size() > 1 ||
        !covers(base.part.origin, classes_.origin_token(truth.origins[0]))) {
      return false;
    }
    what.origin = rank_set({classes_.v4().front(), classes_.v6().front()});
  }
  return true;
}

void Search::tell(const RecordDifference& found, const Truth& truth) {
  std::vector<Region> left{found.part};
  for (const auto& base : base_) {
    if (!base.same_records(found)) continue;
    left = without(std::move(left), base.part);
    Region what;
    if (says_so(base, truth, what)) left = without(std::move(left), what);
  }
  for (const auto& told : result_.possible) {
    if (told.difference.same_records(found)) {
      left = without(std::move(left), told.difference.part);
    }
  }
  for (auto& part : left) {
    result_.possible.push_back(
        {{found.before, found.after, found.transport, std::move(part)}, truth});
  }
}

// Names and addresses of their own, of whom the change may not be true; not those that the words
// "any role but whoever +staff takes" leave out already.
std::vector<Region> Search::individuals(const RecordDifference& base, const Region& part,
                                        const Truth& truth) const {
  const bool tied = std::any_of(truth.databases.begin(), truth.databases.end(), is_tie);
  const auto other_role = classes_.other_role_classes();
  const auto other_database = classes_.other_database_classes();
  const bool role = tied || !truth.roles.empty();
  const bool database = !truth.databases.empty();
  const bool origin = !truth.origins.empty();
  auto one = part;
  if (role) one.roles = one.roles.without(other_role);
  if (database) one.databases = one.databases.without(other_database);
  const auto single = classes_.single_addresses();
  if (origin) one.origin = intersection(one.origin, single);
  if (one.empty()) return {};
  std::vector<Region> left{one};
  for (const auto& b : base_) {
    if (!b.same_records(base)) continue;
    if (role && b.part.roles.intersects(other_role)) {
      left = without(std::move(left), {all_roles_, b.part.databases, b.part.origin});
    }
    if (database && b.part.databases.intersects(other_database)) {
      left = without(std::move(left), {b.part.roles, all_databases_, b.part.origin});
    }
    for (const auto& family : {classes_.v4(), classes_.v6()}) {
      if (!origin || without(intersection(b.part.origin, family), single).empty()) continue;
      left = without(std::move(left), {b.part.roles, b.part.databases, family});
    }
  }
  return left;
}

void Search::weaken(std::size_t i, const std::vector<RecordDifference>& found, const Truth& truth) {
  const auto& base = base_[i];
  auto part = base.part;
  part.roles = part.roles.intersection(classes_.real_role_classes());
  for (const auto& database : classes_.databases()) {
    if (!database.token) continue;
    part.databases = part.databases.without(classes_.database_token(database.name));
  }
  if (over_network(base.transport)) {
    part.origin =
        intersection(part.origin, rank_set({classes_.v4().front(), classes_.v6().front()}));
  }
  std::vector<Region> alike;
  if (!part.empty()) alike.push_back(part);
  for (const auto& difference : found) {
    if (difference.transport == base.transport) alike = without(std::move(alike), difference.part);
  }
  for (const auto& region : alike) {
    auto left = individuals(base, region, truth);
    if (left.empty() && truth.size() == truth.origins.size()) {
      but_[i].insert(truth.origins.begin(), truth.origins.end());
    }
    for (const auto& told : weakened_[i]) left = without(std::move(left), told.part);
    for (auto& one : left) weakened_[i].push_back({std::move(one), truth});
  }
}

void Search::add_base(std::size_t i) {
  const auto& base = base_[i];
  std::vector<Region> left{base.part};
  for (const auto& weak : weakened_[i]) {
    left = without(std::move(left), weak.part);
    result_.possible.push_back(
        {{base.before, base.after, base.transport, weak.part}, weak.truth, true});
  }
  for (auto& part : left) {
    result_.certain.push_back({{base.before, base.after, base.transport, std::move(part)},
                               {but_[i].begin(), but_[i].end()}});
  }
}

}  // namespace

UnknownChanges unknown_changes(const ConnectionClasses& classes, const RecordLists& records) {
  return Search(classes, records).run();
}

}  // namespace pgleast
