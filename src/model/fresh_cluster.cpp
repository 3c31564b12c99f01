#include "model/fresh_cluster.hpp"

#include <array>
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
  for (const std::string_view name : {"pg_default", "pg_global"}) {
    Object tablespace;
    tablespace.kind = ObjectKind::tablespace;
    tablespace.oid = name == "pg_default" ? 1663 : 1664;
    tablespace.name = name;
    tablespace.identity = name;
    tablespace.owner = superuser;
    cluster.objects.push_back(std::move(tablespace));
  }
}

struct FreshSchema {
  std::string_view name;
  std::uint32_t oid;
  std::string_view acl;  // empty: none
};
constexpr std::array schemas{
    FreshSchema{"pg_toast", 99, ""},
    FreshSchema{"pg_catalog", 11, "{postgres=UC/postgres,=U/postgres}"},
    FreshSchema{"information_schema", 13000, "{postgres=UC/postgres,=U/postgres}"},
    FreshSchema{"public", 2200, "{postgres=UC/postgres,=UC/postgres}"},
};
// From version 15 on.
constexpr std::string_view public_acl_15 =
    "{pg_database_owner=UC/pg_database_owner,=U/pg_database_owner}";

struct FreshLanguage {
  std::string_view name;
  std::uint32_t oid;
  bool trusted;
};
constexpr std::array languages{
    FreshLanguage{"internal", 12, false},
    FreshLanguage{"c", 13, false},
    FreshLanguage{"sql", 14, true},
    FreshLanguage{"plpgsql", 13400, true},
};

}  // namespace

Cluster fresh_cluster(int version_num) {
  auto cluster = unknown_cluster(version_num);
  for (const auto fact : {Fact::roles, Fact::passwords, Fact::role_settings}) {
    cluster.unseen.erase(fact);
  }
  cluster.unseen[Fact::objects] = {"the SQL scripts make nothing in a database",
                                   "give the script that does", UnseenKind::nothing_made};
  cluster.unseen[Fact::code] = cluster.unseen[Fact::objects];
  cluster.unseen[Fact::extensions] = {"no script says which extensions the server offers",
                                      "audit the server"};
  add_roles(cluster);
  add_databases(cluster);
  return cluster;
}

bool is_untouched(const Cluster& cluster) {
  const auto found = cluster.unseen.find(Fact::objects);
  return found != cluster.unseen.end() && found->second.kind == UnseenKind::nothing_made;
}

void add_fresh_contents(Cluster& cluster, ObjectId database) {
  AclPool acls(cluster);
  const auto bootstrap = cluster.find_role("postgres").value_or(superuser);
  for (const auto& s : schemas) {
    const bool owned = s.name == "public" && cluster.major() >= 15;
    Object schema;
    schema.kind = ObjectKind::schema;
    schema.oid = s.oid;
    schema.database = database;
    schema.name = schema.identity = s.name;
    schema.owner = owned ? cluster.find_role("pg_database_owner").value_or(bootstrap) : bootstrap;
    const auto acl = owned ? public_acl_15 : s.acl;
    if (!acl.empty()) schema.acl = acls.intern_text(acl);
    schema.system = s.name != "public";
    cluster.objects.push_back(std::move(schema));
  }
  for (const auto& l : languages) {
    Object language;
    language.kind = ObjectKind::language;
    language.oid = l.oid;
    language.database = database;
    language.name = language.identity = l.name;
    language.owner = bootstrap;
    language.detail = static_cast<std::uint32_t>(cluster.languages.size());
    cluster.languages.push_back({l.trusted});
    cluster.objects.push_back(std::move(language));
  }
}

}  // namespace pgleast
