// What `diff` says of two files, held against asking every point of a small space.

#include "connections/hba_diff.hpp"

#include <algorithm>
#include <iostream>

#include "connections/hba_lint.hpp"
#include "support/catch.hpp"
#include "support/small_space.hpp"

using namespace pgleast;

namespace {

using Records = std::vector<HbaRecord>;

// A change of some lines, as people make it: one is dropped, doubled, moved, replaced or added.
Records changed(Records records, std::mt19937& random, int version_num) {
  for (auto times = random() % 3 + 1; times > 0; --times) {
    const auto at = static_cast<std::ptrdiff_t>(random() % records.size());
    const auto fresh = test::records_of(test::random_record(random), version_num).front();
    switch (random() % 5) {
      case 0:
        if (records.size() > 1) records.erase(records.begin() + at);
        break;
      case 1:
        records.push_back(records[static_cast<std::size_t>(at)]);
        break;
      case 2:
        std::rotate(records.begin(), records.begin() + at, records.end());
        break;
      case 3:
        records[static_cast<std::size_t>(at)] = fresh;
        break;
      default:
        records.insert(records.begin() + at, fresh);
    }
  }
  return records;
}

std::size_t differences(bool known, unsigned seed, std::size_t& points, std::size_t& told) {
  std::mt19937 random(seed);
  const auto cluster = test::small_world(known);
  const Graph graph(cluster);
  const auto before = test::records_of(test::random_records(random, 8), cluster.version_num);
  const auto after = random() % 4 == 0
                         ? test::records_of(test::random_records(random, 8), cluster.version_num)
                         : changed(before, random, cluster.version_num);
  const ConnectionClasses classes(cluster, graph, {&before, &after});
  const auto changes = hba_changes(classes, before, after).list;
  told += changes.size();
  std::size_t wrong = 0;
  for (const auto& p : test::points(classes)) {
    const auto was = test::decider(classes, before, p);
    const auto is = test::decider(classes, after, p);
    const bool was_in = was && admits(before[*was]);
    const bool is_in = is && admits(after[*is]);
    const bool differs = was_in != is_in || (was_in && !same_outcome(before[*was], after[*is]));
    std::size_t found = 0;
    for (const auto& change : changes) {
      const auto& over = change.part.transports;
      if (std::count(over.begin(), over.end(), p.transport) == 0) continue;
      // tests/connections/unknown_changes.test.cpp has what hangs on something.
      if (!change.certain && !change.unless) continue;
      if (!test::holds(classes, change.part.region, p)) continue;
      ++found;
      const auto kind = !was_in  ? HbaChange::Kind::gained
                        : !is_in ? HbaChange::Kind::lost
                                 : HbaChange::Kind::changed;
      wrong += change.kind != kind || change.before != was || change.after != is ? 1U : 0U;
    }
    wrong += found != (differs ? 1U : 0U) ? 1U : 0U;
    ++points;
  }
  return wrong;
}

}  // namespace

TEST_CASE("diff says for every point what changed", "[reach]") {
  std::size_t points = 0, told = 0, wrong = 0;
  for (unsigned seed = 1; seed <= 300; ++seed)
    wrong += differences(seed % 3 != 0, seed, points, told);
  std::cout << "diff: 300 pairs of files, " << points << " points, " << told << " changes, "
            << wrong << " differences\n";
  CHECK(told > 300);
  CHECK(wrong == 0);
}
