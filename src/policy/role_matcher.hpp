#pragma once
// Which roles of a cluster a policy's patterns mean.

#include <optional>
#include <vector>

#include "model/cluster.hpp"
#include "policy/policy.hpp"

namespace pgleast {

class RoleMatcher {
 public:
  /// Keeps references: both must outlive the matcher.
  RoleMatcher(const Policy& policy, const Cluster& cluster);

  bool matches(const Patterns& patterns, RoleId role) const;
  /// A role that no catalog shows, by its name alone.
  bool matches(const Patterns& patterns, const std::string& name) const;
  /// The class of a role: the first in the policy's order that matches; null for none.
  const RoleClass* class_of(RoleId role) const;
  /// The matching roles that exist and are not reserved (`pg_*`), ascending.
  std::vector<RoleId> matching(const Patterns& patterns) const;
  /// Roles that a policy speaks of: neither dropped nor reserved.
  std::vector<RoleId> ordinary_roles() const;

 private:
  bool matches(const Pattern& pattern, RoleId role) const;

  const Policy& policy_;
  const Cluster& cluster_;
  std::vector<const RoleClass*> classes_;  // by role
};

}  // namespace pgleast
