#pragma once
// The points of the connection space as far as records and facts tell them apart, and the
// records as products of them.
//
// What only the server can tell at the time (a host name, samenet, who is in a group when no
// roles are known) is a point of its own: "whoever `+staff` takes". Such points make two
// records comparable that say the same; which names and addresses they may be is kept beside.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "connections/decision_list.hpp"
#include "connections/transport.hpp"
#include "connections/truth.hpp"
#include "net/address_set.hpp"
#include "privileges/graph.hpp"

namespace pgleast {

/// A name that some record or fact tells apart, or any other one.
struct RoleAtom {
  std::string name;
  std::optional<RoleId> role;  // when the cluster's roles are known
  bool other = false;          // any name that nobody mentions
  bool token = false;          // whoever `name` takes: "+staff", "/^app_"
};

struct DatabaseAtom {
  std::string name;
  bool other = false;
  bool replication = false;  // physical replication, which no database name matches
  bool token = false;        // whatever `name` takes: "sameuser", "/^app_"
};

/// Where connections come from: addresses, and what only the server can tell.
struct OriginSet {
  AddressSet addresses;
  std::vector<std::string> named;  // "db.example.org", "samenet"
  bool empty() const { return addresses.empty() && named.empty(); }
  bool operator==(const OriginSet&) const = default;
};

class ConnectionClasses {
 public:
  /// Of one or more files, each the records in the order of the server.
  ConnectionClasses(const Cluster& cluster, const Graph& graph,
                    const std::vector<const std::vector<HbaRecord>*>& files);

  const std::vector<RoleAtom>& roles() const { return roles_; }              // tokens last
  const std::vector<DatabaseAtom>& databases() const { return databases_; }  // tokens last
  /// Transports that no record tells apart stand together; bit i of Line::transports.
  const std::vector<std::vector<Transport>>& transports() const { return transports_; }

  /// What the records of a file certainly take.
  const DecisionList& decisions(std::size_t file) const { return decisions_[file]; }
  /// Whether all that `record` takes is certain.
  bool is_certain(const HbaRecord& record) const;
  /// What `record` may take beyond that, names and addresses instead of points of their own.
  std::vector<Region> possible(const HbaRecord& record) const;

  /// The ways in which `record` may take somebody, each at most one fact a side.
  std::vector<Truth> truths(const HbaRecord& record) const;
  /// What the records of each file take of those of whom it is the truth, no token among them.
  std::vector<DecisionList> decisions_under(const Truth& truth) const;
  /// Whoever a token takes, by definition; a set of classes or ranks.
  NameSet role_token(const std::string& token) const;
  NameSet database_token(const std::string& token) const;
  RankSet origin_token(const std::string& token) const;
  /// All that is no token; of classes.
  NameSet real_role_classes() const { return role_side_.of_classes(real_roles()); }
  NameSet other_role_classes() const { return role_side_.of_classes(other_role()); }
  NameSet other_database_classes() const { return database_side_.of_classes(other_database()); }
  /// The ranks of addresses that some record names alone.
  RankSet single_addresses() const;

  /// Into roles() and databases(), ascending.
  std::vector<std::uint32_t> role_atoms(const NameSet& roles) const;
  std::vector<std::uint32_t> database_atoms(const NameSet& databases) const;
  /// The first one of a set that is not empty: a name where there is one.
  const RoleAtom& first_role(const NameSet& roles) const;
  const DatabaseAtom& first_database(const NameSet& databases) const;
  OriginSet origin(const RankSet& ranks) const;
  /// The ranks of an address, and of all addresses of one family.
  std::uint32_t rank_of_v4(AddressNumber address) const;
  std::uint32_t rank_of_v6(AddressNumber address) const;
  RankSet v4() const;
  RankSet v6() const;
  /// Physical replication as whoever, from wherever.
  Region replication_region() const;

 private:
  using Files = std::vector<const std::vector<HbaRecord>*>;
  // Names that no set tells apart are one class: sets are of classes, not of names.
  class Sets;
  struct Side {
    std::vector<std::uint32_t> class_of;            // by atom
    std::vector<std::vector<std::uint32_t>> atoms;  // by class; classes by their first
    DecisionList::Sets add_classes(std::size_t atom_count, Sets sets);
    DecisionList::Sets in_classes(Sets sets) const;
    NameSet of_classes(const NameSet& atoms) const;
    std::vector<std::uint32_t> members(const NameSet& classes) const;
  };

  void add_transports(const Files& files);
  void add_tied_sets(Sets& roles, Sets& databases) const;
  void add_roles(const Files& files);
  void add_databases(const Files& files);
  void add_addresses(const Files& files);
  std::vector<Line> lines_of(const std::vector<HbaRecord>& records, Sets& roles,
                             Sets& databases) const;
  std::vector<Line> lines_under(const std::vector<HbaRecord>& records, const Truth& truth,
                                Sets& roles, Sets& databases) const;
  std::uint8_t transports_of(const HbaRecord& record) const;

  bool is_expression(const HbaName& name) const;
  bool is_named_user(const HbaName& name) const;
  bool is_named_database(const HbaName& name) const;
  bool is_opaque_user(const HbaName& name) const;
  bool is_opaque_database(const HbaName& name) const;

  NameSet role_set(const std::vector<std::uint32_t>& ids) const;
  NameSet database_set(const std::vector<std::uint32_t>& ids) const;
  NameSet real_roles() const;
  NameSet real_databases() const;
  NameSet other_role() const;
  NameSet other_database() const;
  NameSet replication() const;

  enum class Extent { certain, possible };
  NameSet users(const std::vector<HbaName>& names, Extent extent) const;
  NameSet users(const HbaName& name, Extent extent) const;
  NameSet databases(const std::vector<HbaName>& names, Extent extent) const;
  NameSet databases(const HbaName& name, Extent extent) const;
  template <typename Atoms>
  std::vector<std::uint32_t> matching(const std::string& expression, const Atoms& atoms) const;
  std::vector<std::pair<NameSet, NameSet>> tied(const HbaName& name, const NameSet& users) const;
  std::vector<std::pair<NameSet, NameSet>> tied_under(const HbaName& name, const NameSet& users,
                                                      const Truth& truth) const;
  NameSet users_under(const HbaRecord& record, const Truth& truth) const;
  NameSet databases_under(const HbaRecord& record, const Truth& truth) const;
  RankSet origin_under(const HbaRecord& record, const Truth& truth) const;
  /// Named databases whose `+name` some record asks for, too.
  std::vector<std::uint32_t> databases_as_groups() const;
  NameSet databases_not_as_roles() const;
  NameSet roles_not_as_databases() const;
  NameSet roles_in_unnamed_groups() const;
  RankSet ranks(const AddressSet& set) const;
  RankSet certain_origin(const HbaAddress& address) const;
  RankSet possible_origin(const HbaAddress& address) const;

  const Cluster& cluster_;
  const Graph& graph_;
  const Files files_;
  bool roles_known_, databases_known_;
  std::vector<RoleAtom> roles_;
  std::vector<DatabaseAtom> databases_;
  std::unordered_map<std::string, std::uint32_t> role_named_, database_named_;  // tokens, too
  std::vector<std::vector<Transport>> transports_;
  // Where ranks begin: of IPv4, then of IPv6, then the named origins.
  std::vector<AddressNumber> v4_, v6_;
  std::vector<std::string> origins_;
  std::unordered_map<std::string, std::uint32_t> origin_named_;
  Side role_side_, database_side_;
  std::vector<DecisionList> decisions_;  // by file
};

}  // namespace pgleast
