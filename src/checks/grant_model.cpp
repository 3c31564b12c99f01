#include "checks/grant_model.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "model/objects_of.hpp"
#include "privileges/access_matrix.hpp"

namespace pgleast {
namespace {

bool is_selected(const Cluster& cluster, const GrantEntry& entry, const Object& object) {
  if (object.kind != entry.kind || !is_users_own(object)) return false;
  if (object.schema != no_object &&
      !matches_name(entry.schema, cluster.object(object.schema).name)) {
    return false;
  }
  return matches_name(entry.names, object.name) || matches_name(entry.names, object.identity);
}

// The groups whose entries speak for `role` too, because the policy lets it be in them.
std::vector<RoleId> groups_allowed(const Facts& facts, RoleId role) {
  std::vector<RoleId> result{role};
  for (std::size_t i = 0; i < result.size(); ++i) {
    for (const auto& entry : facts.policy().memberships) {
      const auto group = facts.cluster().find_role(entry.group);
      if (!group || std::find(result.begin(), result.end(), *group) != result.end()) continue;
      if (facts.roles().matches(entry.require, result[i]) ||
          facts.roles().matches(entry.allow, result[i])) {
        result.push_back(*group);
      }
    }
  }
  return result;
}

bool is_to(const Cluster& cluster, const GrantEntry& entry, RoleId role) {
  return std::find(entry.to.begin(), entry.to.end(),
                   role == public_role ? std::string(public_name) : cluster.role_name(role)) !=
         entry.to.end();
}

// What a floor on something inside needs of the schema and the database around it.
PrivilegeSet implied(const Cluster& cluster, const GrantEntry& floor, const Object& around) {
  const bool inside = floor.schema.kind != Pattern::Kind::glob || !floor.schema.text.empty();
  if (floor.require.empty()) return {};
  if (around.kind == ObjectKind::schema && inside && matches_name(floor.schema, around.name)) {
    return Privilege::usage;
  }
  const bool in_database = inside || floor.kind == ObjectKind::schema;
  if (around.kind == ObjectKind::database && in_database && cluster.databases[around.detail].read) {
    return Privilege::connect;
  }
  return {};
}

}  // namespace

std::optional<RoleId> grantee_named(const Cluster& cluster, const std::string& name) {
  if (name == public_name) return public_role;
  return cluster.find_role(name);
}

std::vector<ObjectId> selected(const Facts& facts, const GrantEntry& entry) {
  std::vector<ObjectId> result;
  const auto& cluster = facts.cluster();
  for (std::uint32_t i = 0; i < cluster.objects.size(); ++i) {
    if (is_selected(cluster, entry, cluster.objects[i])) result.push_back(ObjectId{i});
  }
  return result;
}

std::vector<ObjectId> schemas_of(const Facts& facts, const GrantEntry& entry) {
  std::vector<ObjectId> result;
  const auto& cluster = facts.cluster();
  for (const auto id : objects_of(cluster, ObjectKind::schema)) {
    const auto& o = cluster.object(id);
    if (is_users_own(o) && matches_name(entry.schema, o.name)) {
      result.push_back(id);
    }
  }
  return result;
}

std::vector<Floor> floors(const Facts& facts) {
  const auto& cluster = facts.cluster();
  std::map<std::pair<ObjectId, RoleId>, PrivilegeSet> wanted;
  for (const auto& entry : facts.policy().grants) {
    if (entry.require.empty()) continue;
    for (const auto& name : entry.to) {
      const auto grantee = grantee_named(cluster, name);
      if (!grantee) continue;
      for (const auto id : selected(facts, entry)) wanted[{id, *grantee}] |= entry.require;
      for (std::uint32_t i = 0; i < cluster.objects.size(); ++i) {
        const auto& o = cluster.objects[i];
        if (o.kind != ObjectKind::schema && o.kind != ObjectKind::database) continue;
        if (!is_users_own(o)) continue;
        const auto needed = implied(cluster, entry, o);
        if (!needed.empty()) wanted[{ObjectId{i}, *grantee}] |= needed;
      }
    }
  }
  std::vector<Floor> result;
  for (const auto& [key, needed] : wanted) {
    result.push_back({key.second, key.first, needed});
  }
  return result;
}

const std::vector<Ceilings::Word>& Ceilings::words(RoleId role) {
  const auto [at, added] = words_.try_emplace(role);
  if (!added) return at->second;
  const auto& cluster = facts_.cluster();
  const auto speakers =
      role == public_role ? std::vector<RoleId>{role} : groups_allowed(facts_, role);
  for (const auto& entry : facts_.policy().grants) {
    const bool any = std::any_of(speakers.begin(), speakers.end(),
                                 [&](RoleId speaker) { return is_to(cluster, entry, speaker); });
    if (any) at->second.push_back({&entry, is_to(cluster, entry, role)});
  }
  return at->second;
}

std::optional<PrivilegeSet> Ceilings::of(RoleId role, ObjectId object) {
  const auto& cluster = facts_.cluster();
  const auto& o = cluster.object(object);
  bool said = false;
  PrivilegeSet result;
  for (const auto& [entry, own] : words(role)) {
    result |= implied(cluster, *entry, o);
    if (!is_selected(cluster, *entry, o)) continue;
    result |= entry->ceiling();
    // Only the role's own word is a ceiling; its groups' words raise it.
    said = said || (own && entry->allow.has_value());
  }
  return said ? std::optional(result) : std::nullopt;
}

PrivilegeSet held_by(const Facts& facts, RoleId grantee, const Object& object) {
  if (grantee != public_role) return facts.graph().held(grantee, object).privileges;
  return granted_to(facts.cluster().effective_acl(object), public_role);
}

std::vector<RoleId> creators(const Facts& facts, const Object& schema) {
  std::vector<RoleId> result;
  const auto holders = AccessMatrix(facts.graph()).holders(schema, Privilege::create);
  for (const auto role : facts.roles().ordinary_roles()) {
    if (!holders.has(role)) continue;
    const auto causes = facts.graph().causes(role, schema, Privilege::create);
    const bool own = std::any_of(causes.begin(), causes.end(), [](const Cause& c) {
      return c.kind == Cause::Kind::superuser || c.grantee != public_role;
    });
    if (own) result.push_back(role);
  }
  return result;
}

}  // namespace pgleast
