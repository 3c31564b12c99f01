#pragma once
// Why a record of pg_hba.conf, or one of its names, can match no connection, or lets nobody in:
// what it names does not exist, or the server offers no such connection.

#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "connections/connection_classes.hpp"
#include "model/cluster.hpp"

namespace pgleast {

/// Of facts that are unseen nothing is said.
class Unmatched {
 public:
  /// Keeps a reference.
  explicit Unmatched(const Cluster& cluster);

  /// Why the server never sees a connection that the record is for.
  std::vector<std::string> transport(const HbaRecord& record) const;
  /// Whether the server takes connections over it, and to addresses of the family.
  bool offers(Transport transport) const;
  bool offers_v4() const { return tcp_ && v4_; }
  bool offers_v6() const { return tcp_ && v6_; }
  /// Which of its names match nobody, databases first.
  std::vector<std::string> names(const HbaRecord& record) const;
  /// Why those whom it matches are all turned away: its map is not in pg_ident.conf.
  std::optional<std::string> map(const HbaRecord& record) const;

 private:
  void add_database(const HbaName& name, std::vector<std::string>& reasons) const;
  void add_user(const HbaName& name, std::vector<std::string>& reasons) const;

  const Cluster& cluster_;
  std::optional<std::set<std::string>> maps_;  // none: not known
  std::vector<bool> has_login_;  // by role: itself or some member, however far, can log in
  std::unordered_map<std::string, RoleId> roles_;
  std::unordered_map<std::string, bool> databases_;  // whether they take connections
  // What the server offers.
  bool tls_ = true, v4_ = true, v6_ = true, tcp_ = true, sockets_ = true;
};

}  // namespace pgleast
