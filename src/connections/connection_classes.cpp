// Names and transports that no record tells apart are one class; records as products of classes.
#include "connections/connection_classes.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "connections/connection_sets.hpp"

namespace pgleast {

DecisionList::Sets ConnectionClasses::Side::add_classes(std::size_t atom_count, Sets sets) {
  auto all = std::make_shared<std::vector<NameSet>>(std::move(sets).all());
  std::vector<std::vector<std::uint32_t>> sets_of(atom_count);
  for (std::uint32_t s = 0; s < all->size(); ++s) {
    for (const auto atom : (*all)[s].ids()) sets_of[atom].push_back(s);
  }
  class_of.resize(atom_count);
  std::map<std::vector<std::uint32_t>, std::uint32_t> numbers;
  for (std::uint32_t atom = 0; atom < atom_count; ++atom) {
    const auto [place, added] =
        numbers.try_emplace(std::move(sets_of[atom]), static_cast<std::uint32_t>(numbers.size()));
    if (added) atoms.emplace_back();
    class_of[atom] = place->second;
    atoms[place->second].push_back(atom);
  }
  for (auto& set : *all) set = of_classes(set);
  return all;
}

DecisionList::Sets ConnectionClasses::Side::in_classes(Sets sets) const {
  auto all = std::make_shared<std::vector<NameSet>>(std::move(sets).all());
  for (auto& set : *all) set = of_classes(set);
  return all;
}

NameSet ConnectionClasses::Side::of_classes(const NameSet& set) const {
  std::vector<std::uint32_t> ids;
  for (const auto atom : set.ids()) ids.push_back(class_of[atom]);
  const auto classes = static_cast<std::uint32_t>(atoms.size());
  return set.inverted() ? NameSet::all_but(classes, std::move(ids))
                        : NameSet::of(classes, std::move(ids));
}

std::vector<std::uint32_t> ConnectionClasses::Side::members(const NameSet& classes) const {
  std::vector<std::uint32_t> result;
  for (const auto c : classes.members()) {
    result.insert(result.end(), atoms[c].begin(), atoms[c].end());
  }
  std::sort(result.begin(), result.end());
  return result;
}

ConnectionClasses::ConnectionClasses(const Cluster& cluster, const Graph& graph, const Files& files)
    : cluster_(cluster),
      graph_(graph),
      files_(files),
      roles_known_(cluster.seen(Fact::roles)),
      databases_known_(cluster.seen(Fact::objects)) {
  add_transports(files);
  add_roles(files);
  add_databases(files);
  add_addresses(files);
  Sets roles, databases;
  databases.add(replication());
  roles.add(real_roles());
  roles.add(other_role());
  databases.add(real_databases());
  databases.add(other_database());
  add_tied_sets(roles, databases);
  std::vector<std::vector<Line>> lines;
  for (const auto* const records : files) lines.push_back(lines_of(*records, roles, databases));
  const auto role_sets = role_side_.add_classes(roles_.size(), std::move(roles));
  const auto database_sets = database_side_.add_classes(databases_.size(), std::move(databases));
  for (auto& list : lines) {
    decisions_.emplace_back(role_sets, database_sets, std::move(list),
                            static_cast<std::uint8_t>(transports_.size()));
  }
}

void ConnectionClasses::add_transports(const Files& files) {
  std::set<ConnectionType> types;
  for (const auto* const records : files) {
    for (const auto& record : *records) types.insert(record.type);
  }
  std::map<std::vector<ConnectionType>, std::vector<Transport>> alike;
  for (std::size_t i = 0; i < transport_count; ++i) {
    const auto transport = static_cast<Transport>(i);
    std::vector<ConnectionType> taken_by;
    for (const auto type : types) {
      if (takes(type, transport)) taken_by.push_back(type);
    }
    alike[taken_by].push_back(transport);
  }
  for (auto& [types_of, transports] : alike) transports_.push_back(std::move(transports));
  std::sort(transports_.begin(), transports_.end());
}

void ConnectionClasses::add_roles(const Files& files) {
  std::map<std::string, std::optional<RoleId>> names;
  std::set<std::string> tokens;
  for (std::uint32_t i = 0; roles_known_ && i < cluster_.roles.size(); ++i) {
    const auto& role = cluster_.roles[i];
    if (!role.dropped && role.login) names.emplace(role.name, RoleId{i});
  }
  for (const auto* const records : files) {
    for (const auto& record : *records) {
      for (const auto& user : record.users) {
        if (!roles_known_ && is_named_user(user)) names.emplace(user.text, std::nullopt);
        if (is_opaque_user(user)) tokens.insert(user.text);
      }
    }
  }
  for (const auto& [name, role] : names) {
    role_named_.emplace(name, static_cast<std::uint32_t>(roles_.size()));
    roles_.push_back({name, role});
  }
  if (!roles_known_) roles_.push_back({"", std::nullopt, true});
  // A name holds no NUL: with one in front a token is never mistaken for one.
  for (const auto& token : tokens) {
    role_named_.emplace('\0' + token, static_cast<std::uint32_t>(roles_.size()));
    roles_.push_back({token, std::nullopt, false, true});
  }
}

void ConnectionClasses::add_databases(const Files& files) {
  std::set<std::string> names, tokens;
  for (const auto& object : cluster_.objects) {
    if (databases_known_ && object.kind == ObjectKind::database) names.insert(object.name);
  }
  for (const auto* const records : files) {
    for (const auto& record : *records) {
      for (const auto& database : record.databases) {
        if (!databases_known_ && is_named_database(database)) names.insert(database.text);
        if (!is_opaque_database(database)) continue;
        if (ties_names(database)) {
          tokens.insert({"sameuser", "samerole"});
        } else {
          tokens.insert(database.text);
        }
      }
    }
  }
  for (const auto& name : names) {
    database_named_.emplace(name, static_cast<std::uint32_t>(databases_.size()));
    databases_.push_back({name});
  }
  if (!databases_known_) databases_.push_back({"", true});
  databases_.push_back({"", false, true});
  for (const auto& token : tokens) {
    database_named_.emplace('\0' + token, static_cast<std::uint32_t>(databases_.size()));
    databases_.push_back({token, false, false, true});
  }
}

std::vector<Line> ConnectionClasses::lines_of(const std::vector<HbaRecord>& records, Sets& roles,
                                              Sets& databases) const {
  std::vector<Line> lines;
  lines.reserve(records.size());
  for (std::uint32_t r = 0; r < records.size(); ++r) {
    const auto& record = records[r];
    Line line;
    line.record = r;
    line.transports = transports_of(record);
    line.origin = certain_origin(record.address);
    const auto users = this->users(record.users, Extent::certain);
    const auto add = [&](const NameSet& u, const NameSet& d) {
      if (u.empty() || d.empty()) return;
      line.roles = roles.add(u);
      line.databases = databases.add(d);
      lines.push_back(line);
    };
    add(users, this->databases(record.databases, Extent::certain));
    for (const auto& database : record.databases) {
      if (!ties_names(database)) continue;
      for (const auto& [u, d] : tied(database, users)) add(u, d);
    }
  }
  return lines;
}

std::uint8_t ConnectionClasses::transports_of(const HbaRecord& record) const {
  std::uint8_t result = 0;
  for (std::size_t t = 0; t < transports_.size(); ++t) {
    if (takes(record.type, transports_[t].front())) {
      result = static_cast<std::uint8_t>(result | 1U << t);
    }
  }
  return result;
}

bool ConnectionClasses::is_certain(const HbaRecord& record) const {
  return named_origin(record.address).empty() &&
         std::none_of(record.users.begin(), record.users.end(),
                      [&](const HbaName& n) { return is_opaque_user(n); }) &&
         std::none_of(record.databases.begin(), record.databases.end(),
                      [&](const HbaName& n) { return is_opaque_database(n); });
}

std::vector<Region> ConnectionClasses::possible(const HbaRecord& record) const {
  const auto real = real_roles();
  const auto may = users(record.users, Extent::possible).intersection(real);
  const auto certain = users(record.users, Extent::certain).intersection(real);
  const auto users = certain.united(may);
  const auto databases = this->databases(record.databases, Extent::possible)
                             .united(this->databases(record.databases, Extent::certain))
                             .intersection(real_databases().united(replication()));
  const auto origin = possible_origin(record.address);
  std::vector<Region> result;
  const auto add = [&](const NameSet& u, const NameSet& d) {
    if (u.empty() || d.empty()) return;
    result.push_back({role_side_.of_classes(u), database_side_.of_classes(d), origin});
  };
  add(users, databases);
  for (const auto& database : record.databases) {
    if (!ties_names(database)) continue;
    for (const auto& [u, d] : tied(database, users)) add(u, d);
    // Of a name that nobody mentions it is not known what it is tied to.
    add(users.intersection(other_role()), real_databases());
  }
  return result;
}

Region ConnectionClasses::replication_region() const {
  const auto all_roles = NameSet::all_but(static_cast<std::uint32_t>(role_side_.atoms.size()), {});
  const auto ranks = v4_.size() + v6_.size() + origins_.size();
  return {all_roles,
          database_side_.of_classes(replication()),
          {{0, static_cast<std::uint32_t>(ranks - 1)}}};
}

std::vector<std::uint32_t> ConnectionClasses::role_atoms(const NameSet& roles) const {
  return role_side_.members(roles);
}

const RoleAtom& ConnectionClasses::first_role(const NameSet& roles) const {
  return roles_[role_side_.atoms[roles.first()].front()];
}

const DatabaseAtom& ConnectionClasses::first_database(const NameSet& databases) const {
  return databases_[database_side_.atoms[databases.first()].front()];
}

std::vector<std::uint32_t> ConnectionClasses::database_atoms(const NameSet& databases) const {
  return database_side_.members(databases);
}

}  // namespace pgleast
