#include "connections/connection_classes.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>

#include "connections/connection_sets.hpp"
#include "connections/name_expression.hpp"
#include "net/origin.hpp"
#include "pg/identifier.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

bool is_group(const HbaName& name) { return !name.quoted && name.text.starts_with('+'); }

// Its only member depends on the database, and there is none yet (acl.c).
bool has_no_members(const std::string& group, int major) {
  return group == "+pg_database_owner" && major >= 14;
}

// The loopback addresses that every machine has: ifaddr.c asks its interfaces.
AddressSet localhost() {
  const AddressRange v4{{0, 0x7F000001}, {0, 0x7F000001}};
  const AddressRange v6{{0, 1}, {0, 1}};
  return {AddressLine({v4}), AddressLine({v6})};
}

constexpr AddressNumber past_v4{0, std::uint64_t{1} << 32U};

void add_ends(const AddressLine& line, std::vector<AddressNumber>& begins) {
  for (const auto& range : line.ranges()) {
    begins.push_back(range.first);
    begins.push_back(after(range.last));  // 0 past the last of IPv6
  }
}

void sort_ends(std::vector<AddressNumber>& begins) {
  begins.emplace_back();
  std::sort(begins.begin(), begins.end());
  begins.erase(std::unique(begins.begin(), begins.end()), begins.end());
}

std::uint32_t rank_in(const std::vector<AddressNumber>& begins, AddressNumber address) {
  const auto found = std::upper_bound(begins.begin(), begins.end(), address);
  return static_cast<std::uint32_t>(found - begins.begin() - 1);
}

}  // namespace

bool ties_names(const HbaName& name) {
  return name.is("sameuser") || name.is("samerole") || name.is("samegroup");
}

std::string tie_of(const HbaName& name) {
  return name.text == "sameuser" ? "sameuser" : "samerole";
}

std::string named_origin(const HbaAddress& address) {
  switch (address.kind) {
    case AddressKind::samehost:
    case AddressKind::samenet:
      return to_string(address);
    case AddressKind::host_name:
      return lower_case(address.host);
    case AddressKind::ip: {
      bool exact = true;
      addresses_of(address.address, address.mask, exact);
      return exact ? "" : to_string(address);
    }
    default:
      return "";
  }
}

std::string_view to_string(Transport transport) {
  constexpr std::array<std::string_view, transport_count> names{"local", "plain", "TLS", "GSSAPI"};
  return names[static_cast<std::size_t>(transport)];
}

bool takes(ConnectionType type, Transport transport) {
  switch (type) {
    case ConnectionType::local:
      return transport == Transport::local;
    case ConnectionType::host:
      return transport != Transport::local;
    case ConnectionType::hostssl:
      return transport == Transport::tls;
    case ConnectionType::hostnossl:
      return transport == Transport::plain || transport == Transport::gss;
    case ConnectionType::hostgssenc:
      return transport == Transport::gss;
    case ConnectionType::hostnogssenc:
      return transport == Transport::plain || transport == Transport::tls;
  }
  return false;
}

// --- Classes ------------------------------------------------------------------------------------

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

// --- What there is ------------------------------------------------------------------------------

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

bool ConnectionClasses::is_expression(const HbaName& name) const {
  return cluster_.major() >= 16 && name.text.starts_with('/');
}

bool ConnectionClasses::is_named_user(const HbaName& name) const {
  return !name.is("all") && !is_group(name) && !is_expression(name) &&
         name.text.size() <= most_name_bytes;
}

bool ConnectionClasses::is_named_database(const HbaName& name) const {
  return !name.is("all") && !name.is("replication") && !ties_names(name) && !is_expression(name) &&
         name.text.size() <= most_name_bytes;
}

bool ConnectionClasses::is_opaque_user(const HbaName& name) const {
  if (name.is("all")) return false;
  if (is_group(name)) return !roles_known_ && !has_no_members(name.text, cluster_.major());
  return is_expression(name) && (!roles_known_ || !name_expression(name.text.substr(1)));
}

