// The privilege graph on clusters small enough to see; tests/live asks servers.

#include "privileges/graph.hpp"

#include <random>

#include "privileges/access_matrix.hpp"
#include "support/catch.hpp"

using namespace pgleast;

namespace {

RoleId add_role(Cluster& cluster, const std::string& name) {
  Role role;
  role.name = name;
  role.oid = static_cast<std::uint32_t>(first_oid_of_users + cluster.roles.size());
  cluster.roles.push_back(role);
  return RoleId{static_cast<std::uint32_t>(cluster.roles.size() - 1)};
}

Object& add_table(Cluster& cluster, const std::string& name, RoleId owner, const char* acl) {
  Object table;
  table.oid = static_cast<std::uint32_t>(first_oid_of_users + cluster.objects.size());
  table.name = table.identity = name;
  table.owner = owner;
  if (acl != nullptr) table.acl = AclPool(cluster).intern_text(acl);
  table.detail = static_cast<std::uint32_t>(cluster.relations.size());
  cluster.relations.emplace_back();
  cluster.objects.push_back(table);
  return cluster.objects.back();
}

// Any role, any membership, any list: more than a server would let be.
class AnyCluster {
 public:
  explicit AnyCluster(unsigned seed) : random_(seed) {
    cluster_.version_num = seed % 2 == 0 ? 150004 : 180001;
    cluster_.name = "shop";
    for (const auto* const name : {"pg_database_owner", "pg_read_all_data", "pg_write_all_data"}) {
      add_role(cluster_, name);
    }
    while (cluster_.roles.size() < roles) {
      auto& role =
          cluster_.roles[index(add_role(cluster_, "r" + std::to_string(cluster_.roles.size())))];
      role.superuser = below(30) == 0;
      role.inherit = below(3) > 0;
      role.dropped = below(20) == 0;
    }
    for (int i = 0; i < 80; ++i) {
      const auto a = below(roles);
      const auto b = 3 + below(roles - 3);
      if (a >= b) continue;
      cluster_.memberships.push_back({RoleId{a}, RoleId{b}, no_role, false, below(4) > 0, true});
    }
    Object database;
    database.kind = ObjectKind::database;
    database.name = database.identity = "shop";
    database.owner = RoleId{3 + below(roles - 3)};
    database.detail = 0;
    cluster_.databases.emplace_back();
    cluster_.objects.push_back(database);
    for (int i = 0; i < 12; ++i) add_any_table("t" + std::to_string(i));
  }

  const Cluster& cluster() const { return cluster_; }
  static constexpr std::size_t roles = 70;  // more than one word of bits

 private:
  std::uint32_t below(std::size_t n) { return static_cast<std::uint32_t>(random_() % n); }

  void add_any_table(const std::string& name) {
    auto& table = add_table(cluster_, name, RoleId{below(roles)}, nullptr);
    if (below(6) == 0) table.oid = 1262;
    table.system = table.oid == 1262;
    auto& column = cluster_.relations[table.detail].columns.emplace_back();
    for (auto* const acl : {&table.acl, &column.acl}) {
      if (below(5) > 0) *acl = any_list();
    }
  }

  AclId any_list() {
    auto& items = cluster_.acls.emplace_back();
    for (auto left = below(6); left > 0; --left) {
      PrivilegeSet some;
      info(ObjectKind::table).all.each([&](Privilege p) {
        if (below(3) == 0) some |= p;
      });
      items.push_back({below(8) == 0 ? public_role : RoleId{below(roles)}, RoleId{0}, some, {}});
    }
    return AclId{static_cast<std::uint32_t>(cluster_.acls.size() - 1)};
  }

  std::mt19937 random_;
  Cluster cluster_;
};

}  // namespace

TEST_CASE("a dropped role that is met twice is one role", "[graph]") {
  Cluster cluster;
  const auto app = add_role(cluster, "app");
  AclPool acls(cluster);
  const auto met_first = dropped_role(cluster, 16999, "16999");
  cluster.memberships.push_back({met_first, app, app, false, true, true});
  add_table(cluster, "t", app, "{16999=r/app}");
  const auto list = acls.intern_text("{16999=w/app}");
  CHECK(cluster.acls[index(list)].front().grantee == met_first);
  CHECK(cluster.roles.size() == 2);
  CHECK(Graph(cluster).held(app, cluster.objects[0]).privileges == Privilege::select);
}

TEST_CASE("memberships in a circle end", "[graph]") {
  Cluster cluster;
  // Enough to ask for all at once.
  for (int i = 0; i < 40; ++i) add_role(cluster, "r" + std::to_string(i));
  for (std::uint32_t i = 0; i < 40; ++i) {
    cluster.memberships.push_back({RoleId{(i + 1) % 40}, RoleId{i}, no_role, false, true, i != 7});
  }
  const Graph graph(cluster);
  for (std::uint32_t i = 0; i < 40; ++i) {
    CHECK(graph.reach(RoleId{i}, Closure::inherits).count() == 40);
    CHECK(graph.reach(RoleId{i}, Closure::becomes).count() == (i <= 7 ? 8 - i : 48 - i));
  }
}

TEST_CASE("who can is what each can", "[graph]") {
  std::size_t held = 0;
  for (unsigned seed = 0; seed < 60; ++seed) {
    const AnyCluster any(seed);
    const auto& cluster = any.cluster();
    const Graph graph(cluster);
    const AccessMatrix matrix(graph);
    std::uint64_t of_tables = 0, differences = 0;
    for (const auto& object : cluster.objects) {
      const bool table = object.kind == ObjectKind::table;
      const auto* const column = table ? &cluster.relation(object).columns[0] : nullptr;
      const auto holders = matrix.holders(object);
      const auto of_column = table ? matrix.holders(object, *column) : holders;
      for (std::uint32_t i = 0; i < AnyCluster::roles; ++i) {
        const RoleId role{i};
        if (cluster.role(role).dropped) continue;
        const auto whole = graph.held(role, object);
        const auto part = table ? graph.held(role, object, *column) : whole;
        const auto either = whole.privileges | part.privileges;  // each table has one column
        differences += graph.held_on_any(role, object) != either;
        for (const auto& p : privileges) {
          const bool has = whole.privileges.has(p.privilege);
          differences += holders[p.privilege].has(role) != has;
          differences += of_column[p.privilege].has(role) != part.privileges.has(p.privilege);
          differences += graph.held_on_any(role, object, p.privilege) != (either & p.privilege);
          differences +=
              matrix.holders_on_any(object, p.privilege).has(role) != either.has(p.privilege);
          held += has;
          of_tables += has && table && !object.system;
          if (!table) continue;
          const auto causes = graph.causes(role, object, *column, p.privilege);
          const auto nearest = graph.nearest_cause(role, object, column, p.privilege);
          differences += nearest.has_value() == causes.empty();
          differences += nearest && nearest->path != causes.front().path;
          differences += info(ObjectKind::column).all.has(p.privilege) &&
                         causes.empty() == part.privileges.has(p.privilege);
        }
      }
    }
    CHECK(differences == 0);
    CHECK(matrix.count(ObjectKind::table) == of_tables);
  }
  CHECK(held > 10000);
}
