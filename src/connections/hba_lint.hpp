#pragma once
// What the order of the records means: which never decide, what others leave of one, what
// makes a demand for TLS void, and what is let in.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "connections/part.hpp"
#include "connections/unmatched.hpp"

namespace pgleast {

/// Numbers of records, ascending.
using RecordNumbers = std::vector<std::uint32_t>;

struct RecordLint {
  std::uint32_t record = 0;
  std::vector<Part> left;        // what it decides; disjoint
  bool more_left = false;        // ... of which these are only the first
  bool takes_something = false;  // by what is known, some connection matches it
  /// Where nothing is left: earlier records that take all of it, none of them to spare.
  /// Where something is: the earlier ones that take a part.
  RecordNumbers covered_by;
  bool other_outcome = false;  // some of what it loses is decided in another way
  RecordNumbers without_tls;   // hostssl: later ones that let the same in without TLS
  bool wholly_without_tls = false;
  std::vector<std::string> no_transport;  // why the server sees no such connection
  std::vector<std::string> no_name;       // which of its names match nobody
  std::optional<std::string> no_map;      // why it turns away all that it matches

  bool never_decides() const { return takes_something && left.empty(); }
};

/// What one family of addresses lets in otherwise than the other.
struct FamilyDifference {
  bool loopback = false;  // 127.0.0.1 against ::1; else any address that no record singles out
  Part part;              // roles and databases; its origin says nothing
  std::optional<std::uint32_t> v4, v6;  // the records that decide
};

class HbaLint {
 public:
  /// Keeps references. The file loads: say first when it does not.
  HbaLint(const Cluster& cluster, const Graph& graph);

  const ConnectionClasses& classes() const { return classes_; }
  RecordLint record(std::uint32_t record) const;
  /// Of those parts what the server takes connections for: none over TLS with `ssl = off`.
  std::vector<Part> offered(std::vector<Part> parts) const;
  std::vector<FamilyDifference> families() const;
  /// The records that let physical replication in.
  RecordNumbers replication() const;

 private:
  struct Query {
    std::uint8_t transport;
    Region region;
    std::uint32_t line;
    LineNumbers before;  // the lines that share a point with it, those of its record included
  };

  std::vector<Query> queries(std::uint32_t record) const;
  void find_left(const std::vector<Query>& queries, RecordLint& lint) const;
  void add_earlier(const Query& query, RecordNumbers& records) const;
  RecordNumbers cover(std::uint32_t record, const std::vector<Query>& queries) const;
  RecordNumbers reduced(std::uint32_t record, const std::vector<Query>& queries,
                        RecordNumbers records) const;
  bool is_needed(std::uint32_t candidate, const RecordNumbers& cover,
                 const std::vector<Query>& queries) const;
  bool loses_to_other_outcome(std::uint32_t record, const std::vector<Query>& queries) const;
  void find_without_tls(const std::vector<Query>& queries, RecordLint& lint) const;
  std::vector<FamilyDifference> families(std::uint32_t v4, std::uint32_t v6, bool loopback) const;
  bool over_network(const Line& line) const;
  DecisionList decisions_at(std::uint32_t rank, bool loopback) const;
  std::uint32_t plainest(const RankSet& family) const;

  const std::vector<HbaRecord>& records_;
  ConnectionClasses classes_;
  const DecisionList& decisions_;
  Unmatched unmatched_;
  std::vector<std::uint32_t> first_line_;  // by record, and one past the last
};

}  // namespace pgleast
