#include "net/inet.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdlib>
#include <cstring>

namespace pgleast {
namespace {

/// The usual forms, for which getaddrinfo would say the same, only slower.
InetBytes plain_address(const std::string& text) {
  InetBytes bytes(16);
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) {
    bytes.resize(4);
    return bytes;
  }
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return bytes;
  return {};
}

InetBytes bytes_of(const addrinfo& info) {
  if (info.ai_family == AF_INET) {
    sockaddr_in address{};
    std::memcpy(&address, info.ai_addr, sizeof address);
    InetBytes bytes(4);
    std::memcpy(bytes.data(), &address.sin_addr, bytes.size());
    return bytes;
  }
  if (info.ai_family != AF_INET6) return {};
  sockaddr_in6 address{};
  std::memcpy(&address, info.ai_addr, sizeof address);
  InetBytes bytes(16);
  std::memcpy(bytes.data(), &address.sin6_addr, bytes.size());
  return bytes;
}

}  // namespace

NumericHost numeric_host(const std::string& text) {
  if (text.empty()) return {{}, true};  // the server passes a null pointer: no such name
  if (auto bytes = plain_address(text); !bytes.empty()) return {std::move(bytes), false};
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST;
  hints.ai_family = AF_UNSPEC;
  addrinfo* found = nullptr;
  const int result = getaddrinfo(text.c_str(), nullptr, &hints, &found);
  if (result != 0 || found == nullptr) return {{}, result == EAI_NONAME};
  auto bytes = bytes_of(*found);
  freeaddrinfo(found);
  return {std::move(bytes), false};
}

std::optional<InetBytes> prefix_mask(const std::string& digits, std::size_t bytes) {
  char* end = nullptr;
  const long bits = std::strtol(digits.c_str(), &end, 10);
  const auto longest = static_cast<long>(bytes * 8);
  if (digits.empty() || *end != '\0' || bits < 0 || bits > longest) return std::nullopt;
  InetBytes mask(bytes);
  for (std::size_t i = 0; i < static_cast<std::size_t>(bits); ++i) {
    mask[i / 8] = static_cast<std::uint8_t>(mask[i / 8] | (0x80U >> (i % 8)));
  }
  return mask;
}

std::string inet_text(const InetBytes& bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (bytes.size() != 4 && bytes.size() != 16) return "";
  inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), text.data(), text.size());
  return text.data();
}

}  // namespace pgleast
