#include "connections/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>

#include "text/display.hpp"

namespace pgleast {
namespace {

template <typename Atom>
std::string name_of(const Atom& atom) {
  if (atom.token) return fmt::format("whoever {} takes", displayed(atom.name));
  if constexpr (std::is_same_v<Atom, DatabaseAtom>) {
    if (atom.replication) return "physical replication";
  }
  return atom.other ? "any other name" : displayed(atom.name);
}

// What a set of classes says for machines: the shorter of the two ways.
template <typename Atoms, typename Expand>
Wording::Names names_of(const NameSet& set, const Atoms& atoms, Expand expand) {
  Wording::Names result;
  result.all_but = set.inverted();
  const auto listed = set.inverted() ? NameSet::of(set.classes(), set.ids()) : set;
  for (const auto i : expand(listed)) result.names.push_back(name_of(atoms[i]));
  return result;
}

template <typename Atoms>
std::string first_unused(const Atoms& atoms, std::vector<std::string> names) {
  for (auto& name : names) {
    const bool used = std::any_of(atoms.begin(), atoms.end(),
                                  [&](const auto& atom) { return atom.name == name; });
    if (!used) return std::move(name);
  }
  return "ANY_OTHER";
}

}  // namespace

Wording::Wording(const ConnectionClasses& classes)
    : classes_(classes),
      stranger_(first_unused(classes.roles(), {"postgres", "alice", "app"})),
      nowhere_(first_unused(classes.databases(), {"postgres", "app", "shop"})) {}

Wording::Names Wording::role_names(const NameSet& roles) const {
  return names_of(roles, classes_.roles(), [&](const auto& s) { return classes_.role_atoms(s); });
}

Wording::Names Wording::database_names(const NameSet& databases) const {
  return names_of(databases, classes_.databases(),
                  [&](const auto& s) { return classes_.database_atoms(s); });
}

std::string Wording::roles(const NameSet& roles) const {
  const auto [all_but, names] = role_names(roles);
  if (!all_but) return listed(names);
  return names.empty() ? "any role" : "any role but " + listed(names);
}

std::string Wording::databases(const NameSet& databases) const {
  std::vector<std::string> in, out;
  bool replication = false;
  const auto& atoms = classes_.databases();
  const auto complement =
      databases.inverted() ? NameSet::of(databases.classes(), databases.ids()) : databases;
  replication = databases.inverted();
  for (const auto i : classes_.database_atoms(complement)) {
    if (atoms[i].replication) {
      replication = !databases.inverted();
    } else {
      (databases.inverted() ? out : in).push_back(name_of(atoms[i]));
    }
  }
  std::string result;
  if (databases.inverted()) {
    result = out.empty() ? "every database" : "every database but " + listed(out);
  } else if (!in.empty()) {
    result = (in.size() == 1 ? "database " : "databases ") + listed(in);
  }
  if (replication) result += result.empty() ? "replication" : " and replication";
  return result;
}

std::string Wording::transports(const std::vector<Transport>& transports) {
  std::string result;
  for (std::size_t i = 0; i < transports.size(); ++i) {
    if (i > 0) result += i + 1 < transports.size() ? ", " : " or ";
    result += to_string(transports[i]);
  }
  return result;
}

std::string Wording::origin(const Part& part) const {
  if (part.transports.front() == Transport::local) return "";
  const auto origin = classes_.origin(part.region.origin);
  std::string result = origin.addresses.empty() ? "" : to_string(origin.addresses);
  if (origin.addresses == AddressSet::all()) return result;
  for (const auto& name : origin.named) {
    result += (result.empty() ? "" : " and ") + displayed(name);
  }
  return result;
}

std::string Wording::part(const Part& part) const {
  const auto from = origin(part);
  return fmt::format("{}, as {}, to {}",
                     from.empty() ? "over the local socket"
                                  : fmt::format("from {}, {}", from, transports(part.transports)),
                     roles(part.region.roles), databases(part.region.databases));
}

Witness Wording::witness(const Part& part) const {
  const auto& role = classes_.first_role(part.region.roles);
  const auto& database = classes_.first_database(part.region.databases);
  const auto placed = [](const std::string& expression) {
    return fmt::format("(a name that {} takes)", expression);
  };
  Witness witness{part.transports.front(), role.other ? stranger_ : role.name, std::nullopt, ""};
  // A role is a member of itself, and so is tied to a database of its name.
  if (role.token) witness.user = role.name[0] == '+' ? role.name.substr(1) : placed(role.name);
  if (!database.replication) {
    witness.database = database.other            ? nowhere_
                       : !database.token         ? database.name
                       : database.name[0] == '/' ? placed(database.name)
                                                 : witness.user;
  }
  if (witness.transport == Transport::local) return witness;
  const auto origin = classes_.origin(part.region.origin);
  witness.from =
      origin.addresses.empty() ? origin.named.front() : example_address(origin.addresses);
  return witness;
}

}  // namespace pgleast
