#include "privileges/aclmask.hpp"

namespace pgleast {
namespace {

constexpr std::uint32_t first_unpinned_oid = 12000;  // below it: the catalogs themselves

bool is_relation(ObjectKind kind) {
  return kind == ObjectKind::table || kind == ObjectKind::sequence;
}

}  // namespace

DataRoles::DataRoles(const Cluster& cluster)
    : read_(cluster.find_role("pg_read_all_data")),
      write_(cluster.find_role("pg_write_all_data")),
      maintain_(cluster.find_role("pg_maintain")) {
  for (const auto& role : {read_, write_, maintain_}) {
    if (role) all_.push_back(*role);
  }
}

PrivilegeSet DataRoles::given_by(RoleId role, const Cluster& cluster, const Object& object) const {
  PrivilegeSet result;
  if (is_relation(object.kind)) {
    if (role == read_) result |= Privilege::select;
    if (role == write_) {
      result |= PrivilegeSet(Privilege::insert) | Privilege::update | Privilege::delete_;
      result -= kept_by_server(cluster, object);
    }
    if (role == maintain_) result |= Privilege::maintain;
  } else if (object.kind == ObjectKind::schema && role != maintain_) {
    result |= Privilege::usage;
  } else if (object.kind == ObjectKind::large_object && cluster.major() >= 19) {
    if (role == read_) result |= Privilege::select;
    if (role == write_) result |= Privilege::update;
  }
  return result & grantable_privileges(object.kind, cluster.major());
}

PrivilegeSet kept_by_server(const Cluster& cluster, const Object& object) {
  const bool catalog = object.kind == ObjectKind::table && object.oid < first_unpinned_oid &&
                       object.system && cluster.relation(object).relkind != 'v';
  if (!catalog) return {};
  return PrivilegeSet(Privilege::insert) | Privilege::update | Privilege::delete_ |
         Privilege::truncate;
}

PrivilegeSet every_privilege() {
  PrivilegeSet all;
  for (const auto& p : privileges) all |= p.privilege;
  return all;
}

}  // namespace pgleast
