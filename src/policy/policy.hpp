#pragma once
// What least privilege means here: the packs with their rules, and the user's own
// statements about classes of roles, attributes, memberships and grants.
//
//   policy: 1
//   extends: [baseline]
//   classes:
//     applications: {names: [app_user], login: require}
//   grants:
//     - {to: app_user, tables: {schema: public, names: ["*"], require: [SELECT], allow: []}}
//
// `require` is the floor, `allow` the ceiling; a floor is inside its ceiling by itself, and
// a missing `allow` means that nobody said.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "pg/object_kind.hpp"
#include "pg/role_attribute.hpp"
#include "policy/access_entry.hpp"
#include "policy/pattern.hpp"
#include "policy/rule.hpp"

namespace pgleast {

enum class Demand { allow, forbid, require };

struct RoleClass {
  std::string name;
  Patterns names;
  YamlNode at;
};

struct ClassAttributes {
  std::string role_class;
  std::map<RoleAttribute, Demand> attributes;
  std::optional<PasswordKind> password;  // the only kind that may be stored, or none
  std::optional<std::int32_t> most_connections;
  YamlNode at;
};

struct MembershipEntry {
  std::string group;
  Patterns require;  // exact names
  Patterns allow;
  bool exclusive = false;
  YamlNode at;
};

struct GrantEntry {
  std::vector<std::string> to;  // role names, or PUBLIC
  YamlNode to_at;
  ObjectKind kind = ObjectKind::table;
  Pattern schema;  // where the kind lies in a schema
  Patterns names;
  PrivilegeSet require;
  std::optional<PrivilegeSet> allow;
  bool future = false;
  YamlNode at;

  /// What may be held: nothing was said when there is no `allow`.
  PrivilegeSet ceiling() const { return require | allow.value_or(PrivilegeSet()); }
};

/// "PUBLIC" in `to`.
inline constexpr std::string_view public_name = "PUBLIC";

/// What a change is meant to open, as `diff` says it: `app newly holds SELECT on *`.
struct Expectation {
  std::string change;  // pattern over Gain::text
  std::string reason;
};

struct Policy {
  std::string name;
  std::vector<std::string> packs;
  std::vector<Rule> rules;  // sorted by id; a disabled one is left in, to be told of
  std::map<std::string, Patterns> parameters;
  std::vector<RoleClass> classes;
  std::vector<ClassAttributes> attributes;
  std::vector<MembershipEntry> memberships;
  std::vector<GrantEntry> grants;
  Networks networks;
  std::vector<AccessEntry> access;
  std::vector<Waiver> waivers;
  std::vector<Expectation> expected;
  std::set<std::string> accepted;  // kinds of change that fix may make (finding/word_kind.hpp)

  const RoleClass* find_class(const std::string& name) const;
  const Rule* find_rule(std::string_view id) const;
};

}  // namespace pgleast
