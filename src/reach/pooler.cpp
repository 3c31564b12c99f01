#include "reach/pooler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "reach/pooler_client.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

// Whom the server sees; a list of hosts is tried in turn.
ClientOrigin seen_as(const std::string& hosts) {
  ClientOrigin result;
  for (std::size_t begin = 0; begin <= hosts.size();) {
    const auto end = std::min(hosts.find(',', begin), hosts.size());
    const auto host = hosts.substr(begin, end - begin);
    begin = end + 1;
    if (host.empty() || host.front() == '/' || host.front() == '@') {
      result.local = true;
      continue;
    }
    const auto address = addresses_named(host);
    result.addresses.add(!names_loopback(host) ? AddressSet::all().without(AddressSet::loopback())
                         : address             ? *address
                                               : AddressSet::loopback());
  }
  return result;
}

bool is_elsewhere(const std::string& hosts) {
  return !seen_as(hosts).addresses.without(AddressSet::loopback()).empty();
}

// The queries that PgBouncer had and has as its default: they know every role that may log in.
bool asks_all_roles(const std::string& query) {
  std::string words;
  for (const char c : lower_case(query)) {
    if (c != ' ' && c != '\t') words += c;
  }
  return words.empty() || words == "selectusename,passwdfrompg_shadowwhereusename=$1" ||
         words ==
             "selectrolname,casewhenrolvaliduntil<now()thennullelserolpasswordendfrompg_authid"
             "whererolname=$1androlcanlogin";
}

// Clients that are alike in these come in by one door: place, demand.
using PoolerKey = std::tuple<std::string, std::string, std::string, AskedCredential>;

class PoolerDoors {
 public:
  PoolerDoors(const Graph& graph, const Pooler& pooler, const std::vector<Door>& server,
              const std::string& today)
      : cluster_(graph.cluster()),
        pooler_(pooler),
        server_(server),
        clients_(graph, pooler, today) {}

  std::vector<Door> made() {
    for (const auto& database : pooler_.databases) {
      for (const auto& door : server_) {
        if (!takes_pooler(door, database)) continue;
        auto behind = door;
        if (door.replication) {
          known_.clear();
          add(behind, database);
          continue;
        }
        behind.databases = databases_behind(door, database);
        add_each(behind, database);
      }
    }
    return std::move(doors_);
  }

  // "shop (pgbouncer.ini:3): cat does not get in: no password is stored"
  std::vector<std::string> shut() const {
    std::vector<std::string> result;
    for (const auto& [key, names] : shut_) {
      std::vector<std::string> left;
      std::set_difference(names.begin(), names.end(), open_.begin(), open_.end(),
                          std::back_inserter(left));
      if (left.empty()) continue;
      result.push_back(
          fmt::format("through {} nobody gets in as {}: {}", key.first, listed(left), key.second));
    }
    return result;
  }

 private:
  bool takes_pooler(const Door& door, const PoolerDatabase& database) const {
    const auto from = seen_as(database.host);
    if (from.local && door.from.local) return true;
    if (intersection({false, from.addresses}, door.from).empty()) return false;
    const auto& mode = pooler_.server_tls_sslmode;
    const auto* const ssl = cluster_.find_setting("ssl");
    const bool offered = cluster_.seen(Fact::settings) && ssl != nullptr && ssl->value == "on";
    return std::any_of(door.transports.begin(), door.transports.end(), [&](Transport t) {
      if (t == Transport::tls) return mode != "disable";
      const bool plain = mode == "disable" || mode.empty() || (!offered && mode.size() <= 6);
      return t == Transport::plain && plain;  // `allow` and `prefer` take TLS where it is offered
    });
  }

  // Records of the pooler may tell apart what `*` leads to.
  void add_each(Door& behind, const PoolerDatabase& database) {
    const bool apart = database.name == "*" && pooler_.auth_type == "hba";
    if (!apart && !behind.databases.empty()) {
      known_.clear();
      return add(behind, database);
    }
    for (const auto& one : std::exchange(behind.databases, {})) {
      known_.clear();
      behind.databases = {one};
      add(behind, database);
    }
  }

  std::vector<DoorDatabase> databases_behind(const Door& door,
                                             const PoolerDatabase& database) const {
    std::vector<DoorDatabase> result;
    for (const auto& d : door.databases) {
      if (leads_to(database, d.name)) result.push_back(d);
    }
    const auto& name = database.dbname.empty() ? database.name : database.dbname;
    if (!result.empty() || name == "*" || is_told_apart(name)) return result;
    // Where databases were not read, it may be any of those that nothing tells apart.
    for (const auto& d : door.databases) {
      if (d.any) return {{name, std::nullopt, false}};
    }
    return result;
  }

  bool is_told_apart(const std::string& database) const {
    return std::any_of(server_.begin(), server_.end(), [&](const Door& door) {
      return std::any_of(door.databases.begin(), door.databases.end(),
                         [&](const DoorDatabase& d) { return d.name == database; });
    });
  }

