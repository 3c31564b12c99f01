#include "model/hba.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <bit>
#include <optional>

#include "text/display.hpp"

namespace pgleast {
namespace {

/// A name as it would be written in the file: quotes where it needs them, and never before
/// the first character of a keyword, `+group` or the like.
std::string written(const HbaName& name) {
  const auto plain = [&] {
    return !name.text.empty() && name.text.find_first_of(" \t\r,#\"") == std::string::npos;
  };
  if (!name.quoted && plain()) return name.text;
  const std::size_t bare = name.quoted ? 0 : 1;
  std::string result = name.text.substr(0, bare) + '"';
  for (const char c : name.text.substr(std::min(bare, name.text.size()))) {
    result += c;
    if (c == '"') result += c;
  }
  return result + '"';
}

/// The value of an option, in quotes where it needs them.
std::string written_value(const std::string& value) {
  if (value.find_first_of(" \t\r,#\"") == std::string::npos) return value;
  std::string result = "\"";
  for (const char c : value) {
    result += c;
    if (c == '"') result += c;
  }
  return result + '"';
}

std::string written(const std::vector<HbaName>& names) {
  std::string result;
  for (const auto& name : names) {
    if (!result.empty()) result += ',';
    result += written(name);
  }
  return result;
}

/// The length of the prefix; absent for a mask with holes.
std::optional<int> prefix_length(const std::vector<std::uint8_t>& mask) {
  int length = 0;
  bool ended = false;
  for (const auto byte : mask) {
    const int ones = std::countl_one(byte);
    if ((ended && byte != 0) || std::popcount(byte) != ones) return std::nullopt;
    length += ones;
    ended = ended || ones < 8;
  }
  return length;
}

/// Without what only says where it stands, and without secrets: they may be starred on one side.
HbaRecord comparable(HbaRecord record, bool as_in_the_view) {
  record.at = {};
  record.row = 0;
  record.warning.clear();
  for (auto* const names : {&record.databases, &record.users}) {
    for (auto& name : *names) name.quoted = name.quoted && !as_in_the_view;
  }
  if (as_in_the_view) record.unshown.clear();
  for (auto* const options : {&record.options, &record.unshown}) {
    for (auto& [name, value] : *options) {
      if (is_secret_option(name)) value.clear();
    }
  }
  return record;
}

}  // namespace

bool from_the_view(const HbaFile& hba) {
  return !hba.records.empty() && hba.records.front().at.whole.end == 0;
}

bool same_records(const HbaFile& a, const HbaFile& b) {
  const bool view = from_the_view(a) || from_the_view(b);
  return std::equal(a.records.begin(), a.records.end(), b.records.begin(), b.records.end(),
                    [view](const HbaRecord& x, const HbaRecord& y) {
                      return comparable(x, view) == comparable(y, view);
                    });
}

std::string_view to_string(ConnectionType type) {
  constexpr std::array<std::string_view, 6> names{"local",     "host",       "hostssl",
                                                  "hostnossl", "hostgssenc", "hostnogssenc"};
  return names[static_cast<std::size_t>(type)];
}

bool admits(const HbaRecord& record) { return record.method != "reject"; }

bool same_outcome(const HbaRecord& a, const HbaRecord& b) {
  if (a.method != b.method) return false;
  return !admits(a) || (a.options == b.options && a.unshown == b.unshown);
}

std::string to_string(const HbaAddress& address) {
  switch (address.kind) {
    case AddressKind::none:
      return "";
    case AddressKind::all:
      return "all";
    case AddressKind::samehost:
      return "samehost";
    case AddressKind::samenet:
      return "samenet";
    case AddressKind::host_name:
      return address.host;
    case AddressKind::ip:
      break;
  }
  const auto length = prefix_length(address.mask);
  return inet_text(address.address) + '/' +
         (length ? std::to_string(*length) : inet_text(address.mask));
}

bool is_secret_option(std::string_view name) {
  return name == "ldapbindpasswd" || name == "radiussecrets";
}

std::string to_string(const HbaRecord& record) {
  auto result = std::string(to_string(record.type)) + ' ' + written(record.databases) + ' ' +
                written(record.users);
  if (record.address.kind == AddressKind::host_name) {
    result += ' ' + written(HbaName{record.address.host, record.address.host == "all" ||
                                                             record.address.host == "samehost" ||
                                                             record.address.host == "samenet"});
  } else if (record.address.kind != AddressKind::none) {
    result += ' ' + to_string(record.address);
  }
  result += ' ' + record.method;
  for (const auto* list : {&record.options, &record.unshown}) {
    for (const auto& [name, value] : *list) {
      result += ' ' + name + '=' + (is_secret_option(name) ? "********" : written_value(value));
    }
  }
  return displayed(result);
}

}  // namespace pgleast
