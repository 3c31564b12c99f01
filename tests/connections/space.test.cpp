// The connection space held against the plain procedure: for every point of a small space
// the first record that matches it decides (hba.c, check_hba).

#include "connections/space.hpp"

#include <algorithm>
#include <iostream>

#include "support/catch.hpp"
#include "support/small_space.hpp"

using namespace pgleast;

namespace {

bool takes_point(const Piece& piece, const test::Point& p) {
  const auto has = [](const std::vector<std::uint32_t>& list, std::uint32_t n) {
    return std::find(list.begin(), list.end(), n) != list.end();
  };
  if (piece.transport != p.transport || !has(piece.roles, p.role)) return false;
  if (!has(piece.databases, p.database)) return false;
  if (p.transport == Transport::local) return true;
  const AddressNumber at{0, p.address};
  const auto& line = p.v6 ? piece.origin.v6 : piece.origin.v4;
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
    const Universe universe(cluster, graph, {&cluster.hba.records});
    const auto space = connection_space(cluster, graph);
    for (const auto& point : test::points(universe)) {
      const auto first = test::decider(universe, cluster.hba.records, point);
      std::optional<std::uint32_t> found;
      std::size_t deciders = 0;
      for (const auto& piece : space.pieces) {
        if (!takes_point(piece, point)) continue;
        found = static_cast<std::uint32_t>(piece.record);
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
