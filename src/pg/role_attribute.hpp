#pragma once
// The attributes of a role that ALTER ROLE switches (manual section 22.2).

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pgleast {

enum class RoleAttribute : std::uint8_t {
  superuser,
  createrole,
  createdb,
  replication,
  bypassrls,
  login,
  inherit,
};

struct RoleAttributeInfo {
  RoleAttribute attribute;
  std::string_view name;     // in policies
  std::string_view keyword;  // in ALTER ROLE; NO before it takes it away
  std::string_view column;   // of pg_roles
  std::string_view power;    // what a role with it can do
};

/// INVARIANT: row n describes enumerator n.
inline constexpr std::array<RoleAttributeInfo, 7> role_attributes{{
    {RoleAttribute::superuser, "superuser", "SUPERUSER", "rolsuper",
     "it can read and change every row and run programs as the server's operating-system user"},
    {RoleAttribute::createrole, "createrole", "CREATEROLE", "rolcreaterole",
     "it can create roles and change those that it administers (before version 16: every role "
     "that is no superuser)"},
    {RoleAttribute::createdb, "createdb", "CREATEDB", "rolcreatedb",
     "it can create databases and owns all that is in them"},
    {RoleAttribute::replication, "replication", "REPLICATION", "rolreplication",
     "it can copy the whole cluster, stored passwords included"},
    {RoleAttribute::bypassrls, "bypassrls", "BYPASSRLS", "rolbypassrls",
     "no row-security policy applies to it"},
    {RoleAttribute::login, "login", "LOGIN", "rolcanlogin", "it can log in"},
    {RoleAttribute::inherit, "inherit", "INHERIT", "rolinherit",
     "it holds the privileges of its groups without SET ROLE"},
}};

static_assert([] {
  for (std::size_t i = 0; i < role_attributes.size(); ++i) {
    if (role_attributes[i].attribute != static_cast<RoleAttribute>(i)) return false;
  }
  return true;
}());

constexpr const RoleAttributeInfo& info(RoleAttribute attribute) {
  return role_attributes[static_cast<std::size_t>(attribute)];
}

constexpr std::optional<RoleAttribute> role_attribute_named(std::string_view name) {
  for (const auto& a : role_attributes) {
    if (a.name == name) return a.attribute;
  }
  return std::nullopt;
}

}  // namespace pgleast
