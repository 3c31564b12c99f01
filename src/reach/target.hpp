#pragma once
// What somebody may be after: a privilege on an object, or a power.
//
//   table:public.orders  SELECT       column:public.customers.email  SELECT
//   superuser                         os: the server's operating-system account
//   cluster: every row of every database

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "escalation/escalation.hpp"
#include "privileges/graph.hpp"

namespace pgleast {

struct Target {
  std::optional<Power> power;  // else an object
  ObjectId object = no_object;
  std::optional<std::uint32_t> column;  // of the object's columns
  Privilege privilege = Privilege::select;
  bool operator==(const Target&) const = default;
};

/// superuser, os, cluster.
std::optional<Power> power_named(std::string_view name);

/// The targets of that name: several where two databases, or two kinds, have one of it. With
/// `privilege` empty, what is most telling of each kind. Throws Error (usage) where there is none.
std::vector<Target> targets_named(const Cluster& cluster, const std::string& name,
                                  const std::string& privilege);

/// Where one must be logged in for it; none: in any database.
ObjectId database_of(const Cluster& cluster, const Target& target);
/// "public.orders SELECT", "superuser".
std::string to_string(const Cluster& cluster, const Target& target);
/// "public.orders", "superuser": what stands at the end of a path.
std::string end_of_path(const Cluster& cluster, const Target& target);
/// Why a role holds what it is after.
struct Reason {
  Target target;  // of a column where that alone is held
  Cause cause;
};
/// Why `role`, acting as itself, has reached it; empty where it has not. USAGE of the schema is
/// asked for, too. A privilege on a column is one on its table; with `columns` on one of these.
std::vector<Reason> reasons_of(const Graph& graph, RoleId role, const Target& target,
                               const std::vector<std::string>& columns = {});
/// What to run when one is there; empty where being there is all.
std::string statement_for(const Cluster& cluster, const Target& target);

}  // namespace pgleast
