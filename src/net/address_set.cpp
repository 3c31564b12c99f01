#include "net/address_set.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <optional>

#include "text/display.hpp"

namespace pgleast {
namespace {

constexpr std::uint64_t ones = ~std::uint64_t{0};
constexpr AddressNumber last_v4{0, 0xFFFFFFFF};
constexpr AddressNumber last_v6{ones, ones};
constexpr std::size_t most_ranges = 4096;

AddressNumber operator&(AddressNumber a, AddressNumber b) {
  return {a.high & b.high, a.low & b.low};
}
AddressNumber operator|(AddressNumber a, AddressNumber b) {
  return {a.high | b.high, a.low | b.low};
}
AddressNumber operator~(AddressNumber a) { return {~a.high, ~a.low}; }

int trailing_ones(AddressNumber n) {
  const auto low = std::countr_one(n.low);
  return low == 64 ? 64 + std::countr_one(n.high) : low;
}

AddressNumber low_bits(int count) {
  if (count >= 128) return {ones, ones};
  if (count >= 64) return {(std::uint64_t{1} << (count - 64)) - 1, ones};
  return {0, (std::uint64_t{1} << count) - 1};
}

AddressNumber number_of(const InetBytes& bytes) {
  AddressNumber n;
  for (const auto byte : bytes) {
    n.high = (n.high << 8U) | (n.low >> 56U);
    n.low = (n.low << 8U) | byte;
  }
  return n;
}

std::string text_of(AddressNumber n, bool v6) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < 16; ++i) {
    const auto word = i < 8 ? n.high : n.low;
    bytes[i] = static_cast<std::uint8_t>(word >> (8 * (7 - i % 8)));
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  const auto* const from = v6 ? bytes.data() : bytes.data() + 12;
  inet_ntop(v6 ? AF_INET6 : AF_INET, from, text.data(), text.size());
  return text.data();
}

// The prefix length of a range that is one block, else none.
std::optional<int> prefix_of(const AddressRange& range, int bits) {
  for (int host = 0; host <= bits; ++host) {
    const auto mask = low_bits(host);
    if ((range.first & mask) == AddressNumber{} && (range.first | mask) == range.last) {
      return bits - host;
    }
  }
  return std::nullopt;
}

std::string text_of(const AddressRange& range, bool v6) {
  auto first = text_of(range.first, v6);
  if (range.first == range.last) return first;
  if (const auto prefix = prefix_of(range, v6 ? 128 : 32))
    return fmt::format("{}/{}", first, *prefix);
  return first + "-" + text_of(range.last, v6);
}

AddressLine line_of(AddressRange range) { return AddressLine(std::vector<AddressRange>{range}); }

}  // namespace

AddressNumber after(AddressNumber n) { return {n.high + (n.low == ones ? 1 : 0), n.low + 1}; }
AddressNumber before(AddressNumber n) { return {n.high - (n.low == 0 ? 1 : 0), n.low - 1}; }

AddressLine::AddressLine(std::vector<AddressRange> ranges) {
  std::sort(ranges.begin(), ranges.end(),
            [](const AddressRange& a, const AddressRange& b) { return a.first < b.first; });
  for (const auto& range : ranges) {
    const bool joins = !ranges_.empty() && (ranges_.back().last == last_v6 ||
                                            range.first <= after(ranges_.back().last));
    if (joins) {
      ranges_.back().last = std::max(ranges_.back().last, range.last);
    } else {
      ranges_.push_back(range);
    }
  }
}

void AddressLine::add(const AddressLine& other) {
  if (other.empty()) return;
  auto both = ranges_;
  both.insert(both.end(), other.ranges_.begin(), other.ranges_.end());
  *this = AddressLine(std::move(both));
}

AddressLine AddressLine::without(const AddressLine& other) const {
  AddressLine result;
  auto taken = other.ranges_.begin();
  for (auto range : ranges_) {
    while (taken != other.ranges_.end() && taken->last < range.first) ++taken;
    bool left = true;
    for (auto t = taken; left && t != other.ranges_.end() && t->first <= range.last; ++t) {
      if (range.first < t->first) result.ranges_.push_back({range.first, before(t->first)});
      left = t->last < range.last;
      if (left) range.first = after(t->last);
    }
    if (left) result.ranges_.push_back(range);
  }
  return result;
}

