// Rows of tables and views that a role reached and does not reach any more, though it holds the
// privilege: row security that is on now, a policy that is for others, an owner who is bound.

#include <algorithm>
#include <set>

#include "change/loss.hpp"
#include "model/objects_of.hpp"
#include "model/ordinary_roles.hpp"
#include "privileges/row_access.hpp"

namespace pgleast {
namespace {

std::string words(RowAccess::Kind kind) {
  switch (kind) {
    case RowAccess::Kind::all:
      return "all rows";
    case RowAccess::Kind::some:
      return "the rows that policies let through";
    case RowAccess::Kind::none:
      return "no row";
    case RowAccess::Kind::unknown:
      break;
  }
  return "what is not known";
}

bool is_among(const std::vector<std::size_t>& some, const std::vector<std::size_t>& all) {
  return std::includes(all.begin(), all.end(), some.begin(), some.end());
}

std::vector<std::size_t> sorted(std::vector<std::size_t> list) {
  std::sort(list.begin(), list.end());
  return list;
}

// Unknown is not told: it was no row that one could count on.
bool is_less(const RowAccess& after, const RowAccess& before) {
  using Kind = RowAccess::Kind;
  if (before.kind == Kind::unknown || before.kind == Kind::none) return false;
  if (after.kind == Kind::none) return true;
  if (before.kind == Kind::all) return after.kind == Kind::some || after.kind == Kind::unknown;
  if (after.kind != Kind::some) return after.kind == Kind::unknown;
  if (before.bases.size() == after.bases.size() && !before.bases.empty()) {
    for (std::size_t i = 0; i < before.bases.size(); ++i) {
      if (is_less(after.bases[i], before.bases[i])) return true;
    }
    return false;
  }
  return !is_among(sorted(before.permissive), sorted(after.permissive)) ||
         !is_among(sorted(after.restrictive), sorted(before.restrictive));
}

bool same_security(const Cluster& before, const Cluster& after, ObjectId table) {
  const auto& was = before.relation(before.object(table));
  const auto& is = after.relation(after.object(table));
  return was.row_security == is.row_security && was.force_row_security == is.force_row_security &&
         before.object(table).owner == after.object(table).owner;
}

class LostRows {
 public:
  LostRows(const ClusterState& before, const ClusterState& after, std::vector<Loss>& losses)
      : before_(before), after_(after), losses_(losses), was_(before.graph), is_(after.graph) {}

  void look_at(ObjectId relation, const std::vector<RoleId>& roles) {
    for (const auto role : roles) {
      for (const auto command :
           {Privilege::select, Privilege::insert, Privilege::update, Privilege::delete_}) {
        look_at(role, relation, command);
      }
    }
  }

 private:
  bool holds(const ClusterState& state, RoleId role, ObjectId relation, Privilege p) const {
    return !state.graph.held_on_any(role, state.cluster.object(relation), p).empty();
  }

  void look_at(RoleId role, ObjectId relation, Privilege command) {
    const bool held = holds(before_, role, relation, command);
    if (!held || !holds(after_, role, relation, command)) return;
    const auto before = was_.access(role, relation, command);
    const auto after = is_.access(role, relation, command);
    if (!is_less(after, before)) return;
    auto loss = loss_on(before_.cluster, Loss::What::rows, role, relation);
    loss.privilege = info(command).keyword;
    loss.before = words(before.kind);
    loss.after = words(after.kind);
    losses_.push_back(std::move(loss));
  }

  const ClusterState& before_;
  const ClusterState& after_;
  std::vector<Loss>& losses_;
  RowReach was_, is_;
};

}  // namespace

void add_lost_rows(const ClusterState& before, const ClusterState& after,
                   std::vector<Loss>& losses) {
  const auto& cluster = before.cluster;
  const auto people = ordinary_roles(cluster);
  const auto changed = changed_roles(before, after);
  std::set<ObjectId> with_policies;
  for (const auto& policy : cluster.row_policies) with_policies.insert(policy.table);
  // Both states have the same policies in the same order; what one lacks is for nobody there.
  std::set<ObjectId> other_policies;
  for (std::size_t i = 0; i < cluster.row_policies.size(); ++i) {
    const auto& policy = cluster.row_policies[i];
    if (policy != after.cluster.row_policies[i]) other_policies.insert(policy.table);
  }
  LostRows lost(before, after, losses);
  bool any = !changed.empty() || !other_policies.empty();
  std::vector<ObjectId> views;
  for (const auto id : objects_of(cluster, ObjectKind::table)) {
    const auto& table = cluster.object(id);
    const auto& relation = cluster.relation(table);
    if (relation.relkind == 'v') views.push_back(id);
    if (table.system || relation.relkind == 'v') continue;
    if (!same_security(cluster, after.cluster, id) || other_policies.contains(id)) {
      any = true;
      lost.look_at(id, people);
    } else if (relation.row_security || with_policies.contains(id)) {
      lost.look_at(id, changed);
    }
  }
  // A view reaches no less where nothing that it reads, and nobody who owns one, has changed.
  if (!any && cluster.acls == after.cluster.acls) return;
  for (const auto id : views) {
    if (!cluster.object(id).system) lost.look_at(id, people);
  }
}

}  // namespace pgleast
