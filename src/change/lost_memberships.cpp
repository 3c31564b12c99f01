// Groups that a role could become by SET ROLE, or whose members it was among for pg_hba.conf, and
// is not any more.

#include "change/loss.hpp"
#include "model/ordinary_roles.hpp"

namespace pgleast {

void add_lost_memberships(const ClusterState& before, const ClusterState& after,
                          std::vector<Loss>& losses) {
  if (before.cluster.memberships == after.cluster.memberships) return;
  for (const auto role : ordinary_roles(before.cluster)) {
    // A superuser becomes whom it likes.
    if (before.cluster.role(role).superuser) continue;
    auto lost = before.graph.along_memberships(role, Closure::members);
    lost |= before.graph.along_memberships(role, Closure::becomes);
    for (const auto group : lost.members()) {
      const bool is_left = after.graph.along_memberships(role, Closure::members).has(group);
      if (is_left && (!before.graph.along_memberships(role, Closure::becomes).has(group) ||
                      after.graph.along_memberships(role, Closure::becomes).has(group))) {
        continue;
      }
      losses.push_back({Loss::What::membership, before.cluster.role_name(role), "", "role",
                        before.cluster.role_name(group), is_left ? "SET" : "MEMBER", "", ""});
    }
  }
}

}  // namespace pgleast
