#include "connections/transport.hpp"

#include <array>

namespace pgleast {

std::string_view to_string(Transport transport) {
  constexpr std::array<std::string_view, transport_count> names{"local", "plain", "TLS", "GSSAPI"};
  return names[static_cast<std::size_t>(transport)];
}

bool takes(ConnectionType type, Transport transport) {
  switch (type) {
    case ConnectionType::local:
      return transport == Transport::local;
    case ConnectionType::host:
      return transport != Transport::local;
    case ConnectionType::hostssl:
      return transport == Transport::tls;
    case ConnectionType::hostnossl:
      return transport == Transport::plain || transport == Transport::gss;
    case ConnectionType::hostgssenc:
      return transport == Transport::gss;
    case ConnectionType::hostnogssenc:
      return transport == Transport::plain || transport == Transport::tls;
  }
  return false;
}

}  // namespace pgleast
