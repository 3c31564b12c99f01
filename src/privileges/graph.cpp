#include "privileges/graph.hpp"

#include <algorithm>

#include "model/objects_of.hpp"

namespace pgleast {

Graph::Graph(const Cluster& cluster)
    : cluster_(cluster),
      database_owner_(cluster.find_role(database_owner_role)),
      data_roles_(cluster),
      closures_{MembershipClosure(cluster.roles.size()), MembershipClosure(cluster.roles.size()),
                MembershipClosure(cluster.roles.size())} {
  for (const auto& m : cluster.memberships) {
    for (const auto closure : {Closure::members, Closure::inherits, Closure::becomes}) {
      if (carries(m, closure)) closures_[static_cast<std::size_t>(closure)].add(m.member, m.role);
    }
  }
  home_ = shared_object_named(cluster, ObjectKind::database, cluster.name);
}

std::optional<std::pair<RoleId, RoleId>> Graph::database_ownership(Closure closure,
                                                                   ObjectId database) const {
  const auto owner = member_by_ownership(cluster_, database_owner_, closure,
                                         database == no_object ? home_ : database);
  if (!owner) return std::nullopt;
  return std::pair{*owner, *database_owner_};
}

// One role at a time: few groups are asked about, and most roles are nobody's group.
const RoleSet& Graph::who_has(RoleId role, Closure closure) const {
  return below(closure).of(role);
}

RoleSet Graph::reaching(const RoleSet& roles, Closure closure) const {
  const auto& members = below(closure);
  const auto ownership = database_ownership(closure, no_object);
  auto found = roles;
  auto open = roles.members();
  while (!open.empty()) {
    const auto at = open.back();
    open.pop_back();
    for (const auto member : members.groups(at)) {
      if (found.insert(member)) open.push_back(member);
    }
    if (ownership && ownership->second == at && found.insert(ownership->first)) {
      open.push_back(ownership->first);
    }
  }
  return found;
}

const MembershipClosure& Graph::below(Closure closure) const {
  auto& below = below_[static_cast<std::size_t>(closure)];
  if (!below) {
    const auto roles = cluster_.roles.size();
    below.emplace(roles, roles);
    for (const auto& m : cluster_.memberships) {
      if (carries(m, closure)) below->add(m.role, m.member);
    }
  }
  return *below;
}

HasPrivileges Graph::has_privileges(ObjectId database) const {
  return [this, database](RoleId role, RoleId of) {
    if (role == public_role || of == public_role) return false;
    return cluster_.role(role).superuser || reach(role, Closure::inherits, database).has(of);
  };
}

const RoleSet& Graph::reach(RoleId role, Closure closure, ObjectId database) const {
  const auto& granted = along_memberships(role, closure);
  const auto ownership = database_ownership(closure, database);
  if (!ownership || !granted.has(ownership->first)) return granted;
  if (database == no_object) database = home_;
  const auto key = (static_cast<std::uint64_t>(database) << 34U) |
                   (static_cast<std::uint64_t>(closure) << 32U) | index(role);
  const auto [at, added] = through_ownership_.emplace(key, RoleSet());
  if (added) {
    at->second = granted;
    at->second |= along_memberships(ownership->second, closure);
  }
  return at->second;
}

const Graph::Ways& Graph::ways(RoleId from, Closure closure, ObjectId database) const {
  if (database == no_object) database = home_;
  if (ways_ && ways_->from == from && ways_->closure == closure && ways_->database == database) {
    return *ways_;
  }
  if (!ways_) {
    ways_.emplace();
    ways_->before.assign(cluster_.roles.size(), no_role);
    ways_->length.assign(cluster_.roles.size(), 0);
  }
  // Not all of them: there may be many, and most are not reached.
  auto& reached = ways_->reached;
  for (const auto role : reached) ways_->before[index(role)] = no_role;
  ways_->from = from;
  ways_->closure = closure;
  ways_->database = database;
  reached = {from};
  ways_->before[index(from)] = from;
  ways_->length[index(from)] = 0;
  const auto ownership = database_ownership(closure, database);
  for (std::size_t i = 0; i < reached.size(); ++i) {
    const auto at = reached[i];
    const auto go = [&](RoleId to) {
      if (ways_->before[index(to)] != no_role) return;
      ways_->before[index(to)] = at;
      ways_->length[index(to)] = ways_->length[index(at)] + 1;
      reached.push_back(to);
    };
    for (const auto group : closures_[static_cast<std::size_t>(closure)].groups(at)) go(group);
    if (ownership && ownership->first == at) go(ownership->second);
  }
  return *ways_;
}

std::vector<RoleId> Graph::path_of(const Ways& ways, RoleId to) {
  if (ways.before[index(to)] == no_role) return {};
  std::vector<RoleId> result{to};
  while (result.back() != ways.from) result.push_back(ways.before[index(result.back())]);
  std::reverse(result.begin(), result.end());
  return result;
}

std::vector<RoleId> Graph::path(RoleId from, RoleId to, Closure closure, ObjectId database) const {
  return path_of(ways(from, closure, database), to);
}

std::size_t Graph::path_length(RoleId from, RoleId to, Closure closure, ObjectId database) const {
  const auto& found = ways(from, closure, database);
  return found.before[index(to)] == no_role ? 0 : found.length[index(to)] + std::size_t{1};
}

ObjectId Graph::database_of(const Object& object) const {
  return object.database == no_object ? home_ : object.database;
}

const Acl& Graph::list_of(const Object& object) const {
  if (object.acl != null_acl) return cluster_.acls[index(object.acl)];
  const auto [at, added] = default_lists_.try_emplace({object.kind, object.owner});
  if (added) at->second = cluster_.effective_acl(object);
  return at->second;
}

// A superuser holds everything: nobody asks what it inherits.
const RoleSet& Graph::inherited(RoleId role, const Object& object) const {
  static const RoleSet nothing;
  return cluster_.role(role).superuser ? nothing
                                       : reach(role, Closure::inherits, database_of(object));
}

// Thousands of roles may be asked about one list that names them all.
const Acl& Graph::items_for(const RoleSet& roles, const Object& object) const {
  constexpr std::size_t long_list = 64;
  const auto& list = list_of(object);
  if (object.acl == null_acl || list.size() < long_list || roles.count() >= list.size() / 4) {
    return list;
  }
  const auto [at, added] = items_by_grantee_.try_emplace(object.acl);
  auto& by_grantee = at->second;
  if (added) {
    for (const auto& item : list) by_grantee[item.grantee].push_back(item);
  }
  some_items_.clear();
  const auto take = [&](RoleId grantee) {
    const auto found = by_grantee.find(grantee);
    if (found == by_grantee.end()) return;
    some_items_.insert(some_items_.end(), found->second.begin(), found->second.end());
  };
  roles.each(take);
  take(public_role);
  return some_items_;
}

Held Graph::held(RoleId role, const Object& object) const {
  const auto& roles = inherited(role, object);
  return held_on(cluster_, data_roles_, object, items_for(roles, object),
                 cluster_.role(role).superuser, [&](RoleId of) { return roles.has(of); });
}

Held Graph::held(RoleId role, const Object& table, const Column& column) const {
  const auto& roles = inherited(role, table);
  return held_on_column(held(role, table), table, cluster_.column_acl(column),
                        [&](RoleId of) { return roles.has(of); });
}

PrivilegeSet Graph::held_on_any(RoleId role, const Object& object, PrivilegeSet wanted) const {
  auto result = held(role, object).privileges & wanted;
  if (object.kind != ObjectKind::table) return result;
  const auto of_columns = info(ObjectKind::column).all & wanted;
  for (const auto& column : cluster_.relation(object).columns) {
    if (result.covers(of_columns)) break;
    if (column.acl != null_acl) result |= held(role, object, column).privileges & wanted;
  }
  return result;
}

// A role's own grant, then PUBLIC's, then by the length of the way.
struct Graph::Candidate {
  Cause::Kind kind = Cause::Kind::acl_item;
  RoleId grantee = public_role;
  const AclItem* item = nullptr;
  std::size_t rank = 0;
};

std::vector<Graph::Candidate> Graph::candidates(RoleId role, const Object& object,
                                                const Column* column, Privilege privilege) const {
  const auto& ways = this->ways(role, Closure::inherits, database_of(object));
  std::vector<Candidate> result;
  const auto take = [&](Cause::Kind kind, RoleId grantee, const AclItem* item) {
    if (grantee == public_role) {
      result.push_back({kind, grantee, item, 2});
    } else if (ways.before[index(grantee)] != no_role) {
      const auto length = ways.length[index(grantee)];
      result.push_back({kind, grantee, item, length == 0 ? 1U : length + 2U});
    }
  };
  const auto take_list = [&](Cause::Kind kind, const Acl& acl) {
    for (const auto& item : acl) {
      if (item.privileges.has(privilege)) take(kind, item.grantee, &item);
    }
  };
  if (!kept_by_server(cluster_, object).has(privilege))
    take_list(Cause::Kind::acl_item, list_of(object));
  if (cluster_.role(role).superuser) result.push_back({Cause::Kind::superuser, role, nullptr, 0});
  for (const auto predefined : predefined_for_data()) {
    if (!given_by(predefined, object).has(privilege)) continue;
    take(Cause::Kind::predefined_role, predefined, nullptr);
  }
  if (column != nullptr) take_list(Cause::Kind::column_item, cluster_.column_acl(*column));
  return result;
}

Cause Graph::cause_of(const Candidate& candidate, RoleId role, const Object& object) const {
  auto path = candidate.grantee == public_role
                  ? std::vector<RoleId>{role}
                  : path_of(ways(role, Closure::inherits, database_of(object)), candidate.grantee);
  return {candidate.kind, std::move(path), candidate.item == nullptr ? AclItem{} : *candidate.item,
          candidate.grantee};
}

std::optional<Cause> Graph::own_cause(RoleId role, const Object& object, const Column* column,
                                      Privilege privilege) const {
  if (cluster_.role(role).superuser) return Cause{Cause::Kind::superuser, {role}, {}, role};
  const auto& predefined = predefined_for_data();
  if (std::find(predefined.begin(), predefined.end(), role) != predefined.end()) return {};
  std::optional<Cause> everybody;
  const auto look = [&](const Acl& acl, Cause::Kind kind) -> std::optional<Cause> {
    for (const auto& item : acl) {
      if (!item.privileges.has(privilege)) continue;
      if (item.grantee == role) return Cause{kind, {role}, item, role};
      if (item.grantee == public_role && !everybody) {
        everybody = Cause{kind, {role}, item, public_role};
      }
    }
    return std::nullopt;
  };
  if (!kept_by_server(cluster_, object).has(privilege)) {
    const RoleSet itself(cluster_.roles.size(), {role});
    if (auto own = look(items_for(itself, object), Cause::Kind::acl_item)) return own;
  }
  if (column != nullptr) {
    if (auto own = look(cluster_.column_acl(*column), Cause::Kind::column_item)) return own;
  }
  return everybody;
}

std::vector<Cause> Graph::all_causes(RoleId role, const Object& object, const Column* column,
                                     Privilege privilege) const {
  auto found = candidates(role, object, column, privilege);
  std::stable_sort(found.begin(), found.end(),
                   [](const Candidate& a, const Candidate& b) { return a.rank < b.rank; });
  std::vector<Cause> result;
  for (const auto& candidate : found) result.push_back(cause_of(candidate, role, object));
  return result;
}

std::vector<Cause> Graph::causes(RoleId role, const Object& object, Privilege privilege) const {
  return all_causes(role, object, nullptr, privilege);
}

std::vector<Cause> Graph::causes(RoleId role, const Object& table, const Column& column,
                                 Privilege privilege) const {
  return all_causes(role, table, &column, privilege);
}

std::optional<Cause> Graph::nearest_cause(RoleId role, const Object& object, const Column* column,
                                          Privilege privilege) const {
  // Mostly it is not held by a way.
  if (auto own = own_cause(role, object, column, privilege)) return own;
  const auto found = candidates(role, object, column, privilege);
  const auto nearest =
      std::min_element(found.begin(), found.end(),
                       [](const Candidate& a, const Candidate& b) { return a.rank < b.rank; });
  if (nearest == found.end()) return std::nullopt;
  return cause_of(*nearest, role, object);
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