  bool leads_to(const PoolerDatabase& database, const std::string& name) const {
    if (!database.dbname.empty()) return database.dbname == name;
    if (database.name != "*") return database.name == name;
    return std::none_of(pooler_.databases.begin(), pooler_.databases.end(),
                        [&](const PoolerDatabase& d) { return d.name == name; });
  }

  bool asks_server(const PoolerDatabase& database) const {
    return pooler_.auth_user || database.auth_user;
  }

  void add(const Door& behind, const PoolerDatabase& database) {
    if (pooler_.auth_type == "any" && database.user.empty()) return;  // refused by PgBouncer
    if (database.user.empty()) {
      for (const auto& role : clients_as_themselves(behind.roles, database)) {
        add(behind, database, role, role.name);
      }
      return;
    }
    const auto role = role_named(behind.roles, database.user);
    if (!role) return;
    if (pooler_.auth_type == "any") return add(behind, database, *role, "");
    for (const auto& client : client_names(*role, behind.roles, database)) {
      add(behind, database, *role, client);
    }
  }

  // Where roles were not read, it may be any of those that nothing tells apart.
  static std::optional<DoorRole> role_named(const std::vector<DoorRole>& roles,
                                            const std::string& name) {
    for (const auto& role : roles) {
      if (role.name == name && !role.anybody) return role;
    }
    for (auto role : roles) {
      if (!role.anybody) continue;
      role.name = name;
      role.anybody = false;
      return role;
    }
    return std::nullopt;
  }

  std::vector<DoorRole> clients_as_themselves(const std::vector<DoorRole>& roles,
                                              const PoolerDatabase& database) const {
    auto result = roles;
    if (!needs_users() || asks_server(database) || !pooler_.users_unseen.empty()) return result;
    std::erase_if(result, [&](const DoorRole& r) { return !pooler_.users.contains(r.name); });
    if (cluster_.seen(Fact::roles)) return result;
    for (const auto& [name, secret] : pooler_.users) {
      const bool there = std::any_of(result.begin(), result.end(),
                                     [&, &who = name](const DoorRole& r) { return r.name == who; });
      if (there) continue;
      if (auto role = role_named(roles, name)) result.push_back(*std::move(role));
    }
    return result;
  }

  // Whoever comes in is `role` at the server, under these names.
  std::vector<std::string> client_names(const DoorRole& role, const std::vector<DoorRole>& roles,
                                        const PoolerDatabase& database) const {
    std::set<std::string> names;
    for (const auto& [name, secret] : pooler_.users) names.insert(name);
    if (asks_server(database)) {
      for (const auto& other : roles) names.insert(other.name);
      // Those, too, whom the server would ask for more itself.
      for (const auto& other : cluster_.roles) {
        if (other.login && !other.dropped) names.insert(other.name);
      }
    }
    if (!pooler_.users_unseen.empty() || !needs_users()) names.insert(role.name);
    return {names.begin(), names.end()};
  }

  // PAM knows its own.
  bool needs_users() const { return pooler_.auth_type != "any" && pooler_.auth_type != "pam"; }

  void add(const Door& behind, const PoolerDatabase& database, const DoorRole& role,
           const std::string& client) {
    const bool any = database.name == "*" && !behind.databases.empty();
    const auto& asked_for = any ? behind.databases.front().name : database.name;
    for (const auto& part : clients_.parts(client, asked_for, behind.replication)) {
      auto demand = demand_of(behind, database, role, client, part);
      const auto& name = client.empty() ? role.name : client;
      if (demand.can_be_met) {
        open_.insert(displayed(name));
        add(behind, database, role, client, part, std::move(demand));
      } else if (!demand.why.empty()) {
        shut_[{fmt::format("{}:{}", displayed(pooler_.file), database.line), demand.why}].insert(
            displayed(name));
      }
    }
  }

  Challenge demand_of(const Door& behind, const PoolerDatabase& database, const DoorRole& role,
                      const std::string& client, const PoolerPart& part) const {
    const auto known = cluster_.find_role(client);
    const auto* const of_server = known ? &cluster_.role(*known) : nullptr;
    auto asked = clients_.challenge(part, client, of_server);
    Challenge nobody{false, AskedCredential::nothing, "", ""};
    if (!asked.can_be_met) return asked;
    if (!role.demand.can_be_met) return role.demand;
    if (needs_users() && !pooler_.users.contains(client)) {
      if (!pooler_.users_unseen.empty()) {
        asked.why = "which users the pooler knows was not read: " + pooler_.users_unseen;
      } else if (!asks_server(database)) {
        return nobody;
      } else if (!asks_all_roles(pooler_.auth_query)) {
        asked.why = "whom the pooler's auth_query knows is not known here";
      }
    }
    if (role.demand.asks == AskedCredential::nothing) return asked;
    if (role.demand.asks != AskedCredential::password) {
      asked.why = "whether the pooler can show " + role.demand.credential + " is not known here";
      return asked;
    }
    switch (shows_password(behind, database, role, part)) {
      case Shows::yes:
        break;
      case Shows::no:
        nobody.why = "the pooler has no secret of " + displayed(role.name) +
                     " that the server's record takes";
        return nobody;
      case Shows::unknown:
        asked.why =
            pooler_.users_unseen.empty()
                ? "whether the pooler has the password is not known here"
                : "whether the pooler has the password was not read: " + pooler_.users_unseen;
    }
    return asked;
  }

