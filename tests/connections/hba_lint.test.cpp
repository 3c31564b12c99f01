// What `hba lint` says, held against asking every point of a small space.

#include "connections/hba_lint.hpp"

#include <algorithm>
#include <iostream>

#include "support/catch.hpp"
#include "support/small_space.hpp"

using namespace pgleast;

namespace {

using Records = std::vector<HbaRecord>;
using Number = std::optional<std::uint32_t>;

// One random file with what decides at each of its points.
struct World {
  World(unsigned seed, bool known) : cluster(test::small_world(known)) {
    std::mt19937 random(seed);
    text = test::random_records(random, 14);
    cluster.hba.records = test::records_of(text, cluster.version_num);
    lint.emplace(cluster, graph.emplace(cluster));
    points = test::points(lint->classes());
    for (const auto& p : points) deciders.push_back(test::decider(lint->classes(), records(), p));
  }
  const Records& records() const { return cluster.hba.records; }
  bool matches(std::uint32_t record, const test::Point& p) const {
    return test::matches(lint->classes(), records()[record], p);
  }

  Cluster cluster;
  std::string text;
  std::optional<Graph> graph;
  std::optional<HbaLint> lint;
  std::vector<test::Point> points;
  std::vector<Number> deciders;
};

bool covers_all(const World& world, std::uint32_t record, const RecordNumbers& cover) {
  return std::all_of(world.points.begin(), world.points.end(), [&](const test::Point& p) {
    return !world.matches(record, p) ||
           std::any_of(cover.begin(), cover.end(),
                       [&](std::uint32_t r) { return r < record && world.matches(r, p); });
  });
}

bool is_minimal(const World& world, std::uint32_t record, const RecordNumbers& cover) {
  for (std::size_t i = 0; i < cover.size(); ++i) {
    auto fewer = cover;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    if (covers_all(world, record, fewer)) return false;
  }
  return true;
}

// The points that `record` decides are those of what is left, each once.
std::size_t wrong_parts(const World& world, const RecordLint& lint) {
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < world.points.size(); ++i) {
    const auto& p = world.points[i];
    const auto found = std::count_if(lint.left.begin(), lint.left.end(), [&](const Part& part) {
      return std::count(part.transports.begin(), part.transports.end(), p.transport) > 0 &&
             test::holds(world.lint->classes(), part.region, p);
    });
    wrong += found != (world.deciders[i] == lint.record ? 1 : 0) ? 1U : 0U;
  }
  return wrong;
}

bool loses_to_other(const World& world, std::uint32_t record) {
  for (std::size_t i = 0; i < world.points.size(); ++i) {
    const auto by = world.deciders[i];
    if (by && *by < record && world.matches(record, world.points[i]) &&
        !same_outcome(world.records()[*by], world.records()[record])) {
      return true;
    }
  }
  return false;
}

// Which later records let in without TLS what `record` takes with it, and whether all of it.
std::pair<RecordNumbers, bool> without_tls(const World& world, std::uint32_t record) {
  RecordNumbers by;
  bool all = true;
  for (std::size_t i = 0; i < world.points.size(); ++i) {
    if (world.deciders[i] != record) continue;
    auto plain = world.points[i];
    plain.transport = Transport::plain;
    const auto other = test::decider(world.lint->classes(), world.records(), plain);
    if (other && *other > record && admits(world.records()[*other])) {
      by.push_back(*other);
    } else {
      all = false;
    }
  }
  std::sort(by.begin(), by.end());
  by.erase(std::unique(by.begin(), by.end()), by.end());
  return {by, all && !by.empty()};
}

void hold(bool known) {
  std::size_t count = 0, never = 0, covers_of_many = 0, wrong = 0, tls = 0;
  const unsigned files = known ? 200 : 100;
  for (unsigned seed = 1; seed <= files; ++seed) {
    const World world(seed, known);
    CAPTURE(seed, world.text);
    count += world.points.size();
    for (std::uint32_t r = 0; r < world.records().size(); ++r) {
      const auto lint = world.lint->record(r);
      const bool any = std::any_of(world.points.begin(), world.points.end(),
                                   [&](const auto& p) { return world.matches(r, p); });
      const bool decides = std::count(world.deciders.begin(), world.deciders.end(), Number(r)) > 0;
      CHECK(lint.takes_something == any);
      CHECK(lint.never_decides() == (any && !decides));
      CHECK(lint.other_outcome == loses_to_other(world, r));
      wrong += wrong_parts(world, lint);
      if (lint.never_decides()) {
        ++never;
        covers_of_many += lint.covered_by.size() > 1 ? 1U : 0U;
        CHECK(covers_all(world, r, lint.covered_by));
        CHECK(is_minimal(world, r, lint.covered_by));
      }
      if (world.records()[r].type == ConnectionType::hostssl && admits(world.records()[r])) {
        const auto [by, all] = without_tls(world, r);
        CHECK(lint.without_tls == by);
        CHECK(lint.wholly_without_tls == all);
        tls += by.empty() ? 0U : 1U;
      }
    }
  }
  std::cout << "hba lint, facts " << (known ? "seen" : "unseen") << ": " << files << " files, "
            << count << " points, " << wrong << " differences; " << never << " never decide, "
            << covers_of_many << " by several, " << tls << " without TLS\n";
  CHECK(wrong == 0);
  CHECK(never > 30);
  CHECK(covers_of_many > 0);
  CHECK(tls > 5);
}

}  // namespace

