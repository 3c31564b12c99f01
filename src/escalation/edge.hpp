#pragma once
// What a file of this room brings: where its kind of step begins and leads, and how one of
// them reads.
//
// Steps are offered, not listed: "whoever holds the privileges of db_owner may ...". Who that is
// is worked out for many roles at once, so nothing here goes through roles times objects.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "escalation/escalation.hpp"

namespace pgleast {

/// As whom one acts. Who logs in can do all that the others can; code that runs as its owner
/// cannot SET ROLE (miscinit.c, SetUserIdAndSecContext), and only a login replicates.
enum class Mode : std::uint8_t { login, session, code };

/// Whose right it is: an attribute is one's own, the rest is inherited; before 15 what the
/// server's own roles can do is any member's (6198420ad8).
enum class Holding : std::uint8_t { own, inherits, members };

struct Need {
  ObjectId object{};
  Privilege privilege{};
};

struct Offer {
  RoleId holder{};
  Holding holding = Holding::own;
  Mode as = Mode::code;
  Goal to;
  Mode becomes = Mode::session;
  std::vector<ObjectId> objects;  // each would do; sorted by identity
  std::vector<Need> all;          // that who takes it must hold, too
  std::vector<Need> any;          // one of them; empty: none
  bool needs_victim = false;
  bool certain = true;
  std::string why;       // for the telling
  std::size_t item = 0;  // the same: which membership, record, ...
  std::size_t edge = 0;  // of the table
};

/// What edges ask of the cluster, found once.
class World {
 public:
  explicit World(const Graph& graph) : graph_(graph) {}

  const Graph& graph() const { return graph_; }
  const Cluster& cluster() const { return graph_.cluster(); }
  const Space& connections() const;

  /// Who has `role` in its closure.
  const RoleSet& who_has(RoleId role, Closure closure) const;
  /// Who holds a privilege.
  const RoleSet& holders(const Need& need) const;
  /// pg_database_owner is the owner of the object's database.
  RoleId resolved(RoleId role, ObjectId database) const;

  std::string shown(RoleId role) const;
  std::string shown(ObjectId object) const;
  /// "refund(integer) and 3 more".
  std::string shown(const std::vector<ObjectId>& objects) const;
  /// "app", or "app (through staff > files)" where `holder` is another.
  std::string shown(RoleId role, RoleId holder) const;

  /// Takes `privilege` from whoever makes `from` hold it by `holder`.
  std::vector<Remedy> revoked(const Offer& offer, RoleId from, Privilege privilege) const;
  /// Takes `from` out of the last group on its way to `holder`; none: it is no member.
  std::vector<Remedy> left(RoleId from, RoleId holder, Closure closure) const;

 private:
  const Graph& graph_;
  mutable std::optional<Space> connections_;
  mutable std::map<std::pair<Closure, RoleId>, RoleSet> who_has_;
  mutable std::map<std::pair<ObjectId, Privilege>, RoleSet> holders_;
  mutable std::vector<std::vector<std::size_t>> members_of_;  // memberships by role
};

struct Edge {
  EscalationInfo info;
  void (*find)(const World&, std::vector<Offer>&);
  /// Fills `how`, `statements` and `cut`; the rest of the step is there.
  void (*tell)(const World&, const Offer&, Step&);
};

/// All edges, sorted by id.
const std::vector<Edge>& edges();

// One pair for each row.
void find_admin(const World&, std::vector<Offer>&);
void tell_admin(const World&, const Offer&, Step&);
void find_create_role(const World&, std::vector<Offer>&);
void tell_create_role(const World&, const Offer&, Step&);
void find_programs(const World&, std::vector<Offer>&);
void tell_programs(const World&, const Offer&, Step&);
void find_read_files(const World&, std::vector<Offer>&);
void tell_read_files(const World&, const Offer&, Step&);
void find_set_role(const World&, std::vector<Offer>&);
void tell_set_role(const World&, const Offer&, Step&);
void find_superuser(const World&, std::vector<Offer>&);
void tell_superuser(const World&, const Offer&, Step&);
void find_write_files(const World&, std::vector<Offer>&);
void tell_write_files(const World&, const Offer&, Step&);

}  // namespace pgleast
