#include "reach/cluster_reach.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace pgleast {
namespace {

void unite(ClientOrigin& origin, const ClientOrigin& more) {
  origin.local = origin.local || more.local;
  origin.addresses.add(more.addresses);
}

// The parts of a record that ask for the same are told of together.
struct Gathered {
  std::optional<PoolerHop> pooler;
  ClientOrigin from;
  std::set<Transport> transports;
  std::map<std::string, const DoorRole*> roles;  // that get somewhere
  std::map<std::string, std::set<const DoorRole*>> by_database;
  std::map<std::string, const DoorDatabase*> databases;
};
// Record, replication, demand, pooler.
using GatherKey =
    std::tuple<std::size_t, bool, AskedCredential, std::string, std::string, std::string>;

std::string hop_words(const std::optional<PoolerHop>& hop) {
  if (!hop) return "";
  return fmt::format("{}\n{}\n{}\n{}", hop->file, hop->line, hop->database, hop->user);
}

class ReachMaker {
 public:
  ReachMaker(const Graph& graph, const Escalations& escalations, const Doors& doors)
      : graph_(graph), cluster_(graph.cluster()), escalations_(escalations), doors_(doors) {}

  ZoneReach zone(Zone zone, const Question& question) {
    ZoneReach result{zone, {}};
    auto here = question;
    here.from = intersection(question.from, origin_of(zone));
    std::vector<Door> parts;
    for (const auto& door : doors_.all()) {
      if (auto part = cut_to(door, here)) parts.push_back(*std::move(part));
    }
    std::map<GatherKey, Gathered> gathered;
    for (const auto& part : parts) gather(part, gathered);
    for (const auto& [key, group] : gathered) add(reach_of(key, group), result.doors);
    std::stable_sort(
        result.doors.begin(), result.doors.end(), [](const DoorReach& a, const DoorReach& b) {
          return std::make_tuple(a.asks != AskedCredential::nothing, -a.weight(), a.records) <
                 std::make_tuple(b.asks != AskedCredential::nothing, -b.weight(), b.records);
        });
    return result;
  }

  std::vector<ShutDoor> shut() const {
    std::vector<ShutDoor> result;
    for (const auto& [key, names] : shut_) {
      result.push_back({key.first, {names.begin(), names.end()}, key.second});
    }
    return result;
  }

 private:
  void gather(const Door& part, std::map<GatherKey, Gathered>& gathered) {
    for (const auto& role : part.roles) {
      const auto& demand = role.demand;
      if (!demand.can_be_met) {
        shut_[{part.record, demand.why}].insert(role.name);
        continue;
      }
      if (part.replication && role.role && !doors_.replicates(*role.role)) continue;
      const auto& why = part.unknown.empty() ? demand.why : part.unknown;
      std::vector<const DoorDatabase*> open;
      for (const auto& database : part.databases) {
        if (doors_.lets_in(role, database)) open.push_back(&database);
      }
      if (open.empty() && !part.replication) continue;
      auto& group = gathered[{part.record, part.replication, demand.asks, demand.credential, why,
                              hop_words(part.pooler)}];
      group.pooler = part.pooler;
      unite(group.from, part.from);
      group.transports.insert(part.transports.begin(), part.transports.end());
      const auto* const known = group.roles.try_emplace(role.name, &role).first->second;
      for (const auto* const database : open) {
        group.databases.try_emplace(database->name, database);
        group.by_database[database->name].insert(known);
      }
    }
  }

  DoorReach reach_of(const GatherKey& key, const Gathered& group) {
    DoorReach reach;
    std::size_t record = 0;
    std::tie(record, reach.replication, reach.asks, reach.credential, reach.unknown, std::ignore) =
        key;
    reach.pooler = group.pooler;
    reach.records = {record};
    reach.from = group.from;
    reach.transports = {group.transports.begin(), group.transports.end()};
    for (const auto& [name, role] : group.roles) {
      if (role->anybody) {
        reach.anybody = true;
      } else {
        reach.roles.push_back(name);
      }
      if (!role->role || reach.replication) continue;
      add_rise(*role->role, name, reach);
      const auto& who = cluster_.role(*role->role);
      if (who.replication && !who.superuser && !group.pooler) reach.copiers.push_back(name);
    }
    for (const auto& [name, roles] : group.by_database) {
      reach.databases.push_back(database_reach(*group.databases.at(name), roles));
    }
    const auto others = [](const DatabaseReach& d) { return !d.name.empty(); };
    std::stable_partition(reach.databases.begin(), reach.databases.end(), others);
    return reach;
  }

