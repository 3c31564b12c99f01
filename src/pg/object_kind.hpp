#pragma once
// The classes of objects that have an access list, and what each means when its
// access list is null (acl.c, acldefault; manual section 5.8).

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "pg/privilege.hpp"

namespace pgleast {

enum class ObjectKind : std::uint8_t {
  database,
  schema,
  table,  // also views, materialized views, partitioned and foreign tables
  column,
  sequence,
  function,  // also procedures, aggregates and window functions
  type,
  language,
  foreign_data_wrapper,
  foreign_server,
  tablespace,
  large_object,
  parameter,
};

struct ObjectKindInfo {
  ObjectKind kind;
  std::string_view name;        // in reports and policies
  std::string_view plural;      // as the key of a policy's grants
  std::string_view keyword;     // after GRANT ... ON
  PrivilegeSet all;             // what can be granted; MAINTAIN from version 17
  PrivilegeSet public_default;  // what PUBLIC holds while the access list is null
  bool owner_default;           // whether the owner holds `all` while it is null
};

namespace detail {
using enum Privilege;
inline constexpr PrivilegeSet table_privileges =
    PrivilegeSet(insert) | select | update | delete_ | truncate | references | trigger | maintain;
inline constexpr PrivilegeSet column_privileges =
    PrivilegeSet(insert) | select | update | references;
inline constexpr PrivilegeSet none{};
}  // namespace detail

/// INVARIANT: row n describes enumerator n.
inline constexpr std::array<ObjectKindInfo, 13> object_kinds{{
    {ObjectKind::database, "database", "databases", "DATABASE",
     PrivilegeSet(Privilege::create) | Privilege::temporary | Privilege::connect,
     PrivilegeSet(Privilege::temporary) | Privilege::connect, true},
    {ObjectKind::schema, "schema", "schemas", "SCHEMA",
     PrivilegeSet(Privilege::usage) | Privilege::create, detail::none, true},
    {ObjectKind::table, "table", "tables", "TABLE", detail::table_privileges, detail::none, true},
    {ObjectKind::column, "column", "columns", "TABLE", detail::column_privileges, detail::none,
     false},
    {ObjectKind::sequence, "sequence", "sequences", "SEQUENCE",
     PrivilegeSet(Privilege::select) | Privilege::update | Privilege::usage, detail::none, true},
    {ObjectKind::function, "function", "functions", "ROUTINE", Privilege::execute,
     Privilege::execute, true},
    {ObjectKind::type, "type", "types", "TYPE", Privilege::usage, Privilege::usage, true},
    {ObjectKind::language, "language", "languages", "LANGUAGE", Privilege::usage, Privilege::usage,
     true},
    {ObjectKind::foreign_data_wrapper, "foreign-data-wrapper", "foreign_data_wrappers",
     "FOREIGN DATA WRAPPER", Privilege::usage, detail::none, true},
    {ObjectKind::foreign_server, "foreign-server", "foreign_servers", "FOREIGN SERVER",
     Privilege::usage, detail::none, true},
    {ObjectKind::tablespace, "tablespace", "tablespaces", "TABLESPACE", Privilege::create,
     detail::none, true},
    {ObjectKind::large_object, "large-object", "large_objects", "LARGE OBJECT",
     PrivilegeSet(Privilege::select) | Privilege::update, detail::none, true},
    {ObjectKind::parameter, "parameter", "parameters", "PARAMETER",
     PrivilegeSet(Privilege::set) | Privilege::alter_system, detail::none, true},
}};

static_assert([] {
  for (std::size_t i = 0; i < object_kinds.size(); ++i) {
    if (object_kinds[i].kind != static_cast<ObjectKind>(i)) return false;
  }
  return true;
}());

constexpr const ObjectKindInfo& info(ObjectKind kind) {
  return object_kinds[static_cast<std::size_t>(kind)];
}

/// What can be granted on that kind in that major version.
constexpr PrivilegeSet grantable_privileges(ObjectKind kind, int major) {
  return major >= 17 ? info(kind).all : info(kind).all - Privilege::maintain;
}

/// The kind of that name ("foreign-server") or plural ("foreign_servers").
constexpr std::optional<ObjectKind> object_kind_named(std::string_view name) {
  for (const auto& k : object_kinds) {
    if (k.name == name || k.plural == name) return k.kind;
  }
  return std::nullopt;
}

}  // namespace pgleast
