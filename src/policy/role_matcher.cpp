#include "policy/role_matcher.hpp"

#include <algorithm>

#include "model/bootstrap_superuser.hpp"
#include "model/ordinary_roles.hpp"

namespace pgleast {

RoleMatcher::RoleMatcher(const Policy& policy, const Cluster& cluster)
    : policy_(policy), cluster_(cluster), classes_(cluster.roles.size()) {
  for (std::uint32_t i = 0; i < cluster.roles.size(); ++i) {
    for (const auto& c : policy.classes) {
      if (classes_[i] == nullptr && matches(c.names, RoleId{i})) classes_[i] = &c;
    }
  }
}

bool RoleMatcher::matches(const Pattern& pattern, RoleId id) const {
  const auto& role = cluster_.role(id);
  switch (pattern.kind) {
    case Pattern::Kind::bootstrap:
      return is_bootstrap_superuser(role);
    case Pattern::Kind::role_class:
      return classes_[index(id)] != nullptr && classes_[index(id)]->name == pattern.text;
    case Pattern::Kind::parameter: {
      const auto value = policy_.parameters.find(pattern.text);
      return value != policy_.parameters.end() && matches(value->second, id);
    }
    case Pattern::Kind::glob:
    case Pattern::Kind::expression:
      return matches_name(pattern, role.name);
  }
  return false;
}

bool RoleMatcher::matches(const Patterns& patterns, RoleId role) const {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const Pattern& p) { return matches(p, role); });
}

bool RoleMatcher::matches(const Patterns& patterns, const std::string& name) const {
  return std::any_of(patterns.begin(), patterns.end(), [&](const Pattern& p) {
    if (p.kind == Pattern::Kind::parameter) {
      const auto value = policy_.parameters.find(p.text);
      return value != policy_.parameters.end() && matches(value->second, name);
    }
    if (p.kind != Pattern::Kind::role_class) return matches_name(p, name);
    const auto its_class =
        std::find_if(policy_.classes.begin(), policy_.classes.end(),
                     [&](const RoleClass& c) { return matches_name(c.names, name); });
    return its_class != policy_.classes.end() && its_class->name == p.text;
  });
}

const RoleClass* RoleMatcher::class_of(RoleId role) const { return classes_[index(role)]; }

std::vector<RoleId> RoleMatcher::matching(const Patterns& patterns) const {
  auto result = ordinary_roles();
  std::erase_if(result, [&](RoleId id) { return !matches(patterns, id); });
  return result;
}

std::vector<RoleId> RoleMatcher::ordinary_roles() const {
  return pgleast::ordinary_roles(cluster_);
}

}  // namespace pgleast
