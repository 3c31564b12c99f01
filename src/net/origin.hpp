#pragma once
// Where a client is: at the server's Unix-domain socket, at addresses, or at either.
//
//   local                 the socket
//   loopback              127.0.0.0/8 and ::1
//   private               RFC 1918, unique local and link local addresses
//   anywhere              every address, those above included
//   203.0.113.0/24        also a single address, and several with commas

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "net/address_set.hpp"

namespace pgleast {

struct ClientOrigin {
  bool local = false;
  AddressSet addresses;

  bool empty() const { return !local && addresses.empty(); }
  bool operator==(const ClientOrigin&) const = default;
};

ClientOrigin intersection(const ClientOrigin& a, const ClientOrigin& b);
ClientOrigin every_origin();

/// Throws Error (usage) for a text that is none of the forms above.
ClientOrigin origin_named(std::string_view text);
/// The addresses of one item of such a list; none for a text that is none.
std::optional<AddressSet> addresses_named(std::string_view text);
/// 127.0.0.0/8 and ::1.
bool is_loopback(const InetBytes& address);
/// Whether a host is this machine alone: localhost, 127.0.0.1, ::1. No name is looked up.
bool names_loopback(std::string_view host);

/// "the local socket", "10.0.0.0/8 and 192.168.1.5", "any address"; every address but those of
/// the other zones reads as any.
std::string to_string(const ClientOrigin& origin);

/// Kinds of origin, disjoint, from the nearest to the farthest.
enum class Zone { local, loopback, private_network, elsewhere };
inline constexpr std::array<Zone, 4> zones{Zone::local, Zone::loopback, Zone::private_network,
                                           Zone::elsewhere};
/// "the local socket", "loopback", "private networks", "anywhere".
std::string_view to_string(Zone zone);
ClientOrigin origin_of(Zone zone);

}  // namespace pgleast
