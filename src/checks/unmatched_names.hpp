#pragma once
// Names in a policy that match nothing in the cluster, each at its place. What the policy says of
// them was not looked at, so no rule that goes by one holds:
//
//   policy.yaml:9:12: there is no role `ghostt`; did you mean `ghost`?
//   policy.yaml:9:40: no table is named `salez.*`
//
// `*` is no name: where there is nothing it means nothing.

#include <optional>
#include <string>
#include <vector>

#include "checks/facts.hpp"

namespace pgleast {

class UnmatchedNames {
 public:
  /// Keeps a reference.
  explicit UnmatchedNames(const Facts& facts) : facts_(facts) {}

  const Facts& facts() const { return facts_; }
  /// Patterns of roles; those that nobody's policy says are passed over.
  void look_up_roles(const Patterns& patterns);
  /// The name of a role or, where it may be, PUBLIC.
  void look_up_grantee(const std::string& name, const YamlNode& at);
  /// Patterns of the identities of objects that are not the server's own.
  void look_up_objects(ObjectKind kind, const Patterns& patterns);
  /// The same of objects of any kind, the server's own included.
  void look_up_objects(const Patterns& patterns);
  /// The schema and the names of an entry of `grants`, and whom it is to.
  void look_up_grantees(const GrantEntry& entry);
  void look_up_schema(const GrantEntry& entry);
  void look_up_selection(const GrantEntry& entry);
  void look_up_class(const RoleClass& role_class);

  /// Why what was said of the names is not known; none where all match something.
  std::optional<Unseen> unseen() const;

 private:
  void look_up_role(const Pattern& pattern);
  std::string no_role(const std::string& name) const;
  std::string nothing_named(ObjectKind kind, const Pattern& pattern, bool bare) const;
  void add(const std::string& place, const std::string& what);

  const Facts& facts_;
  std::vector<std::string> said_;
};

/// Of the names that the rule's check goes by and those in its parameters.
std::optional<Unseen> unmatched_names(const Facts& facts, const Rule& rule);

// Of one part of a policy each.
void names_of_access(UnmatchedNames& names);
void names_of_attributes(UnmatchedNames& names);
void names_of_ceilings(UnmatchedNames& names);
void names_of_classes(UnmatchedNames& names);
void names_of_floors(UnmatchedNames& names);
void names_of_future(UnmatchedNames& names);
void names_of_memberships(UnmatchedNames& names);

}  // namespace pgleast
