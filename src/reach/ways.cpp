#include "reach/ways.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "text/display.hpp"

namespace pgleast {
namespace {

bool is_encrypted(Transport transport) {
  return transport == Transport::tls || transport == Transport::gss;
}

// All in which two ways of one record may differ and still be one.
using Shape = std::tuple<std::size_t, std::string, std::string, std::string, std::string>;

std::string door_words(const Door& door) {
  std::string result = to_string(door.from);
  if (door.pooler)
    result += fmt::format(" {}:{} {}", door.pooler->file, door.pooler->line, door.pooler->database);
  for (const auto transport : door.transports) {
    result += ' ';
    result += to_string(transport);
  }
  return result;
}

// What may end it for some of those who take it: not one for each of thousands.
void add_cuts(std::vector<Remedy>& cuts, const std::vector<Remedy>& more) {
  constexpr std::size_t most = 64;
  for (const auto& cut : more) {
    if (cuts.size() == most) return;
    if (std::find(cuts.begin(), cuts.end(), cut) == cuts.end()) cuts.push_back(cut);
  }
}

class WaySearch {
 public:
  WaySearch(const Graph& graph, const Doors& doors, const Routes& routes)
      : cluster_(graph.cluster()),
        doors_(doors),
        routes_(routes),
        place_(database_of(cluster_, routes.target())) {}

  void add(const Door& door) {
    if (door.replication) {
      if (routes_.target().power == Power::whole_cluster) add_replication(door);
      return;
    }
    for (const auto& role : door.roles) {
      std::vector<std::string> databases;
      const DoorDatabase* first = nullptr;
      auto open = role;
      open.demand.can_be_met = true;
      for (const auto& database : door.databases) {
        const bool there = place_ == no_object || database.any || database.database == place_;
        if (!there || !doors_.lets_in(open, database)) continue;
        if (first == nullptr || first->any) first = &database;
        if (!database.any) databases.push_back(database.name);
      }
      if (first != nullptr) add(door, role, *first, databases);
    }
  }

  WaysIn finish() {
    WaysIn result;
    std::vector<std::pair<Order, Way*>> sorted;
    for (auto& [shape, way] : found_) {
      std::sort(way.roles.begin(), way.roles.end());
      sorted.emplace_back(order_of(way), &way);
    }
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [order, way] : sorted) result.ways.push_back(std::move(*way));
    for (auto& [key, shut] : shut_) result.shut.push_back(std::move(shut));
    return result;
  }

 private:
  void add(const Door& door, const DoorRole& role, const DoorDatabase& database,
           const std::vector<std::string>& databases) {
    const auto where = database.database.value_or(no_object);
    for (const auto& route : routes_of(*role.role, where)) {
      const std::string name = database.any ? "postgres" : database.name;
      if (route.database == no_object || route.database == where) {
        add(door, role, route, databases, name);
        continue;
      }
      // It begins in one database alone.
      const auto& wanted = cluster_.object(route.database).name;
      if (std::find(databases.begin(), databases.end(), wanted) != databases.end()) {
        add(door, role, route, {wanted}, wanted);
        continue;
      }
      auto elsewhere = route;
      if (elsewhere.unknown.empty()) {
        elsewhere.unknown =
            "it begins in database " + displayed(wanted) + ", which this record does not open";
      }
      add(door, role, elsewhere, databases, name);
    }
  }

  void add_replication(const Door& door) {
    for (const auto& role : door.roles) {
      if (!doors_.replicates(*role.role)) continue;
      Route route;
      const bool super = cluster_.role(*role.role).superuser;
      route.legs.push_back(
          {super ? "SUPERUSER" : "REPLICATION", end_of_path(cluster_, routes_.target()), super});
      route.cuts.emplace_back(ChangeAttribute{
          *role.role, super ? RoleAttribute::superuser : RoleAttribute::replication, false});
      route.statements.emplace_back("BASE_BACKUP;");
      route.replication = true;
      add(door, role, route, {}, std::nullopt);
    }
  }

