#pragma once
// Roles, objects and access lists are small integers inside; names are strings at
// the doors only.

#include <cstddef>
#include <cstdint>

namespace pgleast {

enum class RoleId : std::uint32_t {};
enum class ObjectId : std::uint32_t {};
enum class AclId : std::uint32_t {};

/// Everyone: the grantee without a name in an access list.
inline constexpr RoleId public_role{0xFFFFFFFF};
/// No role: a grantor of before version 16 that is gone.
inline constexpr RoleId no_role{0xFFFFFFFE};
/// No object: what does not lie in a schema, or not in a database.
inline constexpr ObjectId no_object{0xFFFFFFFF};
/// The access list is null in the catalog: the built-in default holds.
inline constexpr AclId null_acl{0xFFFFFFFF};

/// Below it are the oids that the server gives itself (FirstNormalObjectId, transam.h).
inline constexpr std::uint32_t first_oid_of_users = 16384;

template <typename Id>
constexpr std::size_t index(Id id) {
  return static_cast<std::size_t>(id);
}

}  // namespace pgleast
