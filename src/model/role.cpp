#include "model/role.hpp"

#include <array>

namespace pgleast {
namespace {

// INVARIANT: in the order of RoleAttribute.
constexpr std::array<bool Role::*, role_attributes.size()> members{
    &Role::superuser, &Role::createrole, &Role::createdb, &Role::replication,
    &Role::bypassrls, &Role::login,      &Role::inherit};

}  // namespace

bool has(const Role& role, RoleAttribute attribute) {
  return role.*members[static_cast<std::size_t>(attribute)];
}

void set(Role& role, RoleAttribute attribute, bool value) {
  role.*members[static_cast<std::size_t>(attribute)] = value;
}

}  // namespace pgleast
