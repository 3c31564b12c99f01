#include "input/server/hba_rules.hpp"

#include <arpa/inet.h>

#include <algorithm>

#include "text/display.hpp"

namespace pgleast {
namespace {

ConnectionType type_named(const std::string& name) {
  for (const auto type : {ConnectionType::local, ConnectionType::hostssl, ConnectionType::hostnossl,
                          ConnectionType::hostgssenc, ConnectionType::hostnogssenc}) {
    if (to_string(type) == name) return type;
  }
  return ConnectionType::host;
}

std::vector<std::uint8_t> bytes_of(const std::string& numeric) {
  std::vector<std::uint8_t> bytes(16);
  if (inet_pton(AF_INET6, numeric.c_str(), bytes.data()) == 1) return bytes;
  bytes.resize(4);
  if (inet_pton(AF_INET, numeric.c_str(), bytes.data()) == 1) return bytes;
  return {};
}

HbaAddress address_of(const HbaRuleRow& row) {
  HbaAddress address;
  if (!row.address) return address;
  if (row.netmask) {
    address.kind = AddressKind::ip;
    address.address = bytes_of(row.address->substr(0, row.address->find('%')));
    address.mask = bytes_of(*row.netmask);
  } else if (*row.address == "all") {
    address.kind = AddressKind::all;
  } else if (*row.address == "samehost") {
    address.kind = AddressKind::samehost;
  } else if (*row.address == "samenet") {
    address.kind = AddressKind::samenet;
  } else {
    address.kind = AddressKind::host_name;
    address.host = *row.address;
  }
  return address;
}

std::vector<HbaName> names_of(const std::vector<std::string>& texts) {
  std::vector<HbaName> names;
  for (const auto& text : texts) names.push_back({text, false});
  return names;
}

}  // namespace

HbaFile hba_from_rules(const std::vector<HbaRuleRow>& rows) {
  HbaFile file;
  for (const auto& row : rows) {
    const auto path = row.file_name.empty() ? std::string("pg_hba.conf") : row.file_name;
    if (!row.type) {
      const auto why = row.error.value_or("the server refuses this line");
      file.problems.push_back(
          {path, row.line_number, {path, Position{row.line_number, 1}, displayed(why), ""}});
      continue;
    }
    HbaRecord record;
    record.type = type_named(*row.type);
    record.databases = names_of(row.database);
    record.users = names_of(row.user_name);
    record.address = address_of(row);
    record.method = row.auth_method.value_or("");
    for (const auto& option : row.options) {
      const auto equals = option.find('=');
      record.options.emplace_back(option.substr(0, equals),
                                  equals == std::string::npos ? "" : option.substr(equals + 1));
    }
    record.at.file = path;
    record.at.line = row.line_number;
    record.warning = row.error.value_or("");
    file.records.push_back(std::move(record));
  }
  return file;
}

}  // namespace pgleast
