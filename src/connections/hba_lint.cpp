#include "connections/hba_lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "connections/decision_diff.hpp"
#include "net/origin.hpp"

namespace pgleast {
namespace {

constexpr std::size_t most_left = 1000;
constexpr std::size_t most_left_ranges = 100000;

// How much of the space a line holds, to compare only: wide ones make the shorter cover.
double size_of(const Region& region) {
  double ranks = 0;
  for (const auto& range : region.origin) ranks += range.last - range.first + 1.0;
  return ranks * static_cast<double>(region.roles.size()) *
         static_cast<double>(region.databases.size());
}

RecordNumbers without_repeats(RecordNumbers numbers) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

}  // namespace

HbaLint::HbaLint(const Cluster& cluster, const Graph& graph)
    : records_(cluster.hba.records),
      classes_(cluster, graph, {&records_}),
      decisions_(classes_.decisions(0)),
      unmatched_(cluster) {
  const auto& lines = decisions_.lines();
  std::uint32_t line = 0;
  for (std::uint32_t record = 0; record <= records_.size(); ++record) {
    while (line < lines.size() && lines[line].record < record) ++line;
    first_line_.push_back(line);
  }
}

std::vector<HbaLint::Query> HbaLint::queries(std::uint32_t record) const {
  std::vector<Query> result;
  for (auto line = first_line_[record]; line < first_line_[record + 1]; ++line) {
    for (std::uint8_t t = 0; t < decisions_.transports(); ++t) {
      if ((decisions_.lines()[line].transports & (1U << t)) == 0) continue;
      auto region = decisions_.region(line);
      auto before = decisions_.overlapping(region, t, 0, line);
      result.push_back({t, std::move(region), line, std::move(before)});
    }
  }
  return result;
}

// After thousands of exceptions what is left of a wide record is more than anybody can use.
void HbaLint::find_left(const std::vector<Query>& queries, RecordLint& lint) const {
  std::vector<std::pair<std::uint8_t, Region>> found;
  std::size_t ranges = 0;
  for (const auto& query : queries) {
    const auto any = [](std::uint32_t) { return true; };
    if (decisions_.holder(query.region, query.transport, query.line, any)) continue;
    decisions_.each_left(query.region, query.before, [&](Region region) {
      lint.more_left = found.size() >= most_left || ranges >= most_left_ranges;
      if (lint.more_left) return false;
      ranges += region.origin.size();
      found.emplace_back(query.transport, std::move(region));
      return true;
    });
  }
  lint.left = parts_of(classes_, std::move(found));
}

void HbaLint::add_earlier(const Query& query, RecordNumbers& records) const {
  for (const auto line : query.before) {
    const auto record = decisions_.lines()[line].record;
    if (record != decisions_.lines()[query.line].record) records.push_back(record);
  }
}

RecordLint HbaLint::record(std::uint32_t record) const {
  RecordLint lint;
  lint.record = record;
  const auto asked = queries(record);
  lint.takes_something = !asked.empty();
  find_left(asked, lint);
  if (lint.never_decides()) {
    lint.covered_by = cover(record, asked);
  } else {
    for (const auto& query : asked) add_earlier(query, lint.covered_by);
    lint.covered_by = without_repeats(std::move(lint.covered_by));
  }
  lint.other_outcome = !lint.covered_by.empty() && loses_to_other_outcome(record, asked);
  if (records_[record].type == ConnectionType::hostssl && admits(records_[record])) {
    find_without_tls(asked, lint);
  }
  lint.no_transport = unmatched_.transport(records_[record]);
  lint.no_name = unmatched_.names(records_[record]);
  lint.no_map = unmatched_.map(records_[record]);
  return lint;
}

// A single earlier record where there is one, else all of them but those to spare.
RecordNumbers HbaLint::cover(std::uint32_t record, const std::vector<Query>& queries) const {
  const auto first = first_line_[record];
  const auto otherwise = [&](std::uint32_t line) {
    return !same_outcome(records_[decisions_.lines()[line].record], records_[record]);
  };
  RecordNumbers holders, all;
  for (const auto& query : queries) {
    if (const auto holder = decisions_.holder(query.region, query.transport, first, otherwise)) {
      holders.push_back(decisions_.lines()[*holder].record);
      continue;
    }
    add_earlier(query, all);
  }
  all.insert(all.end(), holders.begin(), holders.end());
  return reduced(record, queries, without_repeats(std::move(all)));
}

// Narrow ones go first, and of two alike the one that ends as `record` does.
RecordNumbers HbaLint::reduced(std::uint32_t record, const std::vector<Query>& queries,
                               RecordNumbers records) const {
  const auto key = [&](std::uint32_t candidate) {
    double size = 0;
    for (auto line = first_line_[candidate]; line < first_line_[candidate + 1]; ++line) {
      size += size_of(decisions_.region(line));
    }
    return std::tuple(size, !same_outcome(records_[candidate], records_[record]), -1.0 * candidate);
  };
  std::vector<std::pair<std::tuple<double, bool, double>, std::uint32_t>> order;
  for (const auto candidate : records) order.emplace_back(key(candidate), candidate);
  std::sort(order.begin(), order.end());
  for (const auto& [ignored, candidate] : order) {
    if (records.size() == 1) break;
    if (!is_needed(candidate, records, queries)) {
      records.erase(std::lower_bound(records.begin(), records.end(), candidate));
    }
  }
  return records;
}

// Whether some point of the queries is held by `candidate` and by no other of the cover.
bool HbaLint::is_needed(std::uint32_t candidate, const RecordNumbers& cover,
                        const std::vector<Query>& queries) const {
  for (const auto& query : queries) {
    for (auto line = first_line_[candidate]; line < first_line_[candidate + 1]; ++line) {
      if ((decisions_.lines()[line].transports & (1U << query.transport)) == 0) continue;
      const auto part = intersection(query.region, decisions_.region(line));
      if (part.empty()) continue;
      auto others =
          decisions_.overlapping(part, query.transport, 0, query.line, DecisionList::Dead::wanted);
      std::erase_if(others, [&](std::uint32_t l) {
        const auto record = decisions_.lines()[l].record;
        return record == candidate || !std::binary_search(cover.begin(), cover.end(), record);
      });
      if (!decisions_.holds_all(others, part)) return true;
    }
  }
  return false;
}

bool HbaLint::loses_to_other_outcome(std::uint32_t record,
                                     const std::vector<Query>& queries) const {
  for (const auto& query : queries) {
    for (const auto line : query.before) {
      if (same_outcome(records_[decisions_.lines()[line].record], records_[record])) continue;
      const auto part = intersection(query.region, decisions_.region(line));
      if (!decisions_.left(part, query.transport, line).empty()) return true;
    }
  }
  return false;
}

// A client need not ask for TLS: what a later record lets in without it voids the demand.
void HbaLint::find_without_tls(const std::vector<Query>& queries, RecordLint& lint) const {
  const auto end = static_cast<std::uint32_t>(decisions_.lines().size());
  const auto& transports = classes_.transports();
  std::uint8_t plain = 0;
  while (std::find(transports[plain].begin(), transports[plain].end(), Transport::plain) ==
         transports[plain].end()) {
    ++plain;
  }
  double demanded = 0, voided = 0;
  for (const auto& query : queries) {
    auto later = decisions_.overlapping(query.region, plain, query.line + 1, end);
    std::erase_if(later, [&](std::uint32_t line) {
      return !admits(records_[decisions_.lines()[line].record]);
    });
    const auto left = [&](const Region& region, const std::function<bool(Region)>& take) {
      decisions_.each_left(region, query.transport, query.line, take);
    };
    for (const auto line : later) {
      left(intersection(query.region, decisions_.region(line)), [&](const Region& here) {
        decisions_.each_left(here, plain, line, [&](const Region& there) {
          voided += size_of(there);
          lint.without_tls.push_back(decisions_.lines()[line].record);
          return true;
        });
        return true;
      });
    }
    if (later.empty()) continue;
    left(query.region, [&](const Region& here) {
      demanded += size_of(here);
      return true;
    });
  }
  lint.without_tls = without_repeats(std::move(lint.without_tls));
  lint.wholly_without_tls = !lint.without_tls.empty() && voided >= demanded;
}

std::vector<Part> HbaLint::offered(std::vector<Part> parts) const {
  for (auto& [transports, region] : parts) {
    std::erase_if(transports, [&](Transport t) { return !unmatched_.offers(t); });
    if (transports.empty() || transports.front() == Transport::local) continue;
    if (!unmatched_.offers_v4()) region.origin = without(region.origin, classes_.v4());
    if (!unmatched_.offers_v6()) region.origin = without(region.origin, classes_.v6());
  }
  std::erase_if(parts, [](const Part& p) { return p.transports.empty() || p.region.empty(); });
  return parts;
}

RecordNumbers HbaLint::replication() const {
  RecordNumbers result;
  const auto region = classes_.replication_region();
  for (std::uint8_t t = 0; t < decisions_.transports(); ++t) {
    const auto end = static_cast<std::uint32_t>(decisions_.lines().size());
    for (const auto line : decisions_.overlapping(region, t, 0, end)) {
      const auto record = decisions_.lines()[line].record;
      if (!admits(records_[record])) continue;
      const auto part = intersection(region, decisions_.region(line));
      std::vector<Part> parts;
      for (auto& left : decisions_.left(part, t, line)) {
        parts.push_back({classes_.transports()[t], std::move(left)});
      }
      if (!offered(std::move(parts)).empty()) result.push_back(record);
    }
  }
  return without_repeats(std::move(result));
}

// --- Families -----------------------------------------------------------------------------------

bool HbaLint::over_network(const Line& line) const {
  return records_[line.record].type != ConnectionType::local;
}

DecisionList HbaLint::decisions_at(std::uint32_t rank, bool loopback) const {
  std::vector<Line> lines;
  for (const auto& line : decisions_.lines()) {
    // `localhost` is 127.0.0.1 and ::1.
    const auto& address = records_[line.record].address;
    const bool by_name =
        loopback && address.kind == AddressKind::host_name && names_loopback(address.host);
    if (over_network(line) && (by_name || covers(line.origin, {{rank, rank}}))) {
      lines.push_back(line);
      lines.back().origin = {{0, 0}};
    }
  }
  return decisions_.with_lines(std::move(lines));
}

std::vector<FamilyDifference> HbaLint::families(std::uint32_t v4, std::uint32_t v6,
                                                bool loopback) const {
  const auto four = decisions_at(v4, loopback);
  const auto six = decisions_at(v6, loopback);
  const auto keys = [](const DecisionList& list) {
    std::vector<std::uint32_t> result;
    for (const auto& line : list.lines()) result.push_back(line.record);
    return result;
  };
  const auto record = [](const DecisionList& list, std::optional<std::uint32_t> line) {
    return line ? std::optional(list.lines()[*line].record) : std::nullopt;
  };
  const auto shut = [&](std::optional<std::uint32_t> r) { return !r || !admits(records_[*r]); };
  const auto found = differences(four, keys(four), six, keys(six), [&](auto a, auto b) {
    const auto r4 = record(four, a);
    const auto r6 = record(six, b);
    return (shut(r4) && shut(r6)) || (r4 && r6 && same_outcome(records_[*r4], records_[*r6]));
  });
  std::map<std::pair<std::optional<std::uint32_t>, std::optional<std::uint32_t>>,
           std::vector<std::pair<std::uint8_t, Region>>>
      by_records;
  for (const auto& d : found) {
    by_records[{record(four, d.before), record(six, d.after)}].emplace_back(d.transport, d.part);
  }
  std::vector<FamilyDifference> result;
  for (auto& [records, regions] : by_records) {
    for (auto& part : parts_of(classes_, std::move(regions))) {
      std::erase_if(part.transports, [&](Transport t) { return !unmatched_.offers(t); });
      if (part.transports.empty()) continue;
      result.push_back({loopback, std::move(part), records.first, records.second});
    }
  }
  return result;
}

std::vector<FamilyDifference> HbaLint::families() const {
  if (!unmatched_.offers_v4() || !unmatched_.offers_v6()) return {};
  auto result = families(classes_.rank_of_v4({0, 0x7F000001}), classes_.rank_of_v6({0, 1}), true);
  const auto anywhere = families(plainest(classes_.v4()), plainest(classes_.v6()), false);
  result.insert(result.end(), anywhere.begin(), anywhere.end());
  return result;
}

// The rank that the fewest lines hold, the first of them: an address that nothing singles out.
std::uint32_t HbaLint::plainest(const RankSet& family) const {
  const auto first = family.front().first;
  std::vector<std::int64_t> changes(family.front().last - first + 2);
  for (const auto& line : decisions_.lines()) {
    if (!over_network(line)) continue;
    for (const auto& range : intersection(line.origin, family)) {
      ++changes[range.first - first];
      --changes[range.last + 1 - first];
    }
  }
  std::int64_t count = 0, fewest = 0;
  std::uint32_t best = first;
  for (auto rank = first; rank <= family.front().last; ++rank) {
    count += changes[rank - first];
    if (rank == first || count < fewest) {
      fewest = count;
      best = rank;
    }
  }
  return best;
}

}  // namespace pgleast
