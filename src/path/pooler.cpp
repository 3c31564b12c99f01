#include "path/pooler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "text/display.hpp"

namespace pgleast {
namespace {

// Whom the server sees.
ClientOrigin seen_as(const std::string& host) {
  if (host.empty() || host.front() == '/' || host.front() == '@') return {true, {}};
  if (host == "localhost") return {false, AddressSet::loopback()};
  if (const auto address = addresses_named(host)) {
    const auto loopback = intersection({false, *address}, {false, AddressSet::loopback()});
    if (!loopback.empty()) return loopback;
  }
  return {false, AddressSet::all().without(AddressSet::loopback())};
}

bool is_elsewhere(const std::string& host) {
  const auto origin = seen_as(host);
  return !origin.local && !(intersection(origin, {false, AddressSet::loopback()}) == origin);
}

ClientOrigin clients_of(const Pooler& pooler) {
  ClientOrigin result{!pooler.unix_socket_dir.empty(), {}};
  if (pooler.listen_addr.empty()) return result;
  result.addresses = AddressSet::loopback();
  for (std::size_t begin = 0; begin <= pooler.listen_addr.size();) {
    const auto end = std::min(pooler.listen_addr.find(',', begin), pooler.listen_addr.size());
    auto word = pooler.listen_addr.substr(begin, end - begin);
    std::erase(word, ' ');
    begin = end + 1;
    if (is_elsewhere(word)) result.addresses = AddressSet::all();
  }
  return result;
}

std::vector<Transport> transports_of(const Pooler& pooler) {
  const auto& mode = pooler.client_tls_sslmode;
  if (mode == "disable") return {Transport::plain};
  if (mode == "allow" || mode == "prefer") return {Transport::plain, Transport::tls};
  return {Transport::tls};
}

class PoolerDoors {
 public:
  PoolerDoors(const Pooler& pooler, const std::vector<Door>& server)
      : pooler_(pooler), server_(server) {}

  std::vector<Door> made() {
    const auto clients = clients_of(pooler_);
    for (const auto& database : pooler_.databases) {
      for (const auto& door : server_) {
        if (door.replication || intersection(door.from, seen_as(database.host)).empty()) continue;
        auto way = through(door, database);
        if (way.roles.empty() || way.databases.empty()) continue;
        add(way, {clients.local, {}}, {Transport::local});
        add(way, {false, clients.addresses}, transports_of(pooler_));
      }
    }
    return std::move(doors_);
  }

 private:
  void add(Door door, ClientOrigin from, std::vector<Transport> transports) {
    if (from.empty()) return;
    door.from = std::move(from);
    door.transports = std::move(transports);
    doors_.push_back(std::move(door));
  }

  Door through(const Door& server, const PoolerDatabase& database) const {
    Door door = server;
    door.pooler = PoolerHop{pooler_.file,
                            pooler_.auth_line,
                            pooler_.auth_type,
                            pooler_.listen_port,
                            database.name == "*" ? "" : database.name,
                            database.user};
    if (is_elsewhere(database.host) && door.unknown.empty()) {
      door.unknown = "which address the server sees the pooler come from is not known here";
    }
    std::erase_if(door.databases,
                  [&](const DoorDatabase& d) { return !leads_to(database, d.name); });
    if (!database.user.empty()) door.roles = only(door.roles, database.user);
    for (auto& role : door.roles) role.demand = asked_of(role, database);
    std::erase_if(door.roles, [](const DoorRole& role) { return !role.demand.can_be_met; });
    return door;
  }

  // Where roles were not read, it may be any of those that nothing tells apart.
  static std::vector<DoorRole> only(const std::vector<DoorRole>& roles, const std::string& name) {
    for (const auto& role : roles) {
      if (role.name == name && !role.anybody) return {role};
    }
    for (auto role : roles) {
      if (!role.anybody) continue;
      role.name = name;
      role.anybody = false;
      return {role};
    }
    return {};
  }

  bool leads_to(const PoolerDatabase& database, const std::string& name) const {
    if (!database.dbname.empty()) return database.dbname == name;
    if (database.name != "*") return database.name == name;
    return std::none_of(pooler_.databases.begin(), pooler_.databases.end(),
                        [&](const PoolerDatabase& d) { return d.name == name; });
  }

  // What the client must show, if the pooler then gets in as this role.
  Challenge asked_of(const DoorRole& role, const PoolerDatabase& database) const {
    const Challenge nobody{false, Asks::nothing, "", ""};
    auto asked = of_client(database);
    const auto known = pooler_.users.find(role.name);
    const bool listed = known != pooler_.users.end();
    if (!asked.can_be_met || !role.demand.can_be_met) return nobody;
    const bool named = database.user.empty() && pooler_.auth_type != "any";
    if (named && !listed && !pooler_.asks_server) {
      if (pooler_.users_unseen.empty()) return nobody;
      asked.why = "which users the pooler knows was not read: " + pooler_.users_unseen;
    }
    if (role.demand.asks == Asks::nothing) return asked;
    if (role.demand.asks != Asks::password) {
      asked.why = "whether the pooler can show " + role.demand.words + " is not known here";
    } else if (!database.password && !pooler_.asks_server &&
               !(listed && known->second != PoolerSecret::none)) {
      if (pooler_.users_unseen.empty()) return nobody;
      asked.why = "whether the pooler has the password was not read: " + pooler_.users_unseen;
    }
    return asked;
  }

  Challenge of_client(const PoolerDatabase& database) const {
    const auto& type = pooler_.auth_type;
    // PgBouncer lets nobody in by `any` where no user is forced.
    if (type == "any") return {!database.user.empty(), Asks::nothing, "no credential", ""};
    if (type == "trust") return {true, Asks::nothing, "no credential", ""};
    if (type == "cert") return {true, Asks::certificate, "a certificate of the same name", ""};
    if (type == "plain" || type == "md5" || type == "scram-sha-256") {
      return {true, Asks::password, "a password", ""};
    }
    Challenge challenge{true, Asks::external, "what " + type + " accepts", ""};
    if (type == "hba") challenge.why = "the pooler's own hba file is not read";
    return challenge;
  }

  const Pooler& pooler_;
  const std::vector<Door>& server_;
  std::vector<Door> doors_;
};

}  // namespace

std::vector<Door> doors_through(const Pooler& pooler, const std::vector<Door>& server) {
  return PoolerDoors(pooler, server).made();
}

}  // namespace pgleast
