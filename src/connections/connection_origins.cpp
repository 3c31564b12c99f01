// Addresses as ranks, in the order of where records tell them apart, then what only the server can
// tell: host names, samehost, samenet.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "connections/connection_classes.hpp"
#include "connections/connection_sets.hpp"
#include "net/origin.hpp"

namespace pgleast {
namespace {

// The loopback addresses that every machine has: ifaddr.c asks its interfaces.
AddressSet localhost() {
  const AddressRange v4{{0, 0x7F000001}, {0, 0x7F000001}};
  const AddressRange v6{{0, 1}, {0, 1}};
  return {AddressLine({v4}), AddressLine({v6})};
}

constexpr AddressNumber past_v4{0, std::uint64_t{1} << 32U};

void add_ends(const AddressLine& line, std::vector<AddressNumber>& begins) {
  for (const auto& range : line.ranges()) {
    begins.push_back(range.first);
    begins.push_back(after(range.last));  // 0 past the last of IPv6
  }
}

void sort_ends(std::vector<AddressNumber>& begins) {
  begins.emplace_back();
  std::sort(begins.begin(), begins.end());
  begins.erase(std::unique(begins.begin(), begins.end()), begins.end());
}

std::uint32_t rank_in(const std::vector<AddressNumber>& begins, AddressNumber address) {
  const auto found = std::upper_bound(begins.begin(), begins.end(), address);
  return static_cast<std::uint32_t>(found - begins.begin() - 1);
}

}  // namespace

void ConnectionClasses::add_addresses(const Files& files) {
  const auto add = [&](const AddressSet& set) {
    add_ends(set.v4, v4_);
    add_ends(set.v6, v6_);
  };
  add(AddressSet::loopback());
  for (const auto* const records : files) {
    for (const auto& record : *records) {
      if (record.address.kind == AddressKind::samehost) add(localhost());
      if (record.address.kind == AddressKind::ip) {
        bool exact = true;
        add(addresses_of(record.address.address, record.address.mask, exact));
      }
      const auto name = named_origin(record.address);
      if (name.empty()) continue;
      for (const auto& origin : {name, std::string(name == "samenet" ? "samehost" : "")}) {
        if (origin.empty()) continue;
        const auto place = static_cast<std::uint32_t>(origins_.size());
        if (origin_named_.emplace(origin, place).second) origins_.push_back(origin);
      }
    }
  }
  sort_ends(v4_);
  if (v4_.back() == past_v4) v4_.pop_back();
  sort_ends(v6_);
}

std::uint32_t ConnectionClasses::rank_of_v4(AddressNumber address) const {
  return rank_in(v4_, address);
}

std::uint32_t ConnectionClasses::rank_of_v6(AddressNumber address) const {
  return static_cast<std::uint32_t>(v4_.size()) + rank_in(v6_, address);
}

RankSet ConnectionClasses::v4() const { return {{0, static_cast<std::uint32_t>(v4_.size() - 1)}}; }

RankSet ConnectionClasses::v6() const {
  const auto first = static_cast<std::uint32_t>(v4_.size());
  return {{first, first + static_cast<std::uint32_t>(v6_.size() - 1)}};
}

RankSet ConnectionClasses::ranks(const AddressSet& set) const {
  std::vector<RankRange> result;
  for (const auto& range : set.v4.ranges()) {
    result.push_back({rank_of_v4(range.first), rank_of_v4(range.last)});
  }
  for (const auto& range : set.v6.ranges()) {
    result.push_back({rank_of_v6(range.first), rank_of_v6(range.last)});
  }
  return rank_set(std::move(result));
}

RankSet ConnectionClasses::certain_origin(const HbaAddress& address) const {
  const auto named = static_cast<std::uint32_t>(v4_.size() + v6_.size());
  if (address.kind == AddressKind::none) return {{0, 0}};
  if (address.kind == AddressKind::all) {
    return {{0, named + static_cast<std::uint32_t>(origins_.size()) - 1}};
  }
  const auto name = named_origin(address);
  if (name.empty()) {
    bool exact = true;
    return ranks(addresses_of(address.address, address.mask, exact));
  }
  std::vector<RankRange> result;
  if (name == "samenet") result = ranks(AddressSet::loopback());
  if (name == "samehost") result = ranks(localhost());
  for (const auto& origin : {name, std::string(name == "samenet" ? "samehost" : name)}) {
    const auto rank = named + origin_named_.at(origin);
    result.push_back({rank, rank});
  }
  return rank_set(std::move(result));
}

RankSet ConnectionClasses::possible_origin(const HbaAddress& address) const {
  // The machine itself, by whichever of its addresses.
  const bool own = address.kind == AddressKind::samehost ||
                   (address.kind == AddressKind::host_name && names_loopback(address.host));
  if (own) return ranks(AddressSet::loopback());
  if (address.kind == AddressKind::samenet || address.kind == AddressKind::host_name) {
    return ranks(AddressSet::all());
  }
  if (address.kind == AddressKind::none) return {{0, 0}};
  if (address.kind == AddressKind::all) return ranks(AddressSet::all());
  bool exact = true;
  return ranks(addresses_of(address.address, address.mask, exact));
}

OriginSet ConnectionClasses::origin(const RankSet& set) const {
  const auto v6 = static_cast<std::uint32_t>(v4_.size());
  const auto named = v6 + static_cast<std::uint32_t>(v6_.size());
  std::vector<AddressRange> v4_ranges, v6_ranges;
  OriginSet result;
  for (const auto& range : set) {
    if (range.first < v6) {
      const auto next = range.last + 1;
      v4_ranges.push_back({v4_[range.first], before(next < v6 ? v4_[next] : past_v4)});
    }
    if (range.last >= v6 && range.first < named) {
      const auto next = std::min(range.last, named - 1) + 1;
      v6_ranges.push_back({v6_[std::max(range.first, v6) - v6],
                           before(next < named ? v6_[next - v6] : AddressNumber{})});
    }
    for (auto rank = std::max(range.first, named); rank <= range.last; ++rank) {
      result.named.push_back(origins_[rank - named]);
    }
  }
  result.addresses = {AddressLine(std::move(v4_ranges)), AddressLine(std::move(v6_ranges))};
  return result;
}

}  // namespace pgleast
