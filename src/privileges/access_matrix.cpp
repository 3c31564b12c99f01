#include "privileges/access_matrix.hpp"

#include <map>
#include <tuple>

namespace pgleast {

AccessMatrix::AccessMatrix(const Graph& graph)
    : graph_(graph), existing_(graph.cluster().roles.size()), superusers_(existing_) {
  const auto& roles = graph.cluster().roles;
  for (std::uint32_t i = 0; i < roles.size(); ++i) {
    if (roles[i].dropped) continue;
    existing_.insert(RoleId{i});
    if (roles[i].superuser) superusers_.insert(RoleId{i});
  }
}

// Calls `add(roles)`: all of them together have the privileges of the grantee.
template <typename Add>
void AccessMatrix::each_set(RoleId grantee, ObjectId database, Add&& add) const {
  if (grantee == public_role) return add(existing_);
  add(graph_.who_has(grantee, Closure::inherits));
  const auto ownership = graph_.database_ownership(Closure::inherits, database);
  if (ownership && graph_.along_memberships(ownership->second, Closure::inherits).has(grantee)) {
    add(graph_.who_has(ownership->first, Closure::inherits));
  }
}

// Calls `add(privileges, roles)`: these roles hold these privileges on it. Dropped ones may be
// among them.
template <typename Add>
void AccessMatrix::each_set(const Object& object, Add&& add) const {
  const auto all = grantable_privileges(object.kind, graph_.cluster().major());
  add(all, superusers_);
  each_giver(
      graph_.cluster(), graph_.data_roles(), object, graph_.list_of(object),
      [](RoleId) { return true; },
      [&](RoleId grantee, PrivilegeSet gives) {
        if ((gives & all).empty()) return;
        each_set(grantee, graph_.database_of(object),
                 [&](const RoleSet& roles) { add(gives & all, roles); });
      });
}

void AccessMatrix::add_object(Holders& holders, const Object& object, PrivilegeSet of) const {
  each_set(object, [&](PrivilegeSet gives, const RoleSet& roles) {
    (gives & of).each([&](Privilege p) { holders[p] |= roles; });
  });
  of.each([&](Privilege p) { holders[p] &= existing_; });
}

AccessMatrix::Holders AccessMatrix::holders(const Object& object) const {
  Holders result(graph_.cluster().roles.size());
  add_object(result, object, grantable_privileges(object.kind, graph_.cluster().major()));
  return result;
}

AccessMatrix::Holders AccessMatrix::holders(const Object& table, const Column& column) const {
  Holders result(graph_.cluster().roles.size());
  const auto all = info(ObjectKind::column).all;
  add_object(result, table, all);
  for (const auto& item : graph_.cluster().column_acl(column)) {
    each_set(item.grantee, graph_.database_of(table), [&](const RoleSet& roles) {
      (item.privileges & all).each([&](Privilege p) { (result[p] |= roles) &= existing_; });
    });
  }
  return result;
}

RoleSet AccessMatrix::holders(const Object& object, Privilege privilege) const {
  RoleSet result(graph_.cluster().roles.size());
  each_set(object, [&](PrivilegeSet gives, const RoleSet& roles) {
    if (gives.has(privilege)) result |= roles;
  });
  return result &= existing_;
}

RoleSet AccessMatrix::holders_on_any(const Object& object, Privilege privilege) const {
  auto result = holders(object, privilege);
  if (object.kind != ObjectKind::table || !info(ObjectKind::column).all.has(privilege)) {
    return result;
  }
  const auto& cluster = graph_.cluster();
  for (const auto& column : cluster.relation(object).columns) {
    for (const auto& item : cluster.column_acl(column)) {
      if (!item.privileges.has(privilege)) continue;
      each_set(item.grantee, graph_.database_of(object),
               [&](const RoleSet& roles) { result |= roles; });
    }
  }
  return result &= existing_;
}

std::uint64_t AccessMatrix::count(ObjectKind kind) const {
  const auto& cluster = graph_.cluster();
  const auto all = grantable_privileges(kind, cluster.major());
  Holders scratch(cluster.roles.size());
  // Only by its list, its database and, without a list, its owner may one differ from another.
  std::map<std::tuple<AclId, ObjectId, RoleId>, std::uint64_t> counted;
  std::uint64_t result = 0;
  for (const auto& object : cluster.objects) {
    if (object.kind != kind || object.system) continue;
    const auto owner = object.acl == null_acl ? object.owner : no_role;
    const auto [at, added] = counted.try_emplace({object.acl, object.database, owner});
    if (added) {
      all.each([&](Privilege p) { scratch[p].clear(); });
      add_object(scratch, object, all);
      all.each([&, &sum = at->second](Privilege p) { sum += scratch[p].count(); });
    }
    result += at->second;
  }
  return result;
}

}  // namespace pgleast
