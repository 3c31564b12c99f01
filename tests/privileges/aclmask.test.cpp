// Who holds what by the rules of aclmask.hpp and memberships.hpp: the rows are what has_*_privilege
// of 12.22, 15.18 and 18.4 answered. One question has three askers: Graph for a cluster that stays,
// roles_reached() for one that changes, AccessMatrix for all roles at once.

#include "privileges/aclmask.hpp"

#include "privileges/access_matrix.hpp"
#include "privileges/graph.hpp"
#include "support/small_cluster.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

struct World {
  Cluster cluster;
  ObjectId table{}, sequence{}, schema{}, function{}, pg_class{}, pg_tables{}, sql_features{};
};

// The catalogs have numbers of their own.
ObjectId add_catalog(Cluster& cluster, const std::string& name, std::uint32_t oid, char relkind,
                     const std::string& acl) {
  const auto id = add_object(cluster, ObjectKind::table, name, "postgres", acl);
  auto& object = cluster.objects[index(id)];
  object.oid = oid;
  object.system = true;
  cluster.relations[object.detail].relkind = relkind;
  return id;
}

World world(int major) {
  World w;
  w.cluster = small_cluster(major, {"owner", "grp", "m", "n", "ni", "deep", "of_owner", "su", "dba",
                                    "reads", "writes", "maintains"});
  auto& c = w.cluster;
  c.name = "shop";
  c.roles[index(role_named(c, "ni"))].inherit = false;
  c.roles[index(role_named(c, "su"))].superuser = true;
  add_membership(c, "grp", "m");
  add_membership(c, "grp", "ni");
  add_membership(c, "m", "deep");
  add_membership(c, "owner", "of_owner");
  if (major >= 14) add_membership(c, "pg_read_all_data", "reads");
  if (major >= 14) add_membership(c, "pg_write_all_data", "writes");
  if (major >= 17) add_membership(c, "pg_maintain", "maintains");
  const auto database = add_object(c, ObjectKind::database, "shop", "dba", "");
  w.table = add_object(c, ObjectKind::table, "t", "owner",
                       "{owner=a/owner,grp=r*/owner,=x/owner,m=w/owner}");
  w.sequence = add_object(c, ObjectKind::sequence, "q", "owner", "{owner=rwU/owner,n=r/owner}");
  w.schema = add_object(c, ObjectKind::schema, "public",
                        major >= 14 ? "pg_database_owner" : "postgres", "");
  w.function = add_object(c, ObjectKind::function, "f()", "owner", "");
  w.pg_class = add_catalog(c, "pg_class", 1259, 'r',
                           "{postgres=arwdDxt/postgres,=r/postgres,"
                           "n=a*rwdDx/postgres}");
  w.pg_tables = add_catalog(c, "pg_tables", 12000, 'v', "{n=a/postgres}");
  w.sql_features = add_catalog(c, "sql_features", 13000, 'r', "{n=a/postgres}");
  for (auto& object : c.objects) {
    if (object.kind != ObjectKind::database) object.database = database;
  }
  return w;
}

struct Case {
  int major;
  const char* role;
  ObjectId World::*object;
  const char* privileges;
  const char* grantable;
};

constexpr const char* all_on_table =
    "INSERT, SELECT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER";
constexpr const char* all_on_table_17 =
    "INSERT, SELECT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER, MAINTAIN";

const std::vector<Case> cases{
    // The owner has what its items give, and every option.
    {15, "owner", &World::table, "INSERT, REFERENCES", all_on_table},
    {15, "of_owner", &World::table, "INSERT, REFERENCES", all_on_table},
    {18, "owner", &World::table, "INSERT, REFERENCES", all_on_table_17},
    {15, "owner", &World::function, "EXECUTE", "EXECUTE"},
    // Groups, at any distance; not without INHERIT.
    {15, "grp", &World::table, "SELECT, REFERENCES", "SELECT"},
    {15, "m", &World::table, "SELECT, UPDATE, REFERENCES", "SELECT"},
    {15, "deep", &World::table, "SELECT, UPDATE, REFERENCES", "SELECT"},
    {15, "ni", &World::table, "REFERENCES", ""},
    {18, "ni", &World::table, "REFERENCES", ""},
    {15, "n", &World::table, "REFERENCES", ""},
    {15, "n", &World::function, "EXECUTE", ""},
    {15, "n", &World::sequence, "SELECT", ""},
    {15, "su", &World::table, all_on_table, all_on_table},
    {18, "su", &World::table, all_on_table_17, all_on_table_17},
    // The roles that need no grant.
    {12, "reads", &World::table, "REFERENCES", ""},
    {15, "reads", &World::table, "SELECT, REFERENCES", ""},
    {15, "reads", &World::sequence, "SELECT", ""},
    {15, "reads", &World::schema, "USAGE", ""},
    {15, "reads", &World::function, "EXECUTE", ""},
    {12, "writes", &World::table, "REFERENCES", ""},
    {15, "writes", &World::table, "INSERT, UPDATE, DELETE, REFERENCES", ""},
    {15, "writes", &World::sequence, "UPDATE", ""},
    {15, "writes", &World::schema, "USAGE", ""},
    {15, "writes", &World::pg_class, "SELECT", ""},
    {15, "maintains", &World::table, "REFERENCES", ""},
    {18, "maintains", &World::table, "REFERENCES, MAINTAIN", ""},
    {18, "maintains", &World::pg_class, "SELECT, MAINTAIN", ""},
    {18, "maintains", &World::schema, "", ""},
    {18, "maintains", &World::sequence, "", ""},
    // Nobody but a superuser writes the catalogs, whatever was granted. Views are none.
    {12, "n", &World::pg_class, "SELECT, REFERENCES", "INSERT"},
    {15, "n", &World::pg_class, "SELECT, REFERENCES", "INSERT"},
    {18, "n", &World::pg_class, "SELECT, REFERENCES", "INSERT"},
    {15, "su", &World::pg_class, all_on_table, all_on_table},
    {15, "n", &World::pg_tables, "INSERT", ""},
    {15, "n", &World::sql_features, "INSERT", ""},
    // By owning the database.
    {15, "dba", &World::schema, "USAGE, CREATE", "USAGE, CREATE"},
    {18, "dba", &World::schema, "USAGE, CREATE", "USAGE, CREATE"},
    {12, "dba", &World::schema, "", ""},
    {15, "pg_database_owner", &World::schema, "USAGE, CREATE", "USAGE, CREATE"},
};

}  // namespace

