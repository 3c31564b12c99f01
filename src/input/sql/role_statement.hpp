#pragma once
// What a statement about roles or databases asks for, whatever parsed it.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "pg/role_attribute.hpp"

namespace pgleast {

/// A role where SQL lets one stand: a name, CURRENT_USER and its like, PUBLIC.
struct RoleName {
  enum class Kind : std::uint8_t { name, current_user, session_user, everyone };
  Kind kind = Kind::name;
  std::string name;
};

struct NewPassword {
  bool is_null = false;
  bool is_known = true;  // not one that psql fills in
  std::string text;
};

struct RoleOptions {
  std::array<std::optional<bool>, role_attributes.size()> attributes;
  std::optional<std::int64_t> connection_limit;
  std::optional<NewPassword> password;
  std::optional<std::string> valid_until;
  std::vector<RoleName> groups;   // IN ROLE
  std::vector<RoleName> members;  // ROLE, USER
  std::vector<RoleName> admins;   // ADMIN
  bool conflicting = false;       // one is given twice
};

struct CreateRole {
  std::string name;
  RoleOptions options;
};
struct AlterRole {
  RoleName role;
  RoleOptions options;
  bool removes_members = false;  // ALTER GROUP ... DROP USER
};
struct RenameRole {
  std::string from, to;
};
struct DropRole {
  std::vector<RoleName> roles;
  bool if_exists = false;
};

/// What of a membership is granted, or what alone is revoked.
struct MembershipOptions {
  std::optional<bool> admin, inherit, set;
  bool any() const { return admin || inherit || set; }
};
struct GrantRole {
  std::vector<std::string> roles;
  std::vector<RoleName> members;
  MembershipOptions options;
  std::optional<RoleName> grantor;
};
struct RevokeRole {
  std::vector<std::string> roles;
  std::vector<RoleName> members;
  MembershipOptions options;  // none: the membership itself
  std::optional<RoleName> grantor;
  bool cascade = false;
};

struct DatabaseOptions {
  std::optional<std::string> owner, from_template;
  std::optional<bool> is_template, allows_connections;
  std::optional<std::int64_t> connection_limit;
};
struct CreateDatabase {
  std::string name;
  DatabaseOptions options;
};
struct AlterDatabase {
  std::string name;
  DatabaseOptions options;
};
struct RenameDatabase {
  std::string from, to;
};
struct OwnDatabase {
  std::string name;
  RoleName owner;
};
struct DropDatabase {
  std::string name;
  bool if_exists = false;
};

struct Transaction {
  enum class Kind : std::uint8_t { begin, commit, rollback, savepoint, release, rollback_to };
  Kind kind = Kind::begin;
  std::string savepoint;
  bool chain = false;  // COMMIT AND CHAIN
};
/// SET password_encryption; no value: its default.
struct SetPasswordEncryption {
  std::optional<std::string> value;
  bool local = false;
};

using SqlAction = std::variant<CreateRole, AlterRole, RenameRole, DropRole, GrantRole, RevokeRole,
                               CreateDatabase, AlterDatabase, RenameDatabase, OwnDatabase,
                               DropDatabase, Transaction, SetPasswordEncryption>;

}  // namespace pgleast
