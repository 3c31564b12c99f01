#pragma once
// What people can no longer do once a cluster is changed: each loss by role and object.
//
//   privilege  app_user  table public.orders  SELECT
//   login      app_user  database shop        from 10.0.0.0/8: no credential -> a password
//   rows       analyst   table public.orders  SELECT  all rows -> some rows
//   code       app_user  view shop.totals     it needs EXECUTE on shop.rate()
//   attribute  backup    REPLICATION
//
// What is gained is what the other direction loses.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connections/decided_connections.hpp"
#include "privileges/graph.hpp"

namespace pgleast {

struct Loss {
  enum class What { login, attribute, membership, privilege, rows, code } what = What::privilege;
  std::string role;      // its name; PUBLIC: whoever is no role of the cluster
  std::string database;  // where the object is; empty: not of one
  std::string kind;      // of the object, as `access` names it; empty: none
  std::string object;    // its identity
  std::string privilege;
  std::string before, after;  // in words, where there is more than held and not held
  auto operator<=>(const Loss&) const = default;
};

std::string_view to_string(Loss::What what);

/// A state of a cluster, and what is worked out of it once. Not for several threads.
struct ClusterState {
  /// Keeps a reference. `day` is YYYY-MM-DD; empty: no password is past its end.
  ClusterState(const Cluster& of, std::string day);

  const Cluster& cluster;
  std::string today;
  Graph graph;
  Connections connections;
};

/// All of it, sorted. Both states have the same roles, objects, columns and policies in the same
/// order (aligned.hpp).
std::vector<Loss> losses(const ClusterState& before, const ClusterState& after);

/// `what,role,database,kind,object,privilege,before,after`: a header, then a line each.
std::string losses_csv(const std::vector<Loss>& losses);

// One kind each, appended.
void add_lost_logins(const ClusterState& before, const ClusterState& after,
                     std::vector<Loss>& losses);
void add_lost_attributes(const ClusterState& before, const ClusterState& after,
                         std::vector<Loss>& losses);
void add_lost_memberships(const ClusterState& before, const ClusterState& after,
                          std::vector<Loss>& losses);
void add_lost_privileges(const ClusterState& before, const ClusterState& after,
                         std::vector<Loss>& losses);
void add_lost_rows(const ClusterState& before, const ClusterState& after,
                   std::vector<Loss>& losses);
void add_lost_code(const ClusterState& before, const ClusterState& after,
                   std::vector<Loss>& losses);

/// Ordinary roles whose rights may differ: an attribute, or whose privileges they have.
std::vector<RoleId> changed_roles(const ClusterState& before, const ClusterState& after);
/// Role, database, kind and name of the object.
Loss loss_on(const Cluster& cluster, Loss::What what, RoleId role, ObjectId object);

}  // namespace pgleast
