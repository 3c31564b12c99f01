#pragma once
// A small connection space, of which every point can be asked: the server's procedure
// (hba.c, check_hba) written out once more, on single points only.

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "connections/connection_classes.hpp"
#include "model/cluster.hpp"

namespace pgleast::test {

/// Roles u1 (a member of u2), u2 and u3, databases d1, d2 and u1. `known`: the facts are seen.
Cluster small_world(bool known = true);

/// One record of names of that world and of 10.0.0.0/28, ::/0 and the like.
std::string random_record(std::mt19937& random);
std::string random_records(std::mt19937& random, std::size_t most);

/// The records of a file with that text; it must load.
std::vector<HbaRecord> records_of(const std::string& text, int version_num);

struct Point {
  Transport transport;
  std::uint32_t role, database;  // into ConnectionClasses::roles() and databases()
  bool v6;
  std::uint32_t address;  // of IPv4; the last bytes of one of IPv6
};

/// Every point that records of random_record() tell apart, tokens of the classes included.
std::vector<Point> points(const ConnectionClasses& classes);
bool matches(const ConnectionClasses& classes, const HbaRecord& record, const Point& point);
/// The first record that matches.
std::optional<std::uint32_t> decider(const ConnectionClasses& classes,
                                     const std::vector<HbaRecord>& records, const Point& point);
bool holds(const ConnectionClasses& classes, const Region& region, const Point& point);

}  // namespace pgleast::test
