// The connection space held against the plain procedure: for every point of a small space
// the first record that matches it decides (hba.c, check_hba).

#include "connections/decided_connections.hpp"

#include <algorithm>
#include <iostream>

#include "support/catch.hpp"
#include "support/small_space.hpp"

using namespace pgleast;

namespace {

bool takes_point(const DecidedPart& part, const test::Point& p) {
  const auto has = [](const std::vector<std::uint32_t>& list, std::uint32_t n) {
    return std::find(list.begin(), list.end(), n) != list.end();
  };
  if (part.transport != p.transport || !has(part.roles, p.role)) return false;
  if (!has(part.databases, p.database)) return false;
  if (p.transport == Transport::local) return true;
  const AddressNumber at{0, p.address};
  const auto& line = p.v6 ? part.origin.v6 : part.origin.v4;
  return std::any_of(line.ranges().begin(), line.ranges().end(), [&](const AddressRange& range) {
    return range.first <= at && at <= range.last;
  });
}

}  // namespace

TEST_CASE("the space says for every point which record decides", "[reach]") {
  std::size_t count = 0, differences = 0;
  for (unsigned seed = 1; seed <= 150; ++seed) {
    std::mt19937 random(seed);
    auto cluster = test::small_world();
    cluster.hba.records = test::records_of(test::random_records(random, 8), cluster.version_num);
    const Graph graph(cluster);
    const ConnectionClasses classes(cluster, graph, {&cluster.hba.records});
    const auto decided = decided_connections(cluster, graph);
    for (const auto& point : test::points(classes)) {
      const auto first = test::decider(classes, cluster.hba.records, point);
      std::optional<std::uint32_t> found;
      std::size_t deciders = 0;
      for (const auto& part : decided.parts) {
        if (!takes_point(part, point)) continue;
        found = static_cast<std::uint32_t>(part.record);
        ++deciders;
      }
      ++count;
      differences += first != found || deciders > 1 ? 1U : 0U;
    }
  }
  std::cout << "connection space: 150 files, " << count << " points, " << differences
            << " differences\n";
  CHECK(count == 150 * (3 * 20 + 1) * 3 * 4);
  CHECK(differences == 0);
}
