#include "privileges/access_matrix.hpp"

#include <map>
#include <tuple>

namespace pgleast {

AccessMatrix::AccessMatrix(const Graph& graph)
    : graph_(graph),
      existing_(graph.cluster().roles.size()),
      superusers_(existing_),
      inheriting_(graph.cluster().roles.size(), existing_) {
  const auto& roles = graph.cluster().roles;
  for (std::uint32_t i = 0; i < roles.size(); ++i) {
    if (roles[i].dropped) continue;
    existing_.insert(RoleId{i});
    if (roles[i].superuser) superusers_.insert(RoleId{i});
    graph.along_memberships(RoleId{i}, Closure::inherits).each([&](RoleId of) {
      inheriting_[index(of)].insert(RoleId{i});
    });
  }
}

RoleSet AccessMatrix::inheriting(RoleId role, ObjectId database) const {
  auto result = inheriting_[index(role)];
  const auto ownership = graph_.database_ownership(Closure::inherits, database);
  if (ownership && graph_.along_memberships(ownership->second, Closure::inherits).has(role)) {
    result |= inheriting_[index(ownership->first)];
  }
  return result;
}

void AccessMatrix::add_list(Holders& holders, const Acl& acl, PrivilegeSet of,
                            ObjectId database) const {
  const auto ownership = graph_.database_ownership(Closure::inherits, database);
  const auto* const through_ownership =
      ownership ? &graph_.along_memberships(ownership->second, Closure::inherits) : nullptr;
  for (const auto& item : acl) {
    const auto add = [&](const RoleSet& roles) {
      (item.privileges & of).each([&](Privilege p) { holders[p] |= roles; });
    };
    if (item.grantee == public_role) {
      add(existing_);
    } else if (through_ownership != nullptr && through_ownership->has(item.grantee)) {
      add(inheriting(item.grantee, database));
    } else {
      add(inheriting_[index(item.grantee)]);
    }
  }
}

void AccessMatrix::add_object(Holders& holders, const Object& object, PrivilegeSet of) const {
  const auto database = graph_.database_of(object);
  of.each([&](Privilege p) { holders[p] |= superusers_; });
  add_list(holders, graph_.list_of(object), of - graph_.kept_by_server(object), database);
  for (const auto role : graph_.predefined_for_data()) {
    const auto gives = graph_.given_by(role, object) & of;
    if (gives.empty()) continue;
    const auto roles = inheriting(role, database);
    gives.each([&](Privilege p) { holders[p] |= roles; });
  }
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
  add_list(result, graph_.cluster().column_acl(column), all, graph_.database_of(table));
  return result;
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
