// Privileges that a role held, by whatever way, and does not hold afterwards; on a column where it
// did not lose the same on the table.

#include <algorithm>
#include <map>

#include "change/loss.hpp"
#include "model/named_object.hpp"
#include "model/objects_of.hpp"
#include "model/ordinary_roles.hpp"
#include "pg/setting_value.hpp"

namespace pgleast {
namespace {

bool same_list(const ClusterState& before, const ClusterState& after, ObjectId id) {
  const auto& was = before.cluster.object(id);
  const auto& is = after.cluster.object(id);
  return was.owner == is.owner &&
         before.cluster.effective_acl(was) == after.cluster.effective_acl(is);
}

// Nobody is asked for a privilege then (inv_api.c, aclchk.c).
bool opens_large_objects(const Cluster& cluster) {
  const auto* const setting = cluster.find_setting("lo_compat_privileges");
  return setting != nullptr && parse_bool(setting->value).value_or(false);
}

class LostPrivileges {
 public:
  LostPrivileges(const ClusterState& before, const ClusterState& after, std::vector<Loss>& losses)
      : before_(before),
        after_(after),
        losses_(losses),
        people_(ordinary_roles(before.cluster)),
        changed_(changed_roles(before, after)) {}

  void look_at(ObjectId id) {
    const auto& object = before_.cluster.object(id);
    const bool same = same_list(before_, after_, id);
    for (const auto role : same ? changed_ : people_) {
      // That who was a superuser holds the server's own objects no more goes without saying.
      if (same && object.system && before_.cluster.role(role).superuser) continue;
      look_at(role, id);
    }
    if (object.kind == ObjectKind::table) look_at_columns(id, same);
  }

  // One row stands for all large objects of a database, which may be many.
  void look_at_large_objects() {
    if (!opens_large_objects(before_.cluster) || opens_large_objects(after_.cluster)) return;
    std::map<ObjectId, std::vector<ObjectId>> in;  // by database
    for (const auto id : objects_of(before_.cluster, ObjectKind::large_object)) {
      in[before_.cluster.object(id).database].push_back(id);
    }
    for (const auto& [database, all] : in) {
      for (const auto role : people_) {
        for (const auto privilege : {Privilege::select, Privilege::update}) {
          if (holds_all(role, all, privilege)) continue;
          auto loss = loss_on(before_.cluster, Loss::What::privilege, role, all.front());
          loss.object = "any large object";
          loss.privilege = info(privilege).keyword;
          losses_.push_back(std::move(loss));
        }
      }
    }
  }

 private:
  void look_at(RoleId role, ObjectId id) {
    const auto had = before_.graph.held(role, before_.cluster.object(id)).privileges;
    const auto has = after_.graph.held(role, after_.cluster.object(id)).privileges;
    (had - has).each([&](Privilege p) { add(role, id, std::nullopt, p); });
  }

  void look_at_columns(ObjectId id, bool same) {
    const auto& was = before_.cluster.relation(before_.cluster.object(id)).columns;
    const auto& is = after_.cluster.relation(after_.cluster.object(id)).columns;
    for (std::uint32_t c = 0; c < was.size(); ++c) {
      if (was[c].acl == null_acl) continue;
      const bool same_column =
          same && before_.cluster.column_acl(was[c]) == after_.cluster.column_acl(is[c]);
      for (const auto role : same_column ? changed_ : people_) look_at(role, id, c);
    }
  }

  void look_at(RoleId role, ObjectId id, std::uint32_t column) {
    const auto& table = before_.cluster.object(id);
    const auto& now = after_.cluster.object(id);
    const auto had =
        before_.graph.held(role, table, before_.cluster.relation(table).columns[column]).privileges;
    const auto has =
        after_.graph.held(role, now, after_.cluster.relation(now).columns[column]).privileges;
    const auto of_table = before_.graph.held(role, table).privileges;
    ((had - has) - of_table).each([&](Privilege p) { add(role, id, column, p); });
  }

  bool holds_all(RoleId role, const std::vector<ObjectId>& objects, Privilege privilege) const {
    return std::all_of(objects.begin(), objects.end(), [&](ObjectId id) {
      return after_.graph.held(role, after_.cluster.object(id)).privileges.has(privilege);
    });
  }

  void add(RoleId role, ObjectId id, std::optional<std::uint32_t> column, Privilege privilege) {
    auto loss = loss_on(before_.cluster, Loss::What::privilege, role, id);
    if (column) {
      loss.kind = info(ObjectKind::column).name;
      loss.object = identity_of(before_.cluster, {id, column});
    }
    loss.privilege = info(privilege).keyword;
    losses_.push_back(std::move(loss));
  }

  const ClusterState& before_;
  const ClusterState& after_;
  std::vector<Loss>& losses_;
  std::vector<RoleId> people_, changed_;
};

}  // namespace

void add_lost_privileges(const ClusterState& before, const ClusterState& after,
                         std::vector<Loss>& losses) {
  LostPrivileges lost(before, after, losses);
  for (std::uint32_t i = 0; i < before.cluster.objects.size(); ++i) lost.look_at(ObjectId{i});
  lost.look_at_large_objects();
}

}  // namespace pgleast