  void add(const Door& door, const DoorRole& role, const Route& route,
           std::vector<std::string> databases, const std::optional<std::string>& database) {
    if (!role.demand.can_be_met) {
      auto& shut = shut_[{door.record, role.demand.why}];
      shut.record = door.record;
      shut.why = role.demand.why;
      if (std::find(shut.roles.begin(), shut.roles.end(), role.name) == shut.roles.end()) {
        shut.roles.push_back(role.name);
      }
      return;
    }
    auto unknown = door.unknown;
    std::string passed_on;
    if (door.pooler && route.replication) {
      passed_on = "PgBouncer before 1.23 passes no replication on";
    }
    for (const auto& why : {role.demand.why, route.unknown, passed_on}) {
      if (!why.empty()) unknown += (unknown.empty() ? "" : "; ") + why;
    }
    std::string legs = route.rows ? route.rows->words : "";
    for (const auto& leg : route.legs) legs += '\n' + leg.how + '\n' + leg.to;
    const Shape shape{door.record, door_words(door), role.demand.credential, legs, unknown};
    const auto [at, added] = found_.try_emplace(shape);
    auto& way = at->second;
    way.roles.push_back(role.name);
    if (!added) {
      forget_other_places(way.route.legs, route.legs);
      return add_cuts(way.route.cuts, route.cuts);
    }
    way.record = door.record;
    way.from = door.from;
    way.transports = door.transports;
    way.demand = role.demand;
    way.pooler = door.pooler;
    way.databases = std::move(databases);
    way.route = route;
    way.unknown = unknown;
    way.witness = {door.transports.front(), role.name, database, ""};
    way.witness.replication = route.replication;
    if (!door.from.local) way.witness.from = example_address(door.from.addresses);
  }

  const std::vector<Route>& routes_of(RoleId role, ObjectId database) {
    const auto [at, added] = known_.try_emplace({role, database});
    if (added) at->second = routes_.from(role, database);
    return at->second;
  }

  using Order = std::tuple<bool, AskedCredential, std::size_t, std::size_t, std::size_t>;
  static Order order_of(const Way& way) {
    std::size_t nearness = zones.size();
    for (std::size_t z = 0; z < zones.size(); ++z) {
      if (!intersection(way.from, origin_of(zones[z])).empty()) nearness = zones.size() - z;
    }
    const std::size_t breadth = way.route.legs.front().superuser ? 0 : way.route.legs.size();
    return {!way.is_certain(), way.demand.asks, nearness, way.record, breadth};
  }

  const Cluster& cluster_;
  const Doors& doors_;
  const Routes& routes_;
  ObjectId place_;
  std::map<std::pair<RoleId, ObjectId>, std::vector<Route>> known_;
  std::map<Shape, Way> found_;
  std::map<std::pair<std::size_t, std::string>, ShutDoor> shut_;
};

bool is_any(const DoorRole& role) { return role.anybody; }
bool is_any(const DoorDatabase& database) { return database.any; }
void name_it(DoorRole& role, const std::string& name) { role.name = name, role.anybody = false; }
void name_it(DoorDatabase& database, const std::string& name) {
  database.name = name, database.any = false;
}

template <typename Items>
void keep_named(Items& items, const std::string& name, bool like_others) {
  // A pooler may name what the server's records do not.
  const bool named = std::any_of(items.begin(), items.end(), [&](const auto& item) {
    return !is_any(item) && item.name == name;
  });
  std::erase_if(items, [&](const auto& item) {
    return is_any(item) ? named || !like_others : item.name != name;
  });
  for (auto& item : items) name_it(item, name);
}

}  // namespace

std::optional<Door> cut_to(const Door& door, const Question& question) {
  auto result = door;
  result.from = intersection(door.from, question.from);
  if (question.tls) {
    std::erase_if(result.transports, [&](Transport t) { return is_encrypted(t) != *question.tls; });
  }
  if (question.user) keep_named(result.roles, *question.user, question.user_like_others);
  if (question.database) {
    if (result.replication != (*question.database == "replication")) return std::nullopt;
    if (!result.replication) {
      keep_named(result.databases, *question.database, question.database_like_others);
      if (question.database_like_others && !result.databases.empty()) {
        result.databases.front().database = question.database_id;
      }
    }
  }
  if (result.from.empty() || result.transports.empty() || result.roles.empty() ||
      (result.databases.empty() && !result.replication)) {
    return std::nullopt;
  }
  return result;
}

Question asked_of(const Doors& doors, Question question) {
  question.user_like_others = question.user && !doors.mentions_role(*question.user);
  question.database_like_others = question.database && !doors.mentions_database(*question.database);
  if (question.database) question.database_id = doors.find_database(*question.database);
  return question;
}

WaysIn ways_in(const Graph& graph, const Doors& doors, const Routes& routes,
               const Question& asked) {
  const auto question = asked_of(doors, asked);
  WaySearch search(graph, doors, routes);
  for (const auto& door : doors.all()) {
    if (const auto part = cut_to(door, question)) search.add(*part);
  }
  return search.finish();
}

}  // namespace pgleast
