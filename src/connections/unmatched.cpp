#include "connections/unmatched.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "pg/identifier.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

std::vector<std::string> list_of(const std::string& value) {
  std::vector<std::string> result;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) result.push_back(word);
    word.clear();
  };
  for (const char c : value) {
    if (c == ',') {
      end_word();
    } else if (c != ' ' && c != '\t' && c != '"') {
      word += c;
    }
  }
  end_word();
  return result;
}

bool is_address(const std::string& text, int family) {
  std::array<unsigned char, 16> bytes{};
  return inet_pton(family, text.c_str(), bytes.data()) == 1;
}

// ::ffff:10.0.0.0/104: the server listens for each family alone, so no client has such an address.
bool is_mapped(const HbaAddress& address) {
  const InetBytes prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255};
  if (address.kind != AddressKind::ip || address.address.size() != 16) return false;
  return std::equal(prefix.begin(), prefix.end(), address.address.begin()) &&
         std::all_of(address.mask.begin(), address.mask.begin() + 12,
                     [](auto byte) { return byte == 255; });
}

}  // namespace

Unmatched::Unmatched(const Cluster& cluster) : cluster_(cluster), has_login_(cluster.roles.size()) {
  for (const auto& object : cluster.objects) {
    if (object.kind == ObjectKind::database) {
      databases_.emplace(object.name, cluster.databases[object.detail].allows_connections);
    }
  }
  std::vector<std::vector<RoleId>> groups(cluster.roles.size());
  for (const auto& m : cluster.memberships) groups[index(m.member)].push_back(m.role);
  std::vector<RoleId> todo;
  for (std::uint32_t i = 0; i < cluster.roles.size(); ++i) {
    if (cluster.roles[i].dropped) continue;
    roles_.emplace(cluster.roles[i].name, RoleId{i});
    if (cluster.roles[i].login) todo.push_back(RoleId{i});
  }
  while (!todo.empty()) {
    const auto role = todo.back();
    todo.pop_back();
    if (has_login_[index(role)]) continue;
    has_login_[index(role)] = true;
    const auto& next = groups[index(role)];
    todo.insert(todo.end(), next.begin(), next.end());
  }
  // Of a file that does not load the server keeps the maps of before, which nobody knows.
  if (cluster.seen(Fact::ident) && cluster.ident.loads()) {
    maps_.emplace();
    for (const auto& record : cluster.ident.records) maps_->insert(record.map);
  }
  if (!cluster.seen(Fact::settings)) return;
  const auto* const ssl = cluster.find_setting("ssl");
  tls_ = ssl == nullptr || ssl->value != "off";
  if (const auto* const listen = cluster.find_setting("listen_addresses")) {
    const auto words = list_of(listen->value);
    const auto none = [&](int family) {
      return std::all_of(words.begin(), words.end(),
                         [&](const std::string& word) { return is_address(word, family); });
    };
    tcp_ = !words.empty();
    v4_ = words.empty() || !none(AF_INET6);
    v6_ = words.empty() || !none(AF_INET);
  }
  if (const auto* const sockets = cluster.find_setting("unix_socket_directories")) {
    sockets_ = !list_of(sockets->value).empty();
  }
}

std::vector<std::string> Unmatched::transport(const HbaRecord& record) const {
  std::vector<std::string> reasons;
  const bool local = record.type == ConnectionType::local;
  if (local && !sockets_) {
    reasons.emplace_back("`unix_socket_directories` is empty: the server has no local socket");
  }
  if (record.type == ConnectionType::hostssl && !tls_) {
    reasons.emplace_back("`ssl` is off: no connection is encrypted");
  }
  if (local) return reasons;
  if (is_mapped(record.address)) {
    reasons.push_back(fmt::format("a client of {} comes by IPv4, and no address of IPv6 takes it",
                                  to_string(record.address)));
  }
  if (!tcp_) {
    reasons.emplace_back("`listen_addresses` is empty: the server takes no TCP connections");
  } else if (record.address.kind == AddressKind::ip) {
    const bool six = record.address.address.size() == 16;
    if (!(six ? v6_ : v4_)) {
      reasons.push_back(fmt::format("`listen_addresses` names no IPv{} address", six ? 6 : 4));
    }
  }
  return reasons;
}

void Unmatched::add_database(const HbaName& name, std::vector<std::string>& reasons) const {
  for (const auto* const word : {"all", "sameuser", "samerole", "samegroup", "replication"}) {
    if (name.is(word)) return;
  }
  if (cluster_.major() >= 16 && name.text.starts_with('/')) return;
  const auto shown = displayed(name.text);
  if (name.text.size() > most_name_bytes) {
    reasons.push_back(fmt::format("database `{}` is longer than any name", shown));
    return;
  }
  if (!cluster_.seen(Fact::objects)) return;
  const auto found = databases_.find(name.text);
  if (found == databases_.end()) {
    reasons.push_back(fmt::format("there is no database `{}`", shown));
  } else if (!found->second) {
    reasons.push_back(fmt::format("database `{}` takes no connections", shown));
  }
}

void Unmatched::add_user(const HbaName& name, std::vector<std::string>& reasons) const {
  if (name.is("all") || (cluster_.major() >= 16 && name.text.starts_with('/'))) return;
  const bool group = !name.quoted && name.text.starts_with('+');
  const auto role_name = group ? name.text.substr(1) : name.text;
  const auto shown = displayed(role_name);
  if (role_name.size() > most_name_bytes) {
    reasons.push_back(fmt::format("role `{}` is longer than any name", shown));
    return;
  }
  if (!cluster_.seen(Fact::roles)) return;
  const auto role = roles_.find(role_name);
  if (role == roles_.end()) {
    reasons.push_back(fmt::format("there is no role `{}`", shown));
  } else if (group && !has_login_[index(role->second)]) {
    reasons.push_back(fmt::format("no member of `{}` can log in", shown));
  } else if (!group && !cluster_.role(role->second).login) {
    reasons.push_back(fmt::format("role `{}` cannot log in", shown));
  }
}

bool Unmatched::offers(Transport transport) const {
  if (transport == Transport::local) return sockets_;
  return tcp_ && (tls_ || transport != Transport::tls);
}

std::vector<std::string> Unmatched::names(const HbaRecord& record) const {
  std::vector<std::string> result;
  for (const auto& database : record.databases) add_database(database, result);
  for (const auto& user : record.users) add_user(user, result);
  return result;
}

std::optional<std::string> Unmatched::map(const HbaRecord& record) const {
  if (!maps_) return std::nullopt;
  for (const auto& [name, value] : record.options) {
    if (name != "map" || value.empty() || maps_->contains(value)) continue;
    return fmt::format("there is no map `{}` in pg_ident.conf", displayed(value));
  }
  return std::nullopt;
}

}  // namespace pgleast
