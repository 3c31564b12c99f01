#include "reach/door.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "connections/login.hpp"
#include "model/objects_of.hpp"
#include "pg/name_list.hpp"
#include "reach/pooler.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

// listen_addresses. A server does not start with a list that it cannot split.
bool names_loopback_alone(const std::string& addresses, int major) {
  const auto hosts = split_guc_list(addresses, major);
  return hosts && std::all_of(hosts->begin(), hosts->end(), names_loopback);
}

std::string why_uncertain(const HbaRecord& record) {
  const auto kind = record.address.kind;
  if (kind == AddressKind::host_name) {
    return fmt::format("which addresses {} has is not known here", displayed(record.address.host));
  }
  if (kind == AddressKind::samehost || kind == AddressKind::samenet) {
    return fmt::format("which addresses {} are is not known here", to_string(record.address));
  }
  return "whether the record takes such a connection is not known here";
}

bool same_but_transports(const Door& a, const Door& b) {
  const auto names = [](const auto& list) {
    std::vector<std::string> result;
    for (const auto& item : list) result.push_back(item.name);
    return result;
  };
  return a.record == b.record && a.from == b.from && a.replication == b.replication &&
         a.unknown == b.unknown && names(a.roles) == names(b.roles) &&
         names(a.databases) == names(b.databases);
}

}  // namespace

Doors::Doors(const Graph& graph, const DecidedConnections& decided,
             const Circumstances& circumstances)
    : graph_(graph), cluster_(graph.cluster()), circumstances_(circumstances) {
  for (const auto id : objects_of(cluster_, ObjectKind::database)) {
    databases_.emplace(cluster_.object(id).name, id);
  }
  for (const auto& atom : decided.roles) {
    if (!atom.other) roles_mentioned_.insert(atom.name);
  }
  for (const auto& atom : decided.databases) {
    if (!atom.other && !atom.replication) databases_mentioned_.insert(atom.name);
  }
  const auto where = listening();
  std::vector<bool> offered;
  for (std::size_t i = 0; i < transport_count; ++i) {
    offered.push_back(offers(static_cast<Transport>(i)));
  }
  for (const auto& part : decided.parts) {
    if (offered[static_cast<std::size_t>(part.transport)]) add(part, decided, where);
  }
  merge_transports();
  const auto server = cluster_.poolers.empty() ? std::vector<Door>() : doors_;
  for (const auto& pooler : cluster_.poolers) add_pooler(pooler, server);
}

ClientOrigin Doors::listening() {
  auto result = every_origin();
  const auto* const addresses = cluster_.find_setting("listen_addresses");
  const auto* const sockets = cluster_.find_setting("unix_socket_directories");
  if (!cluster_.seen(Fact::settings) || addresses == nullptr) {
    assumptions_.emplace_back(
        "listen_addresses was not read: the server is taken to listen everywhere");
  } else if (addresses->value.empty()) {
    result.addresses = {};
  } else if (names_loopback_alone(addresses->value, cluster_.major())) {
    result.addresses = AddressSet::loopback();
  }
  if (cluster_.seen(Fact::settings) && sockets != nullptr && sockets->value.empty()) {
    result.local = false;
  }
  return result;
}

bool Doors::offers(Transport transport) {
  if (transport != Transport::tls) return true;
  const auto* const ssl = cluster_.find_setting("ssl");
  if (cluster_.seen(Fact::settings) && ssl != nullptr) return ssl->value == "on";
  assumptions_.emplace_back("ssl was not read: TLS is taken as possible");
  return true;
}

void Doors::add(const DecidedPart& part, const DecidedConnections& decided,
                const ClientOrigin& where) {
  const auto& record = cluster_.hba.records[part.record];
  // Encryption by GSSAPI asks for a ticket; who has one may as well do without.
  if (!admits(record) ||
      (part.transport == Transport::gss && record.type != ConnectionType::hostgssenc)) {
    return;
  }
  Door door;
  door.record = part.record;
  door.transports = {part.transport};
  door.from = {part.transport == Transport::local, part.origin};
  door.from = intersection(door.from, where);
  if (door.from.empty()) return;
  if (!part.certain) door.unknown = why_uncertain(record);
  for (const auto i : part.roles) {
    const auto& atom = decided.roles[i];
    const bool known = cluster_.seen(Fact::roles);
    if (known && (!atom.role || !why_no_session(graph_, *atom.role, {}).empty())) continue;
    const auto* const role = known ? &cluster_.role(*atom.role) : nullptr;
    auto demand = challenge_of(graph_, record, role, circumstances_.today);
    door.roles.push_back(
        {atom.name, known ? atom.role : std::nullopt, atom.other, std::move(demand)});
  }
  auto replication = door;
  for (const auto i : part.databases) {
    const auto& atom = decided.databases[i];
    if (atom.replication) {
      replication.replication = true;
      continue;
    }
    DoorDatabase database{atom.name, std::nullopt, atom.other};
    const auto known = databases_.find(atom.name);
    if (known != databases_.end()) database.database = known->second;
    if (cluster_.seen(Fact::objects) && !database.database) continue;
    door.databases.push_back(std::move(database));
  }
  if (!door.databases.empty()) doors_.push_back(std::move(door));
  if (replication.replication) doors_.push_back(std::move(replication));
}

std::optional<ObjectId> Doors::find_database(const std::string& name) const {
  const auto found = databases_.find(name);
  return found == databases_.end() ? std::nullopt : std::optional(found->second);
}

void Doors::add_pooler(const Pooler& pooler, const std::vector<Door>& server) {
  for (auto& door : doors_through(graph_, pooler, server, circumstances_.today, &assumptions_)) {
    doors_.push_back(std::move(door));
  }
  for (const auto& line : pooler.passed_over) {
    assumptions_.push_back(fmt::format("PgBouncer leaves out {}", line));
  }
  // Nobody gets in by way of a database that no source tells of, and that must not pass unsaid.
  if (!cluster_.seen(Fact::roles)) return;
  for (const auto& database : pooler.databases) {
    const auto& name = database.dbname.empty() ? database.name : database.dbname;
    if (databases_.contains(name) || name == "*") continue;
    assumptions_.push_back(fmt::format("{}:{} leads to database {}, of which no source tells",
                                       displayed(pooler.file), database.line, displayed(name)));
  }
}

void Doors::merge_transports() {
  std::vector<Door> merged;
  for (auto& door : doors_) {
    // The doors of a record stand together.
    auto same = merged.rbegin();
    while (same != merged.rend() && same->record == door.record &&
           !same_but_transports(*same, door)) {
      ++same;
    }
    if (same == merged.rend() || same->record != door.record) {
      merged.push_back(std::move(door));
    } else {
      same->transports.push_back(door.transports.front());
    }
  }
  doors_ = std::move(merged);
}

bool Doors::lets_in(RoleId role, ObjectId database) const {
  return why_no_session(graph_, role, {Session::Kind::ordinary, database}).empty();
}

bool Doors::lets_in(const DoorRole& role, const DoorDatabase& database) const {
  if (!role.demand.can_be_met) return false;
  return !role.role || !database.database || lets_in(*role.role, *database.database);
}

bool Doors::replicates(RoleId role) const {
  return why_no_session(graph_, role, {Session::Kind::physical_replication, std::nullopt}).empty();
}

}  // namespace pgleast