void AddressSet::add(const AddressSet& other) {
  v4.add(other.v4);
  v6.add(other.v6);
}

AddressSet AddressSet::without(const AddressSet& other) const {
  return {v4.without(other.v4), v6.without(other.v6)};
}

AddressSet AddressSet::all() { return {line_of({{}, last_v4}), line_of({{}, last_v6})}; }

AddressSet AddressSet::loopback() {
  return {line_of({{0, 0x7F000000}, {0, 0x7FFFFFFF}}), line_of({{0, 1}, {0, 1}})};
}

AddressSet addresses_of(const InetBytes& address, const InetBytes& mask_bytes, bool& exact) {
  const bool v6 = address.size() == 16;
  const auto line_end = v6 ? last_v6 : last_v4;
  const auto mask = number_of(mask_bytes);
  const auto base = number_of(address) & mask;
  const auto free = ~mask & line_end;
  const auto block = low_bits(trailing_ones(free));
  const auto holes = free & ~block;
  const auto count = std::popcount(holes.high) + std::popcount(holes.low);
  std::vector<AddressRange> ranges;
  exact = count < 13 && (std::size_t{1} << static_cast<unsigned>(count)) <= most_ranges;
  if (!exact) {
    ranges.push_back({base, base | free});
  } else {
    // Every subset of the holes, in the usual way of counting down through a mask.
    for (auto subset = holes;; subset = before(subset) & holes) {
      ranges.push_back({base | subset, base | subset | block});
      if (subset == AddressNumber{}) break;
    }
  }
  AddressSet result;
  (v6 ? result.v6 : result.v4) = AddressLine(std::move(ranges));
  return result;
}

// The largest network at the beginning of what is left, again and again.
std::vector<std::string> networks_of(const AddressSet& set, std::size_t most) {
  std::vector<std::string> result;
  const auto add = [&](const AddressLine& line, bool v6) {
    for (auto left : line.ranges()) {
      for (bool more = true; more;) {
        if (result.size() == most) return false;
        int bits = v6 ? 128 : 32;
        while (bits > 0) {
          const auto mask = low_bits(bits);
          if ((left.first & mask) == AddressNumber{} && (left.first | mask) <= left.last) break;
          --bits;
        }
        const AddressRange network{left.first, left.first | low_bits(bits)};
        result.push_back(fmt::format("{}/{}", text_of(network.first, v6), (v6 ? 128 : 32) - bits));
        more = network.last < left.last;
        left.first = after(network.last);
      }
    }
    return true;
  };
  if (!add(set.v4, false) || !add(set.v6, true)) result.clear();
  return result;
}

std::string to_string(const AddressSet& set, std::size_t most) {
  const auto all = AddressSet::all();
  if (set == all) return "any address";
  std::vector<std::string> parts;
  const auto add = [&](const AddressLine& line, const AddressLine& whole, bool v6) {
    if (line == whole) {
      parts.emplace_back(v6 ? "any IPv6 address" : "any IPv4 address");
      return;
    }
    for (const auto& range : line.ranges()) parts.push_back(text_of(range, v6));
  };
  add(set.v4, all.v4, false);
  add(set.v6, all.v6, true);
  return listed(parts, most);
}

std::vector<std::string> range_texts(const AddressSet& set) {
  std::vector<std::string> result;
  for (const auto& range : set.v4.ranges()) result.push_back(text_of(range, false));
  for (const auto& range : set.v6.ranges()) result.push_back(text_of(range, true));
  return result;
}

std::string example_address(const AddressSet& set) {
  // An address of the documentation's own network is the plainest stranger.
  const AddressNumber stranger{0, 0xCB007109};  // 203.0.113.9
  for (const auto& range : set.v4.ranges()) {
    if (range.first <= stranger && stranger <= range.last) return text_of(stranger, false);
  }
  const bool v6 = set.v4.empty();
  const auto& ranges = v6 ? set.v6.ranges() : set.v4.ranges();
  // No client is ::ffff:10.0.0.1 to the server: it listens for each family alone.
  const auto mapped = [&](const AddressRange& r) {
    return v6 && r.first.high == 0 && r.first.low >> 32U == 0xFFFF;
  };
  const auto& range = mapped(ranges.front()) ? ranges.back() : ranges.front();
  // The first address of a network is its name; the next one can be a host.
  return text_of(range.first == range.last ? range.first : after(range.first), v6);
}

}  // namespace pgleast