TEST_CASE("a role holds what the server says, whoever asks", "[privileges][aclmask]") {
  for (const auto& c : cases) {
    const auto w = world(c.major);
    const auto& cluster = w.cluster;
    const auto& object = cluster.object(w.*c.object);
    const auto role = role_named(cluster, c.role);
    INFO(c.major << ' ' << c.role << " on " << object.name);

    const Graph graph(cluster);
    const auto held = graph.held(role, object);
    CHECK(to_string(held.privileges) == c.privileges);
    CHECK(to_string(held.grantable) == c.grantable);

    const auto has = has_privileges_in(cluster, object.database);
    const auto while_changing =
        held_on(cluster, DataRoles(cluster), object, cluster.effective_acl(object),
                cluster.role(role).superuser, [&](RoleId of) { return has(role, of); });
    CHECK(while_changing == held);

    const AccessMatrix matrix(graph);
    const auto holders = matrix.holders(object);
    for (const auto& p : privileges) {
      CHECK(holders[p.privilege].has(role) == held.privileges.has(p.privilege));
      CHECK(matrix.holders(object, p.privilege) == holders[p.privilege]);
    }
  }
}

TEST_CASE("a column adds to its table, in the catalogs too", "[privileges][aclmask]") {
  struct Row {
    const char* role;
    ObjectId World::*table;
    const char* acl;
    const char* privileges;
    const char* grantable;
  };
  const auto row = GENERATE(
      Row{"n", &World::table, "{n=rw*/owner}", "SELECT, UPDATE, REFERENCES", "UPDATE"},
      Row{"deep", &World::table, "{grp=a/owner}", "INSERT, SELECT, UPDATE, REFERENCES", "SELECT"},
      Row{"owner", &World::table, "{n=r/owner}", "INSERT, REFERENCES",
          "INSERT, SELECT, UPDATE, REFERENCES"},
      Row{"n", &World::pg_class, "{n=w/postgres}", "SELECT, UPDATE, REFERENCES", "INSERT"},
      Row{"su", &World::table, "", "INSERT, SELECT, UPDATE, REFERENCES",
          "INSERT, SELECT, UPDATE, REFERENCES"});
  auto w = world(15);
  const auto& table = w.cluster.object(w.*row.table);
  auto& column = w.cluster.relations[table.detail].columns[0];
  if (*row.acl != '\0') column.acl = AclPool(w.cluster).intern_text(row.acl);
  const auto held = Graph(w.cluster).held(role_named(w.cluster, row.role), table, column);
  INFO(row.role << ' ' << row.acl);
  CHECK(to_string(held.privileges) == row.privileges);
  CHECK(to_string(held.grantable) == row.grantable);
}

// SET ROLE pg_database_owner was refused to nobody who owns the database.
TEST_CASE("who owns the database becomes pg_database_owner", "[privileges]") {
  for (const int major : {15, 18}) {
    const auto w = world(major);
    const auto dba = role_named(w.cluster, "dba");
    const auto reached = roles_reached(w.cluster, dba, Closure::becomes, ObjectId{0});
    CHECK(reached == std::vector{dba, role_named(w.cluster, "pg_database_owner")});
    CHECK(roles_reached(w.cluster, dba, Closure::becomes, no_object) == std::vector{dba});
  }
}

// select_best_grantor takes the first that may.
TEST_CASE("groups are found nearest first, of one distance by their numbers", "[privileges]") {
  auto cluster = small_cluster(18, {"far", "b", "a", "app"});
  add_membership(cluster, "a", "app");
  add_membership(cluster, "b", "app");
  add_membership(cluster, "far", "a");
  std::string names;
  const auto app = role_named(cluster, "app");
  for (const auto role : roles_reached(cluster, app, Closure::inherits, no_object)) {
    names += cluster.role_name(role) + ' ';
  }
  CHECK(names == "app b a far ");
}