  enum class Shows { no, yes, unknown };
  Shows shows_password(const Door& behind, const PoolerDatabase& database, const DoorRole& role,
                       const PoolerPart& part) const {
    if (database.password && !database.user.empty()) return Shows::yes;
    if (part.method == "pam" || part.method == "ldap") return Shows::unknown;
    const auto stored = role.role ? cluster_.role(*role.role).password : PasswordKind::unseen;
    const auto known = pooler_.users.find(role.name);
    if (known != pooler_.users.end()) return shows(known->second, stored, behind, database, part);
    if (!pooler_.users_unseen.empty()) return Shows::unknown;
    if (!asks_server(database) || !database.user.empty()) return Shows::no;
    if (stored == PasswordKind::unseen) return Shows::unknown;
    const bool md5 = stored == PasswordKind::md5;
    return shows(md5 ? PoolerSecret::md5 : PoolerSecret::scram_sha_256, stored, behind, database,
                 part);
  }

  // A secret is good for what it was made for: that of SCRAM for a client's own SCRAM login alone,
  // the hash of md5 for md5 (config.md, "Limitations").
  Shows shows(PoolerSecret secret, PasswordKind stored, const Door& behind,
              const PoolerDatabase& database, const PoolerPart& part) const {
    const auto& method = cluster_.hba.records[behind.record].method;
    auto wanted = PasswordKind::scram_sha_256;
    if (secret == PoolerSecret::none) return Shows::no;
    if (secret == PoolerSecret::plain) return Shows::yes;
    if (secret == PoolerSecret::md5) {
      if (method != "md5") return Shows::no;
      wanted = PasswordKind::md5;
    } else {
      const bool by_scram = part.method == "md5" || part.method == "scram-sha-256";
      if (!by_scram || !database.user.empty() || method == "password") return Shows::no;
    }
    if (stored == PasswordKind::unseen) return Shows::unknown;
    return stored == wanted ? Shows::yes : Shows::no;
  }

  // Clients of one part that are asked for the same are one door.
  void add(const Door& behind, const PoolerDatabase& database, const DoorRole& role,
           const std::string& client, const PoolerPart& part, Challenge demand) {
    std::string place = std::to_string(part.line) + '\n' + to_string(part.from);
    for (const auto transport : part.transports) place += to_string(transport);
    const auto [at, added] = known_.try_emplace(
        PoolerKey{place, demand.credential, demand.why, demand.asks}, doors_.size());
    if (added) doors_.push_back(door(behind, database, part));
    auto& into = doors_[at->second];
    if (!database.user.empty() && !client.empty()) into.pooler->clients.push_back(client);
    if (!into.roles.empty() && into.roles.back().name == role.name) return;
    into.roles.push_back(role);
    into.roles.back().demand = std::move(demand);
  }

  Door door(const Door& behind, const PoolerDatabase& database, const PoolerPart& part) const {
    auto result = behind;
    result.roles.clear();
    result.from = part.from;
    result.transports = part.transports;
    result.pooler = PoolerHop{part.file,
                              part.line,
                              part.method,
                              pooler_.listen_port,
                              database.name == "*" ? "" : database.name,
                              database.user,
                              {}};
    if (is_elsewhere(database.host) && result.unknown.empty()) {
      result.unknown = "which address the server sees the pooler come from is not known here";
    }
    return result;
  }

  const Cluster& cluster_;
  const Pooler& pooler_;
  const std::vector<Door>& server_;
  PoolerClients clients_;
  std::map<std::pair<std::string, std::string>, std::set<std::string>> shut_;  // by place and why
  std::set<std::string> open_;  // who gets in somewhere
  std::vector<Door> doors_;
  std::map<PoolerKey, std::size_t> known_;  // those of one door of the server
};

}  // namespace

std::vector<Door> doors_through(const Graph& graph, const Pooler& pooler,
                                const std::vector<Door>& server, const std::string& today,
                                std::vector<std::string>* shut) {
  PoolerDoors doors(graph, pooler, server, today);
  auto result = doors.made();
  if (shut != nullptr) {
    for (auto& line : doors.shut()) shut->push_back(std::move(line));
  }
  return result;
}

}  // namespace pgleast