TEST_CASE("lint knows for every record what is left of it and who took the rest", "[reach]") {
  hold(true);
}

TEST_CASE("lint knows it too when roles and databases are unseen", "[reach]") { hold(false); }

TEST_CASE("a cover has no record to spare, and the other outcome is told", "[reach]") {
  struct Row {
    const char* text;
    RecordNumbers cover;  // of the last record
    bool other;
  };
  // clang-format off
  const auto row = GENERATE(
      Row{"host all u1 all trust\nhost all u2,u3 all reject\nhost all all all trust", {0, 1}, true},
      Row{"host all all 10.0.0.0/29 trust\nhost all all 10.0.0.8/29 trust\n"
          "host all u1 10.0.0.1/32 trust\nhost all all 10.0.0.0/28 trust", {0, 1}, false},
      Row{"hostssl d1 all all trust\nhostnossl d1 u1 all trust\nhostnossl d1 u2,u3 all trust\n"
          "host d1 all all trust", {0, 1, 2}, false},
      Row{"host all all all trust\nhost all u1 all reject\nhost all u1 10.0.0.1/32 reject", {0}, true},
      Row{"host all u1 10.0.0.1/32 reject\nhost all u1 10.0.0.0/28 trust\nhost all u1 10.0.0.1/32 reject",
          {1}, false},
      Row{"host sameuser all all trust\nhost u1 u1 all scram-sha-256", {0}, true},
      Row{"host samerole all all trust\nhost sameuser all all trust", {0}, false},
      Row{"host d1,d2,u1 all all trust\nhost all all all trust", {0}, false},
      Row{"host all +u2 all trust\nhost all u1,u2 all trust", {0}, false});
  // clang-format on
  auto cluster = test::small_world();
  cluster.hba.records = test::records_of(row.text, cluster.version_num);
  CAPTURE(row.text);
  const Graph graph(cluster);
  const HbaLint lint(cluster, graph);
  const auto last = lint.record(static_cast<std::uint32_t>(cluster.hba.records.size() - 1));
  CHECK(last.never_decides());
  CHECK(last.covered_by == row.cover);
  CHECK(last.other_outcome == row.other);
}

TEST_CASE("lint finds what IPv4 lets in otherwise than IPv6", "[reach]") {
  std::size_t asked = 0, wrong = 0;
  for (unsigned seed = 1; seed <= 150; ++seed) {
    const World world(seed, true);
    const auto& classes = world.lint->classes();
    const auto found = world.lint->families();
    for (const auto& p : world.points) {
      if (p.transport == Transport::local || p.v6) continue;
      const bool loopback = p.address == 0x7F000001;
      if (!loopback && p.address != 0xCB007109) continue;
      auto six = p;
      six.v6 = true;
      if (loopback) six.address = 1;
      const auto a = test::decider(classes, world.records(), p);
      const auto b = test::decider(classes, world.records(), six);
      const auto in = [&](Number r) { return r && admits(world.records()[*r]); };
      const bool differs =
          in(a) != in(b) || (in(a) && !same_outcome(world.records()[*a], world.records()[*b]));
      std::size_t told = 0;
      for (const auto& d : found) {
        const auto& over = d.part.transports;
        if (d.loopback != loopback || std::count(over.begin(), over.end(), p.transport) == 0)
          continue;
        auto region = d.part.region;
        region.origin = classes.v4();
        told += test::holds(classes, region, p) ? 1U : 0U;
        if (test::holds(classes, region, p)) wrong += d.v4 == a && d.v6 == b ? 0U : 1U;
      }
      ++asked;
      wrong += told != (differs ? 1U : 0U) ? 1U : 0U;
    }
  }
  CHECK(asked == 150 * 3 * 3 * 4 * 2);
  CHECK(wrong == 0);
}
