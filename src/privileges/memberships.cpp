#include "privileges/memberships.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace pgleast {
namespace {

// What each is a member of, in the order of their numbers, as the server reads them by the index on
// (member, roleid). Whoever is a member of little is looked up without a table.
class Groups {
 public:
  Groups(const Cluster& cluster, Closure closure) : cluster_(cluster), closure_(closure) {}

  const std::vector<RoleId>& of(RoleId member) {
    if (++asked_ == 4) fill();
    if (asked_ < 4) return few_ = scanned(member);
    return all_[index(member)];
  }

 private:
  std::vector<RoleId> scanned(RoleId member) const {
    std::vector<RoleId> groups;
    for (const auto& m : cluster_.memberships) {
      if (m.member == member && carries(m, closure_)) groups.push_back(m.role);
    }
    sort(groups);
    return groups;
  }

  void fill() {
    all_.resize(cluster_.roles.size());
    for (const auto& m : cluster_.memberships) {
      if (carries(m, closure_)) all_[index(m.member)].push_back(m.role);
    }
    for (auto& groups : all_) sort(groups);
  }

  void sort(std::vector<RoleId>& groups) const {
    std::sort(groups.begin(), groups.end(), [&](RoleId a, RoleId b) {
      return std::pair(cluster_.role(a).oid, a) < std::pair(cluster_.role(b).oid, b);
    });
  }

  const Cluster& cluster_;
  Closure closure_;
  std::size_t asked_ = 0;
  std::vector<RoleId> few_;
  std::vector<std::vector<RoleId>> all_;
};

}  // namespace

bool carries(const Membership& membership, Closure closure) {
  switch (closure) {
    case Closure::inherits:
      return membership.inherit;
    case Closure::becomes:
      return membership.set;
    case Closure::members:
      break;
  }
  return true;
}

std::optional<RoleId> member_by_ownership(const Cluster& cluster,
                                          std::optional<RoleId> database_owner, Closure closure,
                                          ObjectId database) {
  if (!database_owner || database == no_object) return std::nullopt;
  const auto owner = cluster.object(database).owner;
  if (owner == no_role) return std::nullopt;
  const bool counts =
      closure != Closure::inherits || cluster.major() >= 16 || cluster.role(owner).inherit;
  return counts ? std::optional(owner) : std::nullopt;
}

std::vector<RoleId> roles_reached(const Cluster& cluster, RoleId role, Closure closure,
                                  ObjectId database) {
  const auto database_owner =
      database == no_object ? std::nullopt : cluster.find_role(database_owner_role);
  const auto by_ownership = member_by_ownership(cluster, database_owner, closure, database);
  std::vector<RoleId> result{role};
  std::unordered_set<RoleId> taken{role};
  const auto take = [&](RoleId other) {
    if (taken.insert(other).second) result.push_back(other);
  };
  Groups groups(cluster, closure);
  for (std::size_t i = 0; i < result.size(); ++i) {
    for (const auto group : groups.of(result[i])) take(group);
    if (by_ownership == result[i]) take(*database_owner);
  }
  return result;
}

HasPrivileges has_privileges_in(const Cluster& cluster, ObjectId database) {
  // Mostly one role is asked about again and again.
  RoleId last = no_role;
  std::vector<RoleId> reached;
  return [&cluster, database, last, reached](RoleId role, RoleId of) mutable {
    if (role == public_role || of == public_role) return false;
    if (role == of || cluster.role(role).superuser) return true;
    if (role != last) {
      reached = roles_reached(cluster, role, Closure::inherits, database);
      std::sort(reached.begin(), reached.end());
      last = role;
    }
    return std::binary_search(reached.begin(), reached.end(), of);
  };
}

}  // namespace pgleast
