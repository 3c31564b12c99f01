#pragma once
// The classes of objects that have default privileges (pg_default_acl.defaclobjtype).

#include <array>
#include <string_view>

#include "pg/object_kind.hpp"

namespace pgleast {

struct DefaultAclType {
  char letter;
  ObjectKind kind;
  std::string_view plural;   // in reports and policies
  std::string_view keyword;  // after ALTER DEFAULT PRIVILEGES ... ON
};

inline constexpr std::array<DefaultAclType, 6> default_acl_types{{
    {'r', ObjectKind::table, "tables", "TABLES"},
    {'S', ObjectKind::sequence, "sequences", "SEQUENCES"},
    {'f', ObjectKind::function, "functions", "ROUTINES"},
    {'T', ObjectKind::type, "types", "TYPES"},
    {'n', ObjectKind::schema, "schemas", "SCHEMAS"},
    {'L', ObjectKind::large_object, "large objects", "LARGE OBJECTS"},
}};

constexpr const DefaultAclType& default_acl_type(char letter) {
  for (const auto& t : default_acl_types) {
    if (t.letter == letter) return t;
  }
  return default_acl_types.front();
}

/// The letter for objects of that kind; a blank for a kind that has no default privileges.
constexpr char default_acl_letter(ObjectKind kind) {
  for (const auto& t : default_acl_types) {
    if (t.kind == kind) return t.letter;
  }
  return ' ';
}

}  // namespace pgleast
