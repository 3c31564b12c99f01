#pragma once
// Addresses as pg_hba.conf takes them. The server asks getaddrinfo(AI_NUMERICHOST), and so
// does this: `10/8` is 0.0.0.10/8, `010.0.0.1` is 8.0.0.1, `127.1` is 127.0.0.1. No name is
// ever looked up.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgleast {

using InetBytes = std::vector<std::uint8_t>;  // 4 or 16, in network order

struct NumericHost {
  InetBytes bytes;             // empty: not an address
  bool may_be_a_name = false;  // then: no address, but the server takes it for a host name
};

/// "10.0.0.1", "fe80::1"; empty for what is no address.
std::string inet_text(const InetBytes& bytes);

NumericHost numeric_host(const std::string& text);

/// The mask of a prefix length as the server reads it (strtol: "+8" and " 8" are 8).
std::optional<InetBytes> prefix_mask(const std::string& digits, std::size_t bytes);

}  // namespace pgleast
