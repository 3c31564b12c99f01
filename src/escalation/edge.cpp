#include "escalation/edge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "text/display.hpp"

namespace pgleast {

const std::vector<Edge>& edges() {
  static const std::vector<Edge> table = [] {
    std::vector<Edge> rows{
        {{"ESC-ADMIN", 12, 18, {Fact::roles}}, find_admin, tell_admin},
        {{"ESC-CREATEROLE", 12, 15, {Fact::roles}}, find_create_role, tell_create_role},
        {{"ESC-EXECPROG", 12, 18, {Fact::roles}}, find_programs, tell_programs},
        {{"ESC-READFILE", 12, 18, {Fact::roles}}, find_read_files, tell_read_files},
        {{"ESC-SET", 12, 18, {Fact::roles}}, find_set_role, tell_set_role},
        {{"ESC-SUPER", 12, 18, {Fact::roles}}, find_superuser, tell_superuser},
        {{"ESC-WRITEFILE", 12, 18, {Fact::roles}}, find_write_files, tell_write_files},
    };
    std::sort(rows.begin(), rows.end(),
              [](const Edge& a, const Edge& b) { return a.info.id < b.info.id; });
    return rows;
  }();
  return table;
}

std::span<const EscalationInfo> escalations() {
  static const std::vector<EscalationInfo> infos = [] {
    std::vector<EscalationInfo> result;
    for (const auto& edge : edges()) result.push_back(edge.info);
    return result;
  }();
  return infos;
}

const Space& World::connections() const {
  if (!connections_) connections_ = connection_space(cluster(), graph_);
  return *connections_;
}

const RoleSet& World::who_has(RoleId role, Closure closure) const {
  const auto [at, added] = who_has_.try_emplace({closure, role}, RoleSet());
  if (!added) return at->second;
  if (members_of_.empty()) {
    members_of_.resize(cluster().roles.size());
    for (std::size_t i = 0; i < cluster().memberships.size(); ++i) {
      members_of_[index(cluster().memberships[i].role)].push_back(i);
    }
  }
  RoleSet found(cluster().roles.size());
  found.insert(role);
  for (std::deque<RoleId> open{role}; !open.empty(); open.pop_front()) {
    for (const auto i : members_of_[index(open.front())]) {
      const auto& m = cluster().memberships[i];
      const bool carries =
          closure == Closure::members || (closure == Closure::inherits ? m.inherit : m.set);
      if (carries && found.insert(m.member)) open.push_back(m.member);
    }
  }
  return at->second = std::move(found);
}

const RoleSet& World::holders(const Need& need) const {
  const auto [at, added] = holders_.try_emplace({need.object, need.privilege}, RoleSet());
  if (!added) return at->second;
  const auto& object = cluster().object(need.object);
  RoleSet found(cluster().roles.size());
  // Whoever might hold it is asked about: the grantees' members, and who the server itself lets.
  const auto ask = [&](RoleId role) {
    if (!found.has(role) && graph_.held(role, object).privileges.has(need.privilege)) {
      found.insert(role);
    }
  };
  bool everybody = false;
  for (const auto& item : cluster().effective_acl(object)) {
    if (!item.privileges.has(need.privilege)) continue;
    if (item.grantee == public_role) {
      everybody = true;
      continue;
    }
    const auto holder = resolved(item.grantee, object.database);
    for (const auto role : who_has(holder, Closure::inherits).members()) ask(role);
  }
  for (std::uint32_t i = 0; i < cluster().roles.size(); ++i) {
    const auto& role = cluster().roles[i];
    if (everybody || role.superuser) found.insert(RoleId{i});
    if (role.name == "pg_read_all_data" || role.name == "pg_write_all_data" ||
        role.name == "pg_maintain") {
      for (const auto member : who_has(RoleId{i}, Closure::inherits).members()) ask(member);
    }
  }
  return at->second = std::move(found);
}

RoleId World::resolved(RoleId role, ObjectId database) const {
  if (role == public_role || database == no_object) return role;
  if (cluster().role(role).name != "pg_database_owner") return role;
  const auto owner = cluster().object(database).owner;
  return owner == no_role ? role : owner;
}

std::string World::shown(RoleId role) const { return displayed(cluster().role_name(role)); }

std::string World::shown(ObjectId object) const {
  return displayed(cluster().object(object).identity);
}

std::string World::shown(const std::vector<ObjectId>& objects) const {
  if (objects.size() < 2) return objects.empty() ? std::string() : shown(objects.front());
  return fmt::format("{} and {} more", shown(objects.front()), objects.size() - 1);
}

std::string World::shown(RoleId role, RoleId holder) const {
  if (holder == role || holder == public_role) return shown(role);
  std::string way;
  for (const auto step : graph_.path(role, holder, Closure::members)) {
    if (step == role) continue;
    way += (way.empty() ? "" : " > ") + shown(step);
  }
  return way.empty() ? shown(role) : fmt::format("{} (through {})", shown(role), way);
}

std::vector<Remedy> World::left(RoleId from, RoleId holder, Closure closure) const {
  const auto path = graph_.path(from, holder, closure);
  if (path.size() < 2) return {};
  return {ChangeMembership{false, path.back(), path[path.size() - 2]}};
}

std::vector<Remedy> World::revoked(const Offer& offer, RoleId from, Privilege privilege) const {
  std::vector<Remedy> result;
  for (const auto id : offer.objects) {
    const auto owner = cluster().object(id).owner;
    if (offer.holder == owner) return left(from, owner, Closure::inherits);
    result.emplace_back(ChangePrivileges{false, id, std::nullopt, offer.holder, privilege});
  }
  return result;
}

}  // namespace pgleast
