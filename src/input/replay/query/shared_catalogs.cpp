#include "input/replay/query/shared_catalogs.hpp"

#include <string>
#include <utility>

#include "input/replay/query/catalog_rows.hpp"

namespace pgleast {
namespace {

SqlNode role_row(const Role& role) {
  SqlNode row;
  row["oid"] = role.oid;
  row["rolname"] = role.name;
  for (const auto& attribute : role_attributes) {
    row[std::string(attribute.column)] = has(role, attribute.attribute);
  }
  row["rolconnlimit"] = role.connection_limit;
  return row;
}

}  // namespace

std::uint32_t role_oid(const SqlCatalog& catalog, RoleId role) {
  return role == no_role ? 0 : catalog.cluster().role(role).oid;
}

SqlNode acl_value(const SqlCatalog& catalog, const Acl& acl) {
  auto rows = SqlNode::array();
  for (const auto& item : acl) {
    (item.privileges | item.grantable).each([&](Privilege p) {
      SqlNode row;
      row["grantor"] = role_oid(catalog, item.grantor);
      row["grantee"] = item.grantee == public_role ? 0U : role_oid(catalog, item.grantee);
      row["privilege_type"] = std::string(info(p).keyword);
      row["is_grantable"] = item.grantable.has(p);
      rows.push_back(std::move(row));
    });
  }
  return rows;
}

SqlNode acl_list(const SqlCatalog& catalog, AclId id) {
  if (id == null_acl) return nullptr;
  return acl_value(catalog, catalog.cluster().acls[index(id)]);
}

CatalogRows rows_of_roles(const SqlCatalog& catalog) {
  CatalogRows rows;
  for (const auto& role : catalog.cluster().roles) {
    if (!role.dropped) rows.push_back(role_row(role));
  }
  return rows;
}

CatalogRows rows_of_users(const SqlCatalog& catalog) {
  CatalogRows rows;
  for (const auto& role : catalog.cluster().roles) {
    if (role.dropped || !role.login) continue;
    rows.push_back({{"usename", role.name},
                    {"usesysid", role.oid},
                    {"usesuper", role.superuser},
                    {"usecreatedb", role.createdb},
                    {"userepl", role.replication},
                    {"usebypassrls", role.bypassrls}});
  }
  return rows;
}

CatalogRows rows_of_groups(const SqlCatalog& catalog) {
  CatalogRows rows;
  for (const auto& role : catalog.cluster().roles) {
    if (role.dropped || role.login) continue;
    rows.push_back({{"groname", role.name}, {"grosysid", role.oid}});
  }
  return rows;
}

CatalogRows rows_of_memberships(const SqlCatalog& catalog) {
  CatalogRows rows;
  for (const auto& m : catalog.cluster().memberships) {
    SqlNode row;
    row["roleid"] = role_oid(catalog, m.role);
    row["member"] = role_oid(catalog, m.member);
    row["grantor"] = role_oid(catalog, m.grantor);
    row["admin_option"] = m.admin;
    if (catalog.major() >= 16) {
      row["inherit_option"] = m.inherit;
      row["set_option"] = m.set;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

CatalogRows rows_of_databases(const SqlCatalog& catalog) {
  CatalogRows rows;
  const auto& cluster = catalog.cluster();
  for (const auto& o : cluster.objects) {
    if (o.kind != ObjectKind::database || o.name.empty()) continue;
    SqlNode row;
    row["oid"] = o.oid;
    row["datname"] = o.name;
    row["datdba"] = role_oid(catalog, o.owner);
    row["datacl"] = acl_list(catalog, o.acl);
    row["datallowconn"] = cluster.databases[o.detail].allows_connections;
    row["datistemplate"] = cluster.databases[o.detail].is_template;
    row["datconnlimit"] = cluster.databases[o.detail].connection_limit;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace pgleast