  void add_rise(RoleId role, const std::string& name, DoorReach& reach) {
    const auto [at, added] = rises_.try_emplace(role, Rise::none);
    if (added) at->second = rise_of(role);
    switch (at->second) {
      case Rise::superuser:
        return reach.superusers.push_back(name);
      case Rise::alone:
        return reach.climbers.push_back(name);
      case Rise::perhaps:
        return reach.perhaps.push_back(name);
      case Rise::none:
        break;
    }
  }

  enum class Rise { none, superuser, alone, perhaps };
  Rise rise_of(RoleId role) const {
    for (const auto other : graph_.reach(role, Closure::becomes).members()) {
      if (cluster_.role(other).superuser) return Rise::superuser;
    }
    const Goal superuser{no_role, Power::superuser};
    auto way = escalations_.way(role, superuser);
    if (way.empty()) way = escalations_.way(role, superuser, Help::any);
    if (way.empty()) return Rise::none;
    return goes_alone(way) ? Rise::alone : Rise::perhaps;
  }

  DatabaseReach database_reach(const DoorDatabase& database,
                               const std::set<const DoorRole*>& roles) {
    DatabaseReach found{database.name, false, {}};
    const auto* const holdings = holdings_in(database);
    if (holdings == nullptr) return found;
    RoleSet acting(cluster_.roles.size());
    for (const auto* const role : roles) {
      if (role->role) acting |= graph_.reach(*role->role, Closure::becomes, *database.database);
    }
    found.read = true;
    found.tables = holdings->held_by(acting);
    return found;
  }

  const Holdings* holdings_in(const DoorDatabase& database) {
    if (!database.database || !cluster_.seen(Fact::objects)) return nullptr;
    const auto& object = cluster_.object(*database.database);
    if (!cluster_.databases[object.detail].read) return nullptr;
    const auto [at, added] = holdings_.try_emplace(*database.database);
    if (added) at->second.emplace(graph_, *database.database);
    return &*at->second;
  }

  // Records that let in the same, as those for 127.0.0.1 and ::1, are one.
  static void add(DoorReach reach, std::vector<DoorReach>& doors) {
    for (auto& other : doors) {
      const bool same = other.asks == reach.asks && other.credential == reach.credential &&
                        other.unknown == reach.unknown && other.roles == reach.roles &&
                        other.anybody == reach.anybody && other.databases == reach.databases &&
                        other.replication == reach.replication && other.copiers == reach.copiers &&
                        other.transports == reach.transports && other.pooler == reach.pooler;
      if (!same) continue;
      other.records.push_back(reach.records.front());
      unite(other.from, reach.from);
      return;
    }
    doors.push_back(std::move(reach));
  }

  const Graph& graph_;
  const Cluster& cluster_;
  const Escalations& escalations_;
  const Doors& doors_;
  std::map<ObjectId, std::optional<Holdings>> holdings_;
  std::map<RoleId, Rise> rises_;
  std::map<std::pair<std::size_t, std::string>, std::set<std::string>> shut_;
};

}  // namespace

int DoorReach::weight() const {
  int result = unknown.empty() ? 1 : 0;
  if (!superusers.empty()) result += 1000;
  if (!climbers.empty()) result += 900;
  if (replication || !copiers.empty()) result += 500;
  if (!perhaps.empty()) result += 200;
  for (const auto& database : databases) result += database.tables.any() ? 100 : 10;
  return result;
}

ClusterReach cluster_reach(const Graph& graph, const Escalations& escalations, const Doors& doors,
                           const Question& asked) {
  const auto question = asked_of(doors, asked);
  ReachMaker maker(graph, escalations, doors);
  ClusterReach reached;
  for (auto zone = zones.rbegin(); zone != zones.rend(); ++zone) {
    if (intersection(question.from, origin_of(*zone)).empty()) continue;
    reached.zones.push_back(maker.zone(*zone, question));
  }
  reached.shut = maker.shut();
  return reached;
}

}  // namespace pgleast
