#pragma once
// What mends a finding, in terms of the model: src/fix makes SQL and edits of it, applies
// it to the model, and inverts it.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "model/object.hpp"
#include "model/role.hpp"
#include "pg/privilege.hpp"
#include "pg/role_attribute.hpp"

namespace pgleast {

/// GRANT or REVOKE on an object or one of its columns.
struct ChangePrivileges {
  bool grant = false;
  ObjectId object{};
  std::optional<std::uint32_t> column;  // place among the relation's columns
  RoleId grantee = public_role;
  PrivilegeSet privileges;
  bool operator==(const ChangePrivileges&) const = default;
};

/// GRANT role TO member, or REVOKE all such memberships whoever granted them.
struct ChangeMembership {
  bool grant = false;
  RoleId role{};
  RoleId member{};
  bool operator==(const ChangeMembership&) const = default;
};

struct ChangeAttribute {
  RoleId role{};
  RoleAttribute attribute = RoleAttribute::superuser;
  bool value = false;
  bool operator==(const ChangeAttribute&) const = default;
};

struct ChangeConnectionLimit {
  RoleId role{};
  std::int32_t limit = -1;
  bool operator==(const ChangeConnectionLimit&) const = default;
};

/// ALTER ... OWNER TO: of a function, table, schema or database.
struct ChangeOwner {
  ObjectId object{};
  RoleId owner{};
  bool operator==(const ChangeOwner&) const = default;
};

/// ALTER OPERATOR ... OWNER TO. It is no object of the model, and known where code uses it.
struct ChangeOperatorOwner {
  ObjectId schema{};
  std::string identity;  // shop.@@@(integer,integer)
  RoleId owner{};
  bool operator==(const ChangeOperatorOwner&) const = default;
};

/// ALTER FUNCTION ... SET search_path.
struct PinSearchPath {
  ObjectId function{};
  std::string path;  // as it stands after `=`, names quoted
  bool operator==(const PinSearchPath&) const = default;
};

/// ALTER TABLE ... ENABLE and, where asked for, FORCE ROW LEVEL SECURITY.
struct EnableRowSecurity {
  ObjectId table{};
  bool enable = true;
  bool force = false;
  bool operator==(const EnableRowSecurity&) const = default;
};

/// ALTER DEFAULT PRIVILEGES FOR ROLE creator [IN SCHEMA schema].
struct ChangeDefaultPrivileges {
  bool grant = false;
  ObjectId database{};
  RoleId creator{};
  ObjectId schema = no_object;
  char type = 'r';  // as pg_default_acl.defaclobjtype
  RoleId grantee = public_role;
  PrivilegeSet privileges;
  bool operator==(const ChangeDefaultPrivileges&) const = default;
};

enum class HbaField { type, database, user, address, method };

/// Another text for one field of a record.
struct EditRecord {
  std::size_t record = 0;  // into Cluster::hba.records
  HbaField field = HbaField::method;
  std::string text;  // an address may be several, separated by blanks: one record for each
  bool operator==(const EditRecord&) const = default;
};

/// A new line before a record.
struct InsertRecord {
  std::size_t before = 0;
  std::string line;
  bool operator==(const InsertRecord&) const = default;
};

/// The record becomes a comment.
struct DisableRecord {
  std::size_t record = 0;
  bool operator==(const DisableRecord&) const = default;
};

/// The mapping of pg_ident.conf becomes a comment.
struct DisableMapping {
  std::size_t mapping = 0;  // into Cluster::ident.records
  bool operator==(const DisableMapping&) const = default;
};

/// ALTER ROLE or DATABASE ... RESET of what is stored for logins; of no list.
struct ResetStored {
  ObjectId database = no_object;  // none: in every database
  RoleId role = no_role;          // none: for every role
  std::string name;
  bool operator==(const ResetStored&) const = default;
};

struct ChangeSetting {
  std::string name;
  std::string value;
  bool operator==(const ChangeSetting&) const = default;
};

using Remedy = std::variant<ChangePrivileges, ChangeMembership, ChangeAttribute,
                            ChangeConnectionLimit, ChangeOwner, ChangeOperatorOwner, PinSearchPath,
                            EnableRowSecurity, ChangeDefaultPrivileges, EditRecord, InsertRecord,
                            DisableRecord, DisableMapping, ResetStored, ChangeSetting>;

}  // namespace pgleast
