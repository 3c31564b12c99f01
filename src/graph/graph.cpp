#include "graph/graph.hpp"

#include <algorithm>
#include <deque>

namespace pgleast {
namespace {

constexpr std::size_t no_membership = static_cast<std::size_t>(-1);
constexpr std::uint32_t first_unpinned_oid = 12000;  // below it: the catalogs themselves

bool is_relation(ObjectKind kind) {
  return kind == ObjectKind::table || kind == ObjectKind::sequence;
}

// pg_class_aclmask_ext: whatever the list says, only a superuser writes a catalog.
PrivilegeSet protected_by_server(const Cluster& cluster, const Object& object) {
  const bool catalog = object.kind == ObjectKind::table && object.oid < first_unpinned_oid &&
                       object.system && cluster.relation(object).relkind != 'v';
  if (!catalog) return {};
  return PrivilegeSet(Privilege::insert) | Privilege::update | Privilege::delete_ |
         Privilege::truncate;
}

}  // namespace

Graph::Graph(const Cluster& cluster)
    : cluster_(cluster),
      database_owner_(cluster.find_role("pg_database_owner")),
      read_all_(cluster.find_role("pg_read_all_data")),
      write_all_(cluster.find_role("pg_write_all_data")),
      maintain_(cluster.find_role("pg_maintain")),
      memberships_of_(cluster.roles.size()) {
  for (std::size_t i = 0; i < cluster.memberships.size(); ++i) {
    memberships_of_[index(cluster.memberships[i].member)].push_back(i);
  }
  for (std::uint32_t i = 0; i < cluster.objects.size(); ++i) {
    const auto& o = cluster.objects[i];
    if (o.kind == ObjectKind::database && o.name == cluster.name) home_ = ObjectId{i};
  }
}

std::vector<Graph::Edge> Graph::edges(RoleId role, ObjectId database) const {
  std::vector<Edge> result;
  for (const auto m : memberships_of_[index(role)]) {
    result.push_back({cluster_.memberships[m].role, m});
  }
  if (database_owner_ && database != no_object && cluster_.object(database).owner == role) {
    result.push_back({*database_owner_, no_membership});
  }
  return result;
}

// acl.c, roles_is_member_of
bool Graph::carries(const Edge& edge, RoleId from, Closure closure) const {
  if (edge.membership == no_membership) {
    return closure != Closure::inherits || cluster_.major() >= 16 || cluster_.role(from).inherit;
  }
  const auto& membership = cluster_.memberships[edge.membership];
  if (closure == Closure::inherits) return membership.inherit;
  return closure == Closure::members || membership.set;
}

const RoleSet& Graph::reach(RoleId role, Closure closure, ObjectId database) const {
  if (database == no_object) database = home_;
  const auto place = database == no_object ? 0U : static_cast<std::uint64_t>(database) + 1;
  const auto key = (place << 34U) | (static_cast<std::uint64_t>(closure) << 32U) | index(role);
  const auto [at, added] = reached_.emplace(key, RoleSet());
  if (!added) return at->second;
  RoleSet found(cluster_.roles.size());
  found.insert(role);
  for (std::deque<RoleId> open{role}; !open.empty(); open.pop_front()) {
    for (const auto& edge : edges(open.front(), database)) {
      if (carries(edge, open.front(), closure) && found.insert(edge.to)) open.push_back(edge.to);
    }
  }
  return at->second = std::move(found);
}

std::vector<RoleId> Graph::path(RoleId from, RoleId to, Closure closure, ObjectId database) const {
  if (database == no_object) database = home_;
  std::unordered_map<std::uint32_t, RoleId> before{{static_cast<std::uint32_t>(from), from}};
  for (std::deque<RoleId> open{from}; !open.empty(); open.pop_front()) {
    const auto at = open.front();
    if (at == to) {
      std::vector<RoleId> result{to};
      while (result.back() != from) {
        result.push_back(before.at(static_cast<std::uint32_t>(result.back())));
      }
      std::reverse(result.begin(), result.end());
      return result;
    }
    for (const auto& edge : edges(at, database)) {
      if (!carries(edge, at, closure)) continue;
      if (before.emplace(static_cast<std::uint32_t>(edge.to), at).second) open.push_back(edge.to);
    }
  }
  return {};
}

ObjectId Graph::database_of(const Object& object) const {
  return object.database == no_object ? home_ : object.database;
}

// acl.c, aclmask: the owner has no implicit privileges beyond its items, but every grant option.
Held Graph::from_acl(RoleId role, const Acl& acl, RoleId owner, const RoleSet& inherited) const {
  Held result;
  for (const auto& item : acl) {
    if (item.grantee != public_role && !inherited.has(item.grantee)) continue;
    result.privileges |= item.privileges;
    if (item.grantee != public_role) result.grantable |= item.grantable;
  }
  if (cluster_.role(role).superuser || inherited.has(owner)) {
    result.grantable = PrivilegeSet();
    for (const auto& p : privileges) result.grantable |= p.privilege;
  }
  return result;
}

PrivilegeSet Graph::predefined(const RoleSet& inherited, const Object& object) const {
  const auto holds = [&](const std::optional<RoleId>& role) {
    return role && inherited.has(*role);
  };
  PrivilegeSet result;
  if (is_relation(object.kind)) {
    if (holds(read_all_)) result |= Privilege::select;
    if (holds(write_all_)) {
      result |= PrivilegeSet(Privilege::insert) | Privilege::update | Privilege::delete_;
      result -= protected_by_server(cluster_, object);
    }
    if (holds(maintain_)) result |= Privilege::maintain;
  } else if (object.kind == ObjectKind::schema && (holds(read_all_) || holds(write_all_))) {
    result |= Privilege::usage;
  }
  return result & grantable_privileges(object.kind, cluster_.major());
}

Held Graph::held(RoleId role, const Object& object) const {
  const auto all = grantable_privileges(object.kind, cluster_.major());
  if (cluster_.role(role).superuser) return {all, all};
  const auto& inherited = reach(role, Closure::inherits, database_of(object));
  auto result = from_acl(role, cluster_.effective_acl(object), object.owner, inherited);
  result.privileges -= protected_by_server(cluster_, object);
  result.privileges |= predefined(inherited, object);
  result.privileges = result.privileges & all;
  result.grantable = result.grantable & all;
  return result;
}

Held Graph::held(RoleId role, const Object& table, const Column& column) const {
  const auto all = info(ObjectKind::column).all;
  auto result = held(role, table);
  if (column.acl != null_acl) {
    const auto& inherited = reach(role, Closure::inherits, database_of(table));
    const auto own = from_acl(role, cluster_.column_acl(column), table.owner, inherited);
    result.privileges |= own.privileges;
    result.grantable |= own.grantable;
  }
  return {result.privileges & all, result.grantable & all};
}

std::vector<Cause> Graph::causes_in(RoleId role, const Acl& acl, Cause::Kind kind,
                                    Privilege privilege, ObjectId database) const {
  std::vector<Cause> result;
  const auto& inherited = reach(role, Closure::inherits, database);
  for (const auto& item : acl) {
    if (!item.privileges.has(privilege)) continue;
    if (item.grantee == public_role) {
      result.push_back({kind, {role}, item, public_role});
    } else if (inherited.has(item.grantee)) {
      result.push_back(
          {kind, path(role, item.grantee, Closure::inherits, database), item, item.grantee});
    }
  }
  return result;
}

namespace {

// A role's own grant, then PUBLIC's, then by the length of the way.
void nearest_first(std::vector<Cause>& causes) {
  const auto rank = [](const Cause& c) {
    if (c.kind == Cause::Kind::superuser) return std::size_t{0};
    if (c.grantee == public_role) return std::size_t{2};
    return c.path.size() == 1 ? std::size_t{1} : c.path.size() + 1;
  };
  std::stable_sort(causes.begin(), causes.end(),
                   [&](const Cause& a, const Cause& b) { return rank(a) < rank(b); });
}

}  // namespace

std::vector<Cause> Graph::causes(RoleId role, const Object& object, Privilege privilege) const {
  std::vector<Cause> result;
  const auto database = database_of(object);
  if (!protected_by_server(cluster_, object).has(privilege)) {
    result =
        causes_in(role, cluster_.effective_acl(object), Cause::Kind::acl_item, privilege, database);
  }
  if (cluster_.role(role).superuser) result.push_back({Cause::Kind::superuser, {role}, {}, role});
  for (const auto& predefined_role : {read_all_, write_all_, maintain_}) {
    if (!predefined_role) continue;
    RoleSet alone(cluster_.roles.size());
    alone.insert(*predefined_role);
    if (!predefined(alone, object).has(privilege)) continue;
    auto way = path(role, *predefined_role, Closure::inherits, database);
    if (!way.empty()) {
      result.push_back({Cause::Kind::predefined_role, std::move(way), {}, *predefined_role});
    }
  }
  nearest_first(result);
  return result;
}

std::vector<Cause> Graph::causes(RoleId role, const Object& table, const Column& column,
                                 Privilege privilege) const {
  auto result = causes(role, table, privilege);
  auto own = causes_in(role, cluster_.column_acl(column), Cause::Kind::column_item, privilege,
                       database_of(table));
  result.insert(result.end(), own.begin(), own.end());
  nearest_first(result);
  return result;
}

std::string via(const Cluster& cluster, RoleId role, RoleId owner, const Cause& cause) {
  if (cause.kind == Cause::Kind::superuser) return "superuser";
  if (cause.kind != Cause::Kind::predefined_role) {
    if (cause.grantee == public_role) return "PUBLIC";
    if (cause.grantee == role) return role == owner ? "owner" : "grant";
  }
  std::string result;
  for (const auto step : cause.path) {
    if (!result.empty()) result += " > ";
    result += cluster.role_name(step);
  }
  return result;
}

}  // namespace pgleast
