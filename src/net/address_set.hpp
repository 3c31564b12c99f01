#pragma once
// Sets of network addresses as sorted, disjoint intervals; IPv4 and IPv6 are separate
// lines, and neither matches the other (hba.c, check_ip).

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "net/inet.hpp"

namespace pgleast {

/// A number of 128 bits; an IPv4 address uses the lower 32.
struct AddressNumber {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  auto operator<=>(const AddressNumber&) const = default;
};

/// The next number and the one before; they go round at the ends.
AddressNumber after(AddressNumber n);
AddressNumber before(AddressNumber n);

/// Both ends belong to it.
struct AddressRange {
  AddressNumber first;
  AddressNumber last;
  bool operator==(const AddressRange&) const = default;
};

class AddressLine {
 public:
  AddressLine() = default;
  explicit AddressLine(std::vector<AddressRange> ranges);

  const std::vector<AddressRange>& ranges() const { return ranges_; }
  bool empty() const { return ranges_.empty(); }
  void add(const AddressLine& other);
  AddressLine without(const AddressLine& other) const;
  bool operator==(const AddressLine&) const = default;

 private:
  std::vector<AddressRange> ranges_;  // INVARIANT: sorted, disjoint, not touching
};

struct AddressSet {
  AddressLine v4;
  AddressLine v6;

  bool empty() const { return v4.empty() && v6.empty(); }
  void add(const AddressSet& other);
  AddressSet without(const AddressSet& other) const;
  bool operator==(const AddressSet&) const = default;

  static AddressSet all();
  static AddressSet loopback();  // 127.0.0.0/8 and ::1
};

/// What an address with its mask, of as many bytes, takes. A mask with holes may be many ranges:
/// above 4096 of them `exact` turns false and the result is one range around them.
AddressSet addresses_of(const InetBytes& address, const InetBytes& mask, bool& exact);

/// As networks, `10.0.0.0/8` and `2001:db8::/32`; none where it takes more than `most`.
std::vector<std::string> networks_of(const AddressSet& set, std::size_t most);

/// "any address", "any IPv4 address", "10.0.0.0/8 and 192.168.1.5": at most `most` of them.
std::string to_string(const AddressSet& set, std::size_t most = 4);
/// Its ranges, IPv4 first: "10.0.0.0/8", "192.168.1.5", "10.0.0.1-10.0.0.6".
std::vector<std::string> range_texts(const AddressSet& set);
/// One address that is easy to try; the set is not empty.
std::string example_address(const AddressSet& set);

}  // namespace pgleast
