// Who could log in from where, and cannot any more, or must show more than before.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <utility>

#include "change/loss.hpp"
#include "reach/door.hpp"

namespace pgleast {
namespace {

// What one way in asks, and from where it leads.
struct Entry {
  Transport transport{};
  ClientOrigin from;
  AskedCredential asks{};
  std::string credential;
  std::string unknown;  // of a door that may open
};

using Places = std::vector<std::pair<std::size_t, const DoorRole*>>;  // doors
using Sides = std::map<std::string, Places>;

// The doors of one state by the names that they are for.
class Logins {
 public:
  explicit Logins(const ClusterState& state)
      : doors_(state.graph, state.connections.decided(), Circumstances{state.today}) {
    for (std::size_t d = 0; d < doors_.all().size(); ++d) {
      const auto& door = doors_.all()[d];
      if (door.pooler) continue;
      for (const auto& role : door.roles) {
        if (role.demand.can_be_met) roles_[role.anybody ? "" : role.name].emplace_back(d, &role);
      }
      if (door.replication) databases_["replication"][d] = nullptr;
      for (const auto& database : door.databases) {
        databases_[database.any ? "" : database.name][d] = &database;
      }
    }
  }

  const Sides& roles() const { return roles_; }
  std::vector<std::string> databases() const {
    std::vector<std::string> result;
    for (const auto& [name, doors] : databases_) result.push_back(name);
    return result;
  }

  std::vector<Entry> entries(const std::string& role, const std::string& database) const {
    std::vector<Entry> result;
    const auto* const places = find(roles_, role);
    const auto* const open = find(databases_, database);
    if (places == nullptr || open == nullptr) return result;
    for (const auto& [d, who] : *places) {
      const auto where = open->find(d);
      if (where == open->end() || !lets_in(*who, where->second)) continue;
      const auto& door = doors_.all()[d];
      for (const auto transport : door.transports) {
        result.push_back(
            {transport, door.from, who->demand.asks, who->demand.credential, door.unknown});
      }
    }
    return result;
  }

 private:
  using OfDoors = std::map<std::size_t, const DoorDatabase*>;

  // A name that no record tells apart is like any other.
  template <typename T>
  static const T* find(const std::map<std::string, T>& side, const std::string& name) {
    auto found = side.find(name);
    if (found == side.end()) found = side.find("");
    return found == side.end() ? nullptr : &found->second;
  }
  bool lets_in(const DoorRole& role, const DoorDatabase* database) const {
    if (database != nullptr) return doors_.lets_in(role, *database);
    return !role.role || doors_.replicates(*role.role);
  }

  Doors doors_;
  Sides roles_;
  std::map<std::string, OfDoors> databases_;
};

ClientOrigin without(ClientOrigin from, const ClientOrigin& taken) {
  from.local = from.local && !taken.local;
  from.addresses = from.addresses.without(taken.addresses);
  return from;
}

ClientOrigin in_transport(const Entry& entry) {
  auto from = entry.from;
  if (entry.transport == Transport::local) {
    from.addresses = {};
  } else {
    from.local = false;
  }
  return from;
}

// What is left of a way in when those of the other state that ask no more are taken from it.
ClientOrigin lost_of(const Entry& entry, const std::vector<Entry>& after) {
  auto left = in_transport(entry);
  for (const auto& other : after) {
    const bool same_chance = other.unknown.empty() || other.unknown == entry.unknown;
    if (other.transport == entry.transport && same_chance && other.asks <= entry.asks) {
      left = without(std::move(left), in_transport(other));
    }
  }
  return left;
}

// All of them: a list of what is lost rounds nothing.
std::string exactly(const AddressSet& addresses) {
  if (addresses.empty()) return "";
  auto with_loopback = addresses;
  with_loopback.add(AddressSet::loopback());
  const auto all = AddressSet::all();
  if (addresses != all && with_loopback == all) {
    return "any address but " + to_string(all.without(addresses));
  }
  return to_string(addresses, std::numeric_limits<std::size_t>::max());
}

std::string exactly(const ClientOrigin& from) {
  auto all = exactly(from.addresses);
  if (!from.local) return all;
  return to_string(ClientOrigin{true, {}}) + (all.empty() ? "" : " and " + all);
}

std::string words(const Entry& entry, const ClientOrigin& lost) {
  const auto* const encrypted = entry.transport == Transport::local   ? ""
                                : entry.transport == Transport::plain ? ", without TLS"
                                                                      : ", encrypted";
  return fmt::format("{}from {}{}: {}", entry.unknown.empty() ? "" : "perhaps ", exactly(lost),
                     encrypted, entry.credential);
}

std::string instead(const Entry& entry) {
  if (entry.unknown.empty()) return entry.credential;
  return fmt::format("perhaps {}: {}", entry.credential, entry.unknown);
}

}  // namespace

void add_lost_logins(const ClusterState& before, const ClusterState& after,
                     std::vector<Loss>& losses) {
  if (!before.cluster.seen(Fact::hba)) return;
  const Logins was(before), is(after);
  const auto databases = was.databases();
  for (const auto& named : was.roles()) {
    const auto& role = named.first;
    for (const auto& database : databases) {
      const auto old_entries = was.entries(role, database);
      if (old_entries.empty()) continue;
      const auto new_entries = is.entries(role, database);
      for (const auto& entry : old_entries) {
        const auto add = [&](const ClientOrigin& from, const std::string& then) {
          if (from.empty()) return;
          losses.push_back({Loss::What::login, role.empty() ? "any role" : role, database,
                            "database", database.empty() ? "any database" : database, "CONNECT",
                            words(entry, from), then});
        };
        auto lost = lost_of(entry, new_entries);
        for (const auto& other : new_entries) {
          if (other.transport != entry.transport) continue;
          add(intersection(lost, in_transport(other)), instead(other));
          lost = without(std::move(lost), in_transport(other));
        }
        add(lost, "");
      }
    }
  }
}

}  // namespace pgleast
