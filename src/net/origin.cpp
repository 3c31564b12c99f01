#include "net/origin.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "text/diagnostic.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

AddressSet set_of(const std::vector<std::string_view>& texts) {
  AddressSet result;
  for (const auto text : texts) result.add(*addresses_named(text));
  return result;
}

const AddressSet& private_addresses() {
  static const AddressSet set = set_of(
      {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"});
  return set;
}

std::optional<std::vector<std::uint8_t>> bytes_of(const std::string& text) {
  std::vector<std::uint8_t> bytes(4);
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return bytes;
  bytes.resize(16);
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return bytes;
  return std::nullopt;
}

std::optional<std::size_t> prefix_named(std::string_view text, std::size_t most) {
  if (text.empty() || text.size() > 3) return std::nullopt;
  std::size_t result = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    result = result * 10 + static_cast<std::size_t>(c - '0');
  }
  return result <= most ? std::optional(result) : std::nullopt;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

AddressLine common(const AddressLine& a, const AddressLine& b) { return a.without(a.without(b)); }

AddressSet common(const AddressSet& a, const AddressSet& b) {
  return {common(a.v4, b.v4), common(a.v6, b.v6)};
}

// All that a zone leaves out of its family is left out of the words.
AddressSet in_round_words(AddressSet set) {
  auto filled = set;
  filled.add(AddressSet::loopback());
  filled.add(private_addresses());
  const auto all = AddressSet::all();
  const auto beyond = all.without(AddressSet::loopback()).without(private_addresses());
  if (filled.v4 == all.v4 && beyond.v4 == common(set.v4, beyond.v4)) set.v4 = all.v4;
  if (filled.v6 == all.v6 && beyond.v6 == common(set.v6, beyond.v6)) set.v6 = all.v6;
  return set;
}

}  // namespace

ClientOrigin intersection(const ClientOrigin& a, const ClientOrigin& b) {
  return {a.local && b.local, common(a.addresses, b.addresses)};
}

ClientOrigin every_origin() { return {true, AddressSet::all()}; }

std::optional<AddressSet> addresses_named(std::string_view text) {
  // fe80::1%eth0: the server logs the zone and compares without it.
  const auto zone =
      text.find(':') == std::string_view::npos ? std::string_view::npos : text.find('%');
  if (zone != std::string_view::npos && zone + 1 < text.size() &&
      text.find('/') == std::string_view::npos) {
    return addresses_named(text.substr(0, zone));
  }
  const auto slash = text.find('/');
  const auto address = bytes_of(std::string(text.substr(0, slash)));
  if (!address) return std::nullopt;
  auto prefix = address->size() * 8;
  if (slash != std::string_view::npos) {
    const auto given = prefix_named(text.substr(slash + 1), prefix);
    if (!given) return std::nullopt;
    prefix = *given;
  }
  InetBytes mask(address->size());
  for (std::size_t bit = 0; bit < prefix; ++bit) {
    mask[bit / 8] = static_cast<std::uint8_t>(mask[bit / 8] | (0x80U >> (bit % 8)));
  }
  bool exact = true;
  return addresses_of(*address, mask, exact);
}

bool is_loopback(const InetBytes& address) {
  if (address.size() == 4) return address[0] == 127;
  return address == InetBytes{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
}

bool names_loopback(std::string_view host) {
  const auto name = lower_case(host);
  return name == "localhost" || name == "localhost.localdomain" || name == "ip6-localhost" ||
         is_loopback(numeric_host(std::string(host)).bytes);
}

ClientOrigin origin_named(std::string_view text) {
  ClientOrigin result;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    const auto word = trimmed(text.substr(begin, end - begin));
    begin = end + 1;
    if (word == "local") {
      result.local = true;
    } else if (word == "loopback") {
      result.addresses.add(AddressSet::loopback());
    } else if (word == "private") {
      result.addresses.add(private_addresses());
    } else if (word == "anywhere") {
      result.addresses = AddressSet::all();
    } else if (const auto addresses = addresses_named(word)) {
      result.addresses.add(*addresses);
    } else {
      fail_usage(fmt::format(
          "`{}` is no place to come from, like 10.0.0.0/8, 203.0.113.9, local, loopback, private "
          "or anywhere",
          displayed(word)));
    }
  }
  return result;
}

std::string to_string(const ClientOrigin& origin) {
  std::string result = origin.local ? "the local socket" : "";
  if (origin.addresses.empty()) return result;
  if (!result.empty()) result += " and ";
  return result + to_string(in_round_words(origin.addresses));
}

std::string_view to_string(Zone zone) {
  constexpr std::array<std::string_view, 4> names{"the local socket", "loopback",
                                                  "private networks", "anywhere"};
  return names[static_cast<std::size_t>(zone)];
}

ClientOrigin origin_of(Zone zone) {
  switch (zone) {
    case Zone::local:
      return {true, {}};
    case Zone::loopback:
      return {false, AddressSet::loopback()};
    case Zone::private_network:
      return {false, private_addresses()};
    case Zone::elsewhere:
      break;
  }
  return {false, AddressSet::all().without(AddressSet::loopback()).without(private_addresses())};
}

}  // namespace pgleast
