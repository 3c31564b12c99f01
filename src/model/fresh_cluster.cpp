#include "model/fresh_cluster.hpp"

#include <string_view>
#include <utility>

#include "pg/predefined_role.hpp"

namespace pgleast {
namespace {

constexpr RoleId superuser{0};

void add_roles(Cluster& cluster) {
  Role postgres;
  postgres.name = "postgres";
  postgres.oid = bootstrap_superuser_oid;
  for (const auto& attribute : role_attributes) set(postgres, attribute.attribute, true);
  postgres.password = PasswordKind::none;
  cluster.roles.push_back(std::move(postgres));
  for (const auto& predefined : predefined_roles) {
    if (predefined.since > cluster.major()) continue;
    Role role;
    role.name = predefined.name;
    role.oid = predefined.oid;
    role.password = PasswordKind::none;
    cluster.roles.push_back(std::move(role));
  }
  const auto monitor = cluster.find_role("pg_monitor");
  for (const auto* const name :
       {"pg_read_all_settings", "pg_read_all_stats", "pg_stat_scan_tables"}) {
    cluster.memberships.push_back(
        {cluster.find_role(name).value(), monitor.value(), superuser, false, true, true});
  }
}

void add_databases(Cluster& cluster) {
  AclPool acls(cluster);
  std::uint32_t oid = 1;
  for (const std::string_view name : {"template1", "template0", "postgres"}) {
    const bool is_template = name != "postgres";
    Object database;
    database.kind = ObjectKind::database;
    database.oid = oid++;
    database.name = name;
    database.identity = name;
    database.owner = superuser;
    if (is_template) database.acl = acls.intern_text("{=c/postgres,postgres=CTc/postgres}");
    database.detail = static_cast<std::uint32_t>(cluster.databases.size());
    cluster.objects.push_back(std::move(database));
    cluster.databases.push_back({name != "template0", is_template, -1, false});
  }
}

}  // namespace

Cluster fresh_cluster(int version_num) {
  auto cluster = unknown_cluster(version_num);
  for (const auto fact : {Fact::roles, Fact::passwords, Fact::role_settings}) {
    cluster.unseen.erase(fact);
  }
  cluster.unseen[Fact::objects] = {
      "of SQL scripts only roles and databases are read, not what lies in the databases",
      "give --dsn, --live or --snapshot"};
  add_roles(cluster);
  add_databases(cluster);
  return cluster;
}

}  // namespace pgleast