bool ConnectionClasses::is_opaque_database(const HbaName& name) const {
  if (ties_names(name)) return !roles_known_ || !databases_known_;
  return is_expression(name) && (!databases_known_ || !name_expression(name.text.substr(1)));
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

void ConnectionClasses::add_addresses(const Files& files) {
  const auto add = [&](const AddressSet& set) {
    add_ends(set.v4, v4_);
    add_ends(set.v6, v6_);
  };
  add(AddressSet::loopback());
  for (const auto* const records : files) {
    for (const auto& record : *records) {
      if (record.address.kind == AddressKind::samehost) add(localhost());
      if (record.address.kind == AddressKind::ip) {
        bool exact = true;
        add(addresses_of(record.address.address, record.address.mask, exact));
      }
      const auto name = named_origin(record.address);
      if (name.empty()) continue;
      for (const auto& origin : {name, std::string(name == "samenet" ? "samehost" : "")}) {
        if (origin.empty()) continue;
        const auto place = static_cast<std::uint32_t>(origins_.size());
        if (origin_named_.emplace(origin, place).second) origins_.push_back(origin);
      }
    }
  }
  sort_ends(v4_);
  if (v4_.back() == past_v4) v4_.pop_back();
  sort_ends(v6_);
}

// --- Sets ---------------------------------------------------------------------------------------

NameSet ConnectionClasses::role_set(const std::vector<std::uint32_t>& ids) const {
  return NameSet::of(static_cast<std::uint32_t>(roles_.size()), ids);
}

NameSet ConnectionClasses::database_set(const std::vector<std::uint32_t>& ids) const {
  return NameSet::of(static_cast<std::uint32_t>(databases_.size()), ids);
}

NameSet ConnectionClasses::real_roles() const {
  std::vector<std::uint32_t> tokens;
  for (std::uint32_t i = 0; i < roles_.size(); ++i) {
    if (roles_[i].token) tokens.push_back(i);
  }
  return NameSet::all_but(static_cast<std::uint32_t>(roles_.size()), tokens);
}

NameSet ConnectionClasses::real_databases() const {
  std::vector<std::uint32_t> out;
  for (std::uint32_t i = 0; i < databases_.size(); ++i) {
    if (databases_[i].token || databases_[i].replication) out.push_back(i);
  }
  return NameSet::all_but(static_cast<std::uint32_t>(databases_.size()), out);
}

NameSet ConnectionClasses::other_role() const {
  std::vector<std::uint32_t> ids;
  for (std::uint32_t i = 0; i < roles_.size(); ++i) {
    if (roles_[i].other) ids.push_back(i);
  }
  return role_set(ids);
}

NameSet ConnectionClasses::other_database() const {
  std::vector<std::uint32_t> ids;
  for (std::uint32_t i = 0; i < databases_.size(); ++i) {
    if (databases_[i].other) ids.push_back(i);
  }
  return database_set(ids);
}

NameSet ConnectionClasses::replication() const {
  std::vector<std::uint32_t> ids;
  for (std::uint32_t i = 0; i < databases_.size(); ++i) {
    if (databases_[i].replication) ids.push_back(i);
  }
  return database_set(ids);
}

template <typename Atoms>
std::vector<std::uint32_t> ConnectionClasses::matching(const std::string& expression,
                                                       const Atoms& atoms) const {
  std::vector<std::uint32_t> ids;
  const auto compiled = name_expression(expression);
  for (std::uint32_t i = 0; compiled && i < atoms.size(); ++i) {
    if (atoms[i].other || atoms[i].token || atoms[i].name.empty()) continue;
    if (re2::RE2::PartialMatch(atoms[i].name, *compiled)) ids.push_back(i);
  }
  return ids;
}

NameSet ConnectionClasses::users(const HbaName& name, Extent extent) const {
  std::vector<std::uint32_t> ids;
  const auto add = [&](const std::string& atom) {
    if (const auto found = role_named_.find(atom); found != role_named_.end()) {
      ids.push_back(found->second);
    }
  };
  if (name.is("all")) return NameSet::all_but(static_cast<std::uint32_t>(roles_.size()), {});
  if (is_opaque_user(name)) {
    if (extent == Extent::possible) {
      const bool evaluated = is_expression(name) && name_expression(name.text.substr(1));
      return evaluated ? other_role() : real_roles();
    }
    add('\0' + name.text);
  }
  if (is_group(name)) {
    const auto group_name = name.text.substr(1);
    add(group_name);  // a role is a member of itself
    const auto group = roles_known_ ? cluster_.find_role(group_name) : std::nullopt;
    if (!group || has_no_members(name.text, cluster_.major())) return role_set(ids);
    for (std::uint32_t i = 0; i < roles_.size(); ++i) {
      if (roles_[i].role && graph_.is_member(*roles_[i].role, *group)) ids.push_back(i);
    }
  } else if (is_expression(name)) {
    const auto matched = matching(name.text.substr(1), roles_);
    ids.insert(ids.end(), matched.begin(), matched.end());
  } else if (is_named_user(name)) {
    add(name.text);
  }
  return role_set(ids);
}

NameSet ConnectionClasses::databases(const HbaName& name, Extent extent) const {
  std::vector<std::uint32_t> ids;
  const auto add = [&](const std::string& atom) {
    if (const auto found = database_named_.find(atom); found != database_named_.end()) {
      ids.push_back(found->second);
    }
  };
  if (name.is("all")) {
    return NameSet::all_but(static_cast<std::uint32_t>(databases_.size()), replication().ids());
  }
  if (ties_names(name)) {
    if (extent == Extent::possible) {
      if (!is_opaque_database(name)) return database_set({});
      return roles_known_ || tie_of(name) == "sameuser" ? other_database() : real_databases();
    }
    add(std::string(1, '\0') + "sameuser");
    if (tie_of(name) == "samerole") add(std::string(1, '\0') + "samerole");
    return database_set(ids);
  }
  if (is_opaque_database(name)) {
    if (extent == Extent::possible) {
      return name_expression(name.text.substr(1)) ? other_database() : real_databases();
    }
    add('\0' + name.text);
  }
  if (name.is("replication")) return replication();
  if (is_expression(name)) {
    const auto matched = matching(name.text.substr(1), databases_);
    ids.insert(ids.end(), matched.begin(), matched.end());
  } else if (is_named_database(name)) {
    add(name.text);
  }
  return database_set(ids);
}

NameSet ConnectionClasses::users(const std::vector<HbaName>& names, Extent extent) const {
  auto result = role_set({});
  for (const auto& name : names) {
    auto set = users(name, extent);
    result = names.size() == 1 ? std::move(set) : result.united(set);
  }
  return result;
}

NameSet ConnectionClasses::databases(const std::vector<HbaName>& names, Extent extent) const {
  auto result = database_set({});
  for (const auto& name : names) {
    auto set = databases(name, extent);
    result = names.size() == 1 ? std::move(set) : result.united(set);
  }
  return result;
}

// sameuser, samerole: hba.c, check_db. The users that each named database is tied to.
std::vector<std::pair<NameSet, NameSet>> ConnectionClasses::tied(const HbaName& name,
                                                                 const NameSet& users) const {
  std::vector<std::pair<NameSet, NameSet>> result;
  for (std::uint32_t d = 0; d < databases_.size(); ++d) {
    const auto& database = databases_[d];
    if (database.other || database.replication || database.token) continue;
    const HbaName group{"+" + database.name, false};
    const auto found = role_named_.find(database.name);
    auto tied = found == role_named_.end() ? role_set({}) : role_set({found->second});
    const auto token = role_named_.find('\0' + group.text);
    if (tie_of(name) == "samerole" && token != role_named_.end()) {
      tied = tied.united(role_set({token->second}));
    }
    if (tie_of(name) == "samerole" && roles_known_) {
      tied = tied.united(this->users(group, Extent::certain));
    }
    tied = tied.intersection(users);
    if (!tied.empty()) result.emplace_back(std::move(tied), database_set({d}));
  }
  return result;
}

// --- Origins ------------------------------------------------------------------------------------

std::uint32_t ConnectionClasses::rank_of_v4(AddressNumber address) const {
  return rank_in(v4_, address);
}

std::uint32_t ConnectionClasses::rank_of_v6(AddressNumber address) const {
  return static_cast<std::uint32_t>(v4_.size()) + rank_in(v6_, address);
}

RankSet ConnectionClasses::v4() const { return {{0, static_cast<std::uint32_t>(v4_.size() - 1)}}; }

RankSet ConnectionClasses::v6() const {
  const auto first = static_cast<std::uint32_t>(v4_.size());
  return {{first, first + static_cast<std::uint32_t>(v6_.size() - 1)}};
}

RankSet ConnectionClasses::ranks(const AddressSet& set) const {
  std::vector<RankRange> result;
  for (const auto& range : set.v4.ranges()) {
    result.push_back({rank_of_v4(range.first), rank_of_v4(range.last)});
  }
  for (const auto& range : set.v6.ranges()) {
    result.push_back({rank_of_v6(range.first), rank_of_v6(range.last)});
  }
  return rank_set(std::move(result));
}

RankSet ConnectionClasses::certain_origin(const HbaAddress& address) const {
  const auto named = static_cast<std::uint32_t>(v4_.size() + v6_.size());
  if (address.kind == AddressKind::none) return {{0, 0}};
  if (address.kind == AddressKind::all) {
    return {{0, named + static_cast<std::uint32_t>(origins_.size()) - 1}};
  }
  const auto name = named_origin(address);
  if (name.empty()) {
    bool exact = true;
    return ranks(addresses_of(address.address, address.mask, exact));
  }
  std::vector<RankRange> result;
  if (name == "samenet") result = ranks(AddressSet::loopback());
  if (name == "samehost") result = ranks(localhost());
  for (const auto& origin : {name, std::string(name == "samenet" ? "samehost" : name)}) {
    const auto rank = named + origin_named_.at(origin);
    result.push_back({rank, rank});
  }
  return rank_set(std::move(result));
}

RankSet ConnectionClasses::possible_origin(const HbaAddress& address) const {
  // The machine itself, by whichever of its addresses.
  const bool own = address.kind == AddressKind::samehost ||
                   (address.kind == AddressKind::host_name && names_loopback(address.host));
  if (own) return ranks(AddressSet::loopback());
  if (address.kind == AddressKind::samenet || address.kind == AddressKind::host_name) {
    return ranks(AddressSet::all());
  }
  if (address.kind == AddressKind::none) return {{0, 0}};
  if (address.kind == AddressKind::all) return ranks(AddressSet::all());
  bool exact = true;
  return ranks(addresses_of(address.address, address.mask, exact));
}

OriginSet ConnectionClasses::origin(const RankSet& set) const {
  const auto v6 = static_cast<std::uint32_t>(v4_.size());
  const auto named = v6 + static_cast<std::uint32_t>(v6_.size());
  std::vector<AddressRange> v4_ranges, v6_ranges;
  OriginSet result;
  for (const auto& range : set) {
    if (range.first < v6) {
      const auto next = range.last + 1;
      v4_ranges.push_back({v4_[range.first], before(next < v6 ? v4_[next] : past_v4)});
    }
    if (range.last >= v6 && range.first < named) {
      const auto next = std::min(range.last, named - 1) + 1;
      v6_ranges.push_back({v6_[std::max(range.first, v6) - v6],
                           before(next < named ? v6_[next - v6] : AddressNumber{})});
    }
    for (auto rank = std::max(range.first, named); rank <= range.last; ++rank) {
      result.named.push_back(origins_[rank - named]);
    }
  }
  result.addresses = {AddressLine(std::move(v4_ranges)), AddressLine(std::move(v6_ranges))};
  return result;
}

// --- Records ------------------------------------------------------------------------------------

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
