#pragma once
// What carries a connection: a Unix-domain socket, or TCP plain or encrypted.

#include <cstddef>
#include <string_view>

#include "model/hba.hpp"

namespace pgleast {

enum class Transport { local, plain, tls, gss };
inline constexpr std::size_t transport_count = 4;
std::string_view to_string(Transport transport);
/// Whether a record of that type takes connections over it (hba.c, check_hba).
bool takes(ConnectionType type, Transport transport);

}  // namespace pgleast
