#pragma once
// Every way up: what lets a role act as another, or do what no grant says.
//
//   app   --ESC-ADMIN-->  db_owner  --ESC-EXECPROG-->  the server's operating-system user
//
// An edge is a kind of step: ESC-ADMIN, a row of escalations(), a file of this room and a page
// of policies/escalation/. What was not seen makes no step, and is said by `needs`.

#include <compare>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connections/decided_connections.hpp"
#include "finding/remedy.hpp"
#include "pg/version.hpp"
#include "privileges/graph.hpp"
#include "privileges/indirect_use.hpp"
#include "privileges/row_access.hpp"

namespace pgleast {

/// What a step may give that is no role.
enum class Power : std::uint8_t {
  superuser,         // everything
  operating_system,  // programs run as the server's operating-system user: superuser
  write_files,       // that user's files, pg_hba.conf among them: superuser
  any_role,          // whatever role is no superuser
  whole_cluster,     // every byte: all rows, all stored passwords
  read_files,        // what that user reads: keys, passwords in files, logs
  read_data,         // all rows of a database or more
  write_data,        // the same, to change them
  changes,           // every change of the rows of a database, as it happens
  row_security,      // rows that policies keep from others
  owners_rows,       // what the owner of a view or rule reads or writes by it
  large_objects,     // every large object, to read and to change
  trusted_scripts,   // scripts of trusted extensions, run as the bootstrap superuser
  elsewhere,         // a login on another server
  provider,          // what a cloud provider gives in place of superuser
};
inline constexpr std::size_t power_count = 15;
/// "superuser", "the server's operating-system user", ...
std::string_view to_string(Power power);
/// Whether who has `power` can do all that `other` lets one do.
bool includes(Power power, Power other);

/// Where a step leads: a role that one acts as from there, or a power.
struct Goal {
  RoleId role = no_role;
  std::optional<Power> power;
  auto operator<=>(const Goal&) const = default;
};

struct Step {
  std::string_view edge;                // "ESC-ADMIN"
  RoleId from{};                        // who takes it
  Goal to;                              // `from` only where it logs in as itself
  RoleId holder{};                      // by whose right: `from`, a role it is in, or PUBLIC
  ObjectId object = no_object;          // what it goes by; the first where several would do
  std::string how;                      // "app has ADMIN on db_owner ...", names safe to show
  std::vector<std::string> statements;  // that `from` types; a witness, no secret in it
  bool needs_victim = false;            // somebody stronger must act, too
  bool certain = true;                  // false: cannot be told from here, and `how` says why
  std::vector<Remedy> cut;              // what takes this step away; empty: a person decides
};

/// A kind of step.
struct EscalationInfo {
  std::string_view id;  // of its page, too
  Versions versions;
  std::vector<Fact> needs;  // without which it is not known whether there is one
  /// The edge whose uncertain steps say what cannot be followed: there may be one of these, too.
  std::string_view unknown_by = "";
  /// Views, functions or options lead there, too: without Fact::code there may be more of them.
  bool also_by_code = false;
};
/// In the order of their ids.
std::span<const EscalationInfo> escalations();

/// One that is open, as whoever has the right to it tells it: `step.from` is the holder, or
/// PUBLIC.
struct Opening {
  Step step;
  std::vector<RoleId> takers;  // ascending; without superusers, to whom it gives nothing
};

/// Whether steps count that need somebody stronger to act.
enum class Help { none, any };

/// Computes what it is asked for, once. Not for several threads.
class Escalations {
 public:
  /// Keeps references: both, and the graph's cluster, must outlive it. Some edges go by a
  /// connection.
  Escalations(const Graph& graph, const Connections& connections);
  ~Escalations();

  /// The one step on that `from` can take, by edge, then object.
  std::vector<Step> steps(RoleId from) const;
  /// The shortest way, first without uncertain steps, then without victims; empty: there is
  /// none that is seen. The last step leads to the goal or to a power that includes it. A
  /// superuser's own way to superuser has one step. Of a way of more than 24 the last of the
  /// first 16 stands for those that are left out.
  std::vector<Step> way(RoleId from, const Goal& to, Help help = Help::none) const;
  /// All that can be reached, sorted; `from` itself left out.
  std::vector<Goal> reachable(RoleId from, Help help = Help::none) const;

  /// What else they are computed from.
  const IndirectUses& indirect_uses() const;
  const RowReach& row_reach() const;

  /// All of one kind, one for each object that it goes by.
  std::vector<Opening> openings(std::string_view edge) const;

 private:
  class Search;
  struct State;
  const Search& search(Help help) const;
  std::unique_ptr<State> state_;
};

/// Whether every step is certain and needs nobody else.
bool goes_alone(const std::vector<Step>& way);

}  // namespace pgleast
