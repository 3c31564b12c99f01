#pragma once
// What the statement that is being done changes, as it was before it: what tells what is new
// (script_sayings.hpp). Something may stand here several times, the oldest first.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "model/object.hpp"
#include "model/role.hpp"
#include "model/setting.hpp"

namespace pgleast {

struct Before {
  struct OfRole {
    RoleId id{};
    Role role;  // a new one: as it is without options
    bool made = false;
  };
  struct OfMembership {
    RoleId role{}, member{};
    bool raised = false;  // it gives more than it did
  };
  struct OfObject {
    ObjectId id{};
    RoleId owner{};
    AclId acl{};
  };
  struct OfColumn {
    ObjectId table{};
    std::size_t place = 0;
    AclId acl{};
  };
  struct OfTable {
    ObjectId id{};
    bool row_security = false, force = false;
  };
  struct OfFunction {
    ObjectId id{};
    FunctionDetail detail;
  };

  std::vector<OfRole> roles;
  std::vector<OfMembership> memberships;
  std::vector<ObjectId> made;
  std::vector<OfObject> objects;
  std::vector<OfColumn> columns;
  std::vector<OfTable> tables;
  std::vector<OfFunction> functions;
  std::vector<std::size_t> policies;  // whatever changed in them
  std::optional<std::vector<DefaultAcl>> default_acls;
  std::optional<std::vector<RoleSetting>> role_settings;

  /// Keeps the room.
  void clear() {
    roles.clear();
    memberships.clear();
    made.clear();
    objects.clear();
    columns.clear();
    tables.clear();
    functions.clear();
    policies.clear();
    default_acls.reset();
    role_settings.reset();
  }
};

}  // namespace pgleast
