#pragma once
// From a login role to a target: which roles it acts as on the way, and by what it holds the
// target in the end.
//
//   analyst  --member of (inherit)-->  readonly_group  --GRANT by db_admin-->  public.orders
//   alice    --SET ROLE-->  boss  --SUPERUSER-->  public.orders
//   bob      --ESC-EXECPROG-->  the server's operating-system user  -->  public.orders
//   carol    --GRANT by db_admin-->  public.vip  --view, as db_admin-->  public.orders

#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "escalation/escalation.hpp"
#include "finding/finding.hpp"
#include "privileges/row_access.hpp"
#include "reach/target.hpp"

namespace pgleast {

struct Leg {
  std::string how;  // on the arrow
  std::string to;   // where it leads, safe to show
  bool superuser = false;
  std::optional<SaidAt> said = {};  // of who takes it; several may take the same leg
  bool operator==(const Leg& o) const {
    return std::tie(how, to, superuser) == std::tie(o.how, o.to, o.superuser);
  }
};

/// Of a table, to who gets there.
struct RowsReached {
  RowAccess::Kind kind = RowAccess::Kind::none;
  std::string words;  // "all rows"
};

struct Route {
  std::vector<Leg> legs;                // from the login role, which is not among them
  std::vector<std::string> statements;  // to run after logging in
  std::optional<RowsReached> rows;      // none where rows are not the question
  std::vector<Remedy> cuts;             // each takes a leg of it away
  std::string unknown;                  // why it may not lead there; empty: it does
  bool needs_victim = false;            // somebody stronger must act, too
  bool replication = false;             // the session is one for replication
  ObjectId database = no_object;        // where it begins; none: in any
  std::vector<PathStep> steps;          // how each step up works, for one of its login roles
};

/// "GRANT by owner (roles.sql:12)": on the arrow.
std::string leg_words(const Cluster& cluster, const Leg& leg);
/// For who takes the same way: what each of them got elsewhere has no one place.
void forget_other_places(std::vector<Leg>& legs, const std::vector<Leg>& others);

class Routes {
 public:
  /// Keeps references.
  /// `help`: whether ways count that need somebody stronger to act, where there is no other.
  Routes(const Graph& graph, const Escalations& escalations, Target target, Help help = Help::any);

  const Target& target() const { return target_; }
  /// Of a session as `role` in `database`: the nearest by its own rights, and the shortest of the
  /// ways up where these give nothing, or not all rows.
  std::vector<Route> from(RoleId role, ObjectId database) const;
  /// The same with one for each cause that gives it by rights: what must all be taken away.
  std::vector<Route> all_from(RoleId role, ObjectId database) const;

 private:
  // How a role gets there by itself: on the target, or on what leads to it.
  struct Arrival {
    Reason reason;
    std::optional<std::size_t> indirect;  // into `indirect_`
  };
  /// Whether it gets there by itself: in the second place it may.
  enum class Reached { no, perhaps, yes };

  std::vector<Arrival> arrivals(RoleId role, bool nearest_alone) const;
  std::optional<RoleId> acting_role(RoleId role, ObjectId database) const;
  Reached has_reached(RoleId role) const;
  Route along_rights(RoleId role, RoleId acting, ObjectId database, const Arrival& arrival) const;
  void add_way_up(RoleId role, std::vector<Route>& routes) const;
  std::vector<Goal> goals() const;
  std::optional<Route> way_up(RoleId role, bool all_rows, Help help) const;
  std::optional<RowsReached> rows_of(RoleId role, const Arrival& arrival) const;
  void end(RoleId acting, const Arrival& arrival, Route& route) const;
  std::optional<std::uint32_t> column_named(ObjectId table, const std::string& name) const;
  void add_indirect(std::size_t first, Route& route) const;

  const Graph& graph_;
  const Cluster& cluster_;
  const Escalations& escalations_;
  Target target_;
  Help help_;
  std::vector<IndirectAccess> indirect_;                 // what else leads there
  std::vector<std::size_t> certain_first_;               // into `indirect_`
  std::vector<Goal> goals_;                              // where a way up may lead
  mutable std::vector<std::optional<Reached>> reached_;  // by role
};

}  // namespace pgleast
