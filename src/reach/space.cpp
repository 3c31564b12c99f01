#include "reach/space.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>

#include "reach/name_expression.hpp"

namespace pgleast {
namespace {

enum class Match { no, may, yes };

struct Hit {
  std::uint32_t record;
  Match match;
  bool operator==(const Hit&) const = default;
  auto operator<=>(const Hit&) const = default;
};
using Hits = std::vector<Hit>;

bool is_keyword(const HbaName& name, std::string_view word) {
  return !name.quoted && name.text == word;
}

bool ties_names(const HbaName& name) {
  return is_keyword(name, "sameuser") || is_keyword(name, "samerole") ||
         is_keyword(name, "samegroup");
}

bool is_group(const HbaName& name) { return !name.quoted && name.text.starts_with('+'); }

bool is_localhost(std::string name) {
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name == "localhost" || name == "localhost.localdomain" || name == "ip6-localhost";
}

// What of the address field is certainly, and what is perhaps, matched.
struct Origin {
  AddressSet certain;
  AddressSet possible;
};

Origin origin_of(const HbaAddress& address) {
  if (address.kind == AddressKind::all) return {AddressSet::all(), AddressSet::all()};
  // The machine itself, by whichever of its addresses.
  const bool own = address.kind == AddressKind::samehost ||
                   (address.kind == AddressKind::host_name && is_localhost(address.host));
  if (own) return {{}, AddressSet::loopback()};
  if (address.kind != AddressKind::ip) return {{}, AddressSet::all()};
  bool exact = true;
  const auto set = addresses_of(address, exact);
  return {exact ? set : AddressSet{}, set};
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

class Builder {
 public:
  Builder(const Cluster& cluster, const Graph& graph)
      : cluster_(cluster), graph_(graph), records_(cluster.hba.records) {
    for (const auto& record : records_) origins_.push_back(origin_of(record.address));
  }

  Space build() {
    collect_atoms();
    const auto role_groups = grouped(role_hits());
    const auto database_groups = grouped(database_hits());
    for (const auto& [role_hits, roles] : role_groups) {
      for (const auto& [database_hits, databases] : database_groups) {
        if (ties_) {
          for (const auto role : roles) {
            for (const auto database : databases) {
              walk(role_hits, {role}, database_hits, {database});
            }
          }
        } else {
          walk(role_hits, roles, database_hits, databases);
        }
      }
    }
    std::stable_sort(space_.pieces.begin(), space_.pieces.end(),
                     [](const Piece& a, const Piece& b) {
                       return std::tie(a.record, a.transport) < std::tie(b.record, b.transport);
                     });
    return std::move(space_);
  }

 private:
  using Groups = std::map<Hits, std::vector<std::uint32_t>>;

  void collect_atoms();
  std::vector<Hits> role_hits() const;
  std::vector<Hits> database_hits() const;
  Match user_match(const HbaName& token, const RoleAtom& atom) const;
  Match database_match(const HbaName& token, const DatabaseAtom& atom) const;
  Match tied(const HbaName& token, const RoleAtom& role, const DatabaseAtom& database) const;
  Match expression_match(const HbaName& token, const std::string& name, bool other) const;
  Match pair_match(std::uint32_t record, std::uint32_t role, std::uint32_t database, Match users,
                   Match databases) const;
  void walk(const Hits& role_hits, const std::vector<std::uint32_t>& roles,
            const Hits& database_hits, const std::vector<std::uint32_t>& databases);

  template <typename Atoms, typename Tokens, typename Test>
  std::vector<Hits> hits(const Atoms& atoms, Tokens tokens, Test test) const;

  static Groups grouped(const std::vector<Hits>& hits) {
    Groups groups;
    for (std::uint32_t i = 0; i < hits.size(); ++i) groups[hits[i]].push_back(i);
    return groups;
  }

  bool is_expression(const HbaName& name) const {
    return cluster_.major() >= 16 && name.text.starts_with('/');
  }

  const Cluster& cluster_;
  const Graph& graph_;
  const std::vector<HbaRecord>& records_;
  std::vector<Origin> origins_;
  bool ties_ = false;  // some record ties role and database together
  Space space_;
};

void Builder::collect_atoms() {
  std::set<std::string> roles, databases;
  if (cluster_.seen(Fact::roles)) {
    for (const auto& r : cluster_.roles) {
      if (!r.dropped && r.login) roles.insert(r.name);
    }
  }
  for (const auto& o : cluster_.objects) {
    if (o.kind == ObjectKind::database) databases.insert(o.name);
  }
  for (const auto& record : records_) {
    for (const auto& user : record.users) {
      const bool named = !is_keyword(user, "all") && !is_group(user) && !is_expression(user);
      if (named && !cluster_.seen(Fact::roles)) roles.insert(user.text);
    }
    for (const auto& database : record.databases) {
      ties_ = ties_ || ties_names(database);
      const bool named = !is_keyword(database, "all") && !is_keyword(database, "replication") &&
                         !ties_names(database) && !is_expression(database);
      if (named && !cluster_.seen(Fact::objects)) databases.insert(database.text);
    }
  }
  for (const auto& name : roles) space_.roles.push_back({name, cluster_.find_role(name)});
  for (const auto& name : databases) space_.databases.push_back({name});
  if (!cluster_.seen(Fact::roles)) space_.roles.push_back({"", std::nullopt, true});
  if (!cluster_.seen(Fact::objects)) space_.databases.push_back({"", true});
  space_.databases.push_back({"", false, true});
}

Match Builder::expression_match(const HbaName& token, const std::string& name, bool other) const {
  const auto expression = name_expression(token.text.substr(1));
  if (!expression || other) return Match::may;
  return re2::RE2::PartialMatch(name, *expression) ? Match::yes : Match::no;
}

Match Builder::user_match(const HbaName& token, const RoleAtom& atom) const {
  if (is_keyword(token, "all")) return Match::yes;
  if (is_group(token)) {
    if (!cluster_.seen(Fact::roles)) return Match::may;
    const auto group = cluster_.find_role(token.text.substr(1));
    return group && atom.role && graph_.is_member(*atom.role, *group) ? Match::yes : Match::no;
  }
  if (is_expression(token)) return expression_match(token, atom.name, atom.other);
  return !atom.other && token.text == atom.name ? Match::yes : Match::no;
}

Match Builder::database_match(const HbaName& token, const DatabaseAtom& atom) const {
  if (atom.replication) return is_keyword(token, "replication") ? Match::yes : Match::no;
  if (is_keyword(token, "all")) return Match::yes;
  if (ties_names(token)) return Match::may;  // decided with the role
  if (is_keyword(token, "replication")) return Match::no;
  if (is_expression(token)) return expression_match(token, atom.name, atom.other);
  return !atom.other && token.text == atom.name ? Match::yes : Match::no;
}

// sameuser, samerole: hba.c, check_db.
Match Builder::tied(const HbaName& token, const RoleAtom& role,
                    const DatabaseAtom& database) const {
  if (database.replication) return Match::no;
  if (role.other || database.other) return Match::may;
  if (role.name == database.name) return Match::yes;
  if (is_keyword(token, "sameuser")) return Match::no;
  if (!cluster_.seen(Fact::roles)) return Match::may;
  const auto group = cluster_.find_role(database.name);
  return group && role.role && graph_.is_member(*role.role, *group) ? Match::yes : Match::no;
}

template <typename Atoms, typename Tokens, typename Test>
std::vector<Hits> Builder::hits(const Atoms& atoms, Tokens tokens, Test test) const {
  std::vector<Hits> result(atoms.size());
  std::unordered_map<std::string, std::uint32_t> named;
  for (std::uint32_t i = 0; i < atoms.size(); ++i) {
    if (!atoms[i].name.empty()) named.emplace(atoms[i].name, i);
  }
  for (std::uint32_t r = 0; r < records_.size(); ++r) {
    // A plain name concerns one atom; only keywords, groups and expressions concern all.
    const auto add = [&](std::uint32_t atom, Match match) {
      if (match == Match::no) return;
      auto& list = result[atom];
      if (list.empty() || list.back().record != r) {
        list.push_back({r, match});
      } else {
        list.back().match = std::max(list.back().match, match);
      }
    };
    for (const HbaName& token : tokens(records_[r])) {
      const auto found = named.find(token.text);
      const bool plain = !is_group(token) && !is_expression(token) && !ties_names(token) &&
                         !is_keyword(token, "all") && !is_keyword(token, "replication");
      if (plain) {
        if (found != named.end()) add(found->second, test(token, atoms[found->second]));
        continue;
      }
      for (std::uint32_t i = 0; i < atoms.size(); ++i) add(i, test(token, atoms[i]));
    }
  }
  return result;
}

std::vector<Hits> Builder::role_hits() const {
  return hits(
      space_.roles, [](const HbaRecord& r) -> const std::vector<HbaName>& { return r.users; },
      [&](const HbaName& token, const RoleAtom& atom) { return user_match(token, atom); });
}

std::vector<Hits> Builder::database_hits() const {
  return hits(
      space_.databases,
      [](const HbaRecord& r) -> const std::vector<HbaName>& { return r.databases; },
      [&](const HbaName& token, const DatabaseAtom& atom) { return database_match(token, atom); });
}

Match Builder::pair_match(std::uint32_t record, std::uint32_t role, std::uint32_t database,
                          Match users, Match databases) const {
  if (ties_) {
    databases = Match::no;
    for (const auto& token : records_[record].databases) {
      databases = std::max(
          databases, ties_names(token) ? tied(token, space_.roles[role], space_.databases[database])
                                       : database_match(token, space_.databases[database]));
    }
  }
  return std::min(users, databases);
}

void Builder::walk(const Hits& role_hits, const std::vector<std::uint32_t>& roles,
                   const Hits& database_hits, const std::vector<std::uint32_t>& databases) {
  AddressSet taken[4];
  bool local_taken = false;
  auto d = database_hits.begin();
  for (const auto& hit : role_hits) {
    while (d != database_hits.end() && d->record < hit.record) ++d;
    if (d == database_hits.end()) break;
    if (d->record != hit.record) continue;
    const auto match =
        pair_match(hit.record, roles.front(), databases.front(), hit.match, d->match);
    if (match == Match::no) continue;
    const auto& record = records_[hit.record];
    const auto& origin = origins_[hit.record];
    for (const auto transport :
         {Transport::local, Transport::plain, Transport::tls, Transport::gss}) {
      if (!takes(record.type, transport)) continue;
      if (transport == Transport::local) {
        if (!local_taken) {
          space_.pieces.push_back(
              {hit.record, transport, roles, databases, {}, match == Match::yes});
        }
        local_taken = local_taken || match == Match::yes;
        continue;
      }
      auto& lost = taken[static_cast<std::size_t>(transport)];
      auto left = origin.possible.without(lost);
      if (!left.empty()) {
        const bool certain = match == Match::yes && !origin.certain.empty();
        space_.pieces.push_back(
            {hit.record, transport, roles, databases, std::move(left), certain});
      }
      if (match == Match::yes) lost.add(origin.certain);
    }
  }
}

}  // namespace

Space connection_space(const Cluster& cluster, const Graph& graph) {
  return Builder(cluster, graph).build();
}

}  // namespace pgleast
