#include "reach/pooler_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "connections/connection_classes.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

bool takes(const PoolerNames& names, const std::string& name, const std::string& pair) {
  if (names.all || (names.same && name == pair)) return true;
  return std::find(names.names.begin(), names.names.end(), name) != names.names.end();
}

ClientOrigin origin_of(const PoolerRecord& record) {
  if (record.type == ConnectionType::local) return {true, {}};
  if (record.address.kind == AddressKind::all) return {false, AddressSet::all()};
  bool exact = true;
  return {false, addresses_of(record.address.address, record.address.mask, exact)};
}

std::vector<Transport> client_transports(const std::string& mode) {
  if (mode == "disable") return {Transport::plain};
  if (mode == "allow" || mode == "prefer") return {Transport::plain, Transport::tls};
  return {Transport::tls};
}

// Parts of one record that differ in nothing but TLS are one.
void add_part(PoolerPart part, std::vector<PoolerPart>& parts) {
  for (auto& other : parts) {
    if (other.line != part.line || !(other.from == part.from)) continue;
    other.transports.push_back(part.transports.front());
    return;
  }
  parts.push_back(std::move(part));
}

Challenge nobody_there(std::string why) {
  return {false, AskedCredential::nothing, "", std::move(why)};
}

}  // namespace

PoolerClients::PoolerClients(const Graph& graph, const Pooler& pooler, std::string today)
    : graph_(graph), pooler_(pooler), today_(std::move(today)), listening_(listening()) {}

ClientOrigin PoolerClients::listening() const {
  ClientOrigin result{!pooler_.unix_socket_dir.empty(), {}};
  const auto& list = pooler_.listen_addr;
  if (list.empty()) return result;
  result.addresses = AddressSet::loopback();
  for (std::size_t begin = 0; begin <= list.size();) {
    const auto end = std::min(list.find(',', begin), list.size());
    auto word = list.substr(begin, end - begin);
    std::erase(word, ' ');
    begin = end + 1;
    if (!names_loopback(word)) result.addresses = AddressSet::all();
  }
  return result;
}

std::vector<PoolerPart> PoolerClients::parts(const std::string& user, const std::string& database,
                                             bool replication) const {
  if (pooler_.auth_type == "hba" && pooler_.records_unseen.empty()) {
    return parts_of_records(user, database, replication);
  }
  PoolerPart part{{}, {}, pooler_.auth_type, "", pooler_.file, pooler_.auth_line, ""};
  if (pooler_.auth_type == "hba") {
    part.unknown = "the pooler's own records were not read: " + pooler_.records_unseen;
  }
  std::vector<PoolerPart> result;
  part.from = {listening_.local, {}};
  part.transports = {Transport::local};
  // A certificate comes with TLS alone, and that over the network alone.
  if (!part.from.empty() && part.method != "cert") result.push_back(part);
  part.from = {false, listening_.addresses};
  part.transports = client_transports(pooler_.client_tls_sslmode);
  if (part.method == "cert") std::erase(part.transports, Transport::plain);
  if (!part.from.empty() && !part.transports.empty()) result.push_back(std::move(part));
  return result;
}

std::vector<PoolerPart> PoolerClients::parts_of_records(const std::string& user,
                                                        const std::string& database,
                                                        bool replication) const {
  std::vector<PoolerPart> result;
  auto transports = client_transports(pooler_.client_tls_sslmode);
  transports.push_back(Transport::local);
  for (const auto transport : transports) {
    auto left = transport == Transport::local ? ClientOrigin{listening_.local, {}}
                                              : ClientOrigin{false, listening_.addresses};
    for (const auto& record : pooler_.records) {
      const bool for_database =
          replication ? record.replication : takes(record.databases, database, user);
      if (!takes(record.type, transport) || !for_database || !takes(record.users, user, database)) {
        continue;
      }
      auto from = intersection(left, origin_of(record));
      if (from.empty()) continue;
      if (from.local) left.local = false;
      left.addresses = left.addresses.without(from.addresses);
      const bool opens = record.method != "reject" &&
                         (record.method != "cert" || transport == Transport::tls) &&
                         (record.method != "peer" || transport == Transport::local);
      if (!opens) continue;
      add_part({std::move(from),
                {transport},
                record.method,
                record.map,
                pooler_.hba_file,
                record.line,
                ""},
               result);
    }
  }
  return result;
}

Challenge PoolerClients::challenge(const PoolerPart& part, const std::string& user,
                                   const Role* role) const {
  Challenge asked{true, AskedCredential::external, "what " + part.method + " accepts", ""};
  if (part.method == "any" || part.method == "trust") {
    asked = {true, AskedCredential::nothing, "no credential", ""};
  } else if (part.method == "cert") {
    asked = mapped(part, user, AskedCredential::certificate, "a certificate");
  } else if (part.method == "peer") {
    asked = mapped(part, user, AskedCredential::os_user, "the account");
  } else if (part.method != "pam" && part.method != "ldap" && part.method != "hba") {
    asked = password(part, user, role);
  }
  const auto& mode = pooler_.client_tls_sslmode;
  const bool verified = mode == "verify-ca" || mode == "verify-full";
  if (verified && asked.can_be_met && part.method != "cert" && !part.from.local) {
    asked.credential = asked.asks == AskedCredential::nothing
                           ? "a certificate"
                           : asked.credential + " and a certificate";
    asked.asks = std::max(asked.asks, AskedCredential::certificate);
  }
  if (asked.why.empty()) asked.why = part.unknown;
  return asked;
}

Challenge PoolerClients::password(const PoolerPart& part, const std::string& user,
                                  const Role* role) const {
  const auto known = pooler_.users.find(user);
  if (known == pooler_.users.end() && !pooler_.users_unseen.empty()) {
    return {true, AskedCredential::password, "a password", ""};
  }
  if (known == pooler_.users.end()) {
    // The server's own secret, by auth_query: what it could be used for there, it can be here.
    HbaRecord record;
    record.method = part.method == "plain" ? "password" : part.method;
    return challenge_of(graph_, record, role, today_);
  }
  const auto secret = known->second;
  if (secret == PoolerSecret::none) {
    return nobody_there("the pooler's auth_file has an empty secret of it");
  }
  if (secret == PoolerSecret::md5 && part.method == "scram-sha-256") {
    return nobody_there(
        "the pooler's auth_file has an md5 secret of it, which SCRAM does not take");
  }
  return {true, AskedCredential::password, "a password", ""};
}

Challenge PoolerClients::mapped(const PoolerPart& part, const std::string& user,
                                AskedCredential asks, const std::string& what) const {
  if (part.map.empty()) return {true, asks, what + " of the same name", ""};
  std::vector<std::string> names;
  for (const auto& mapping : pooler_.mappings) {
    if (mapping.map == part.map && (mapping.user == user || mapping.user == "all")) {
      names.push_back(displayed(mapping.system_user));
    }
  }
  if (names.empty()) {
    return nobody_there(
        fmt::format("the pooler's map {} lets nobody become it", displayed(part.map)));
  }
  std::sort(names.begin(), names.end());
  return {true, asks, fmt::format("{} {} (map {})", what, listed(names), displayed(part.map)), ""};
}

}  // namespace pgleast
