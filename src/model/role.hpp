#pragma once
// Roles and who is a member of whom (pg_authid, pg_auth_members).

#include <cstdint>
#include <string>

#include "model/ids.hpp"
#include "pg/role_attribute.hpp"

namespace pgleast {

/// What kind of secret is stored for a role; the secret itself is never kept.
enum class PasswordKind : std::uint8_t { unseen, none, md5, scram_sha_256, unusable };

inline constexpr std::uint32_t bootstrap_superuser_oid = 10;

struct Role {
  std::string name;
  std::uint32_t oid = 0;
  bool superuser = false;
  bool inherit = true;
  bool createrole = false;
  bool createdb = false;
  bool login = false;
  bool replication = false;
  bool bypassrls = false;
  std::int32_t connection_limit = -1;  // -1: none
  std::string valid_until;             // as the server prints it; empty: no limit
  PasswordKind password = PasswordKind::unseen;
  bool dropped = false;  // only its number is left, in access lists
  bool operator==(const Role&) const = default;
};

bool has(const Role& role, RoleAttribute attribute);
void set(Role& role, RoleAttribute attribute, bool value);

/// `member` is a member of `role`. Several may exist for one pair, by different
/// grantors (version 16 and later); their options are or-ed by the server.
struct Membership {
  RoleId role{};
  RoleId member{};
  RoleId grantor = no_role;
  bool admin = false;
  bool inherit = true;  // before 16: the member's own INHERIT attribute
  bool set = true;      // before 16: always
  bool operator==(const Membership&) const = default;
};

}  // namespace pgleast
