// What is drawn of small clusters, and that large ones are folded.

#include "report/picture.hpp"

#include <fmt/format.h>

#include <string>

#include "support/catch.hpp"

using namespace pgleast;

namespace {

class Shop {
 public:
  Shop() { cluster.name = "shop"; }

  RoleId role(const std::string& name, bool login = false) {
    Role role;
    role.name = name;
    role.oid = next_oid();
    role.login = login;
    cluster.roles.push_back(role);
    return RoleId{static_cast<std::uint32_t>(cluster.roles.size() - 1)};
  }
  void member(RoleId member, RoleId group, bool inherit = true) {
    cluster.memberships.push_back({group, member, RoleId{0}, false, inherit, true});
  }
  ObjectId object(ObjectKind kind, const std::string& name, RoleId owner, ObjectId schema,
                  const std::string& acl) {
    Object object;
    object.kind = kind;
    object.oid = next_oid();
    object.name = name;
    object.identity = schema == no_object ? name : cluster.object(schema).name + "." + name;
    object.schema = schema;
    object.owner = owner;
    if (!acl.empty()) object.acl = AclPool(cluster).intern_text(acl);
    if (kind == ObjectKind::table) {
      object.detail = static_cast<std::uint32_t>(cluster.relations.size());
      cluster.relations.emplace_back();
    }
    cluster.objects.push_back(object);
    return ObjectId{static_cast<std::uint32_t>(cluster.objects.size() - 1)};
  }

  Cluster cluster;

 private:
  std::uint32_t next_oid() {
    return static_cast<std::uint32_t>(20000 + cluster.roles.size() + 1000 * cluster.objects.size());
  }
};

// "app (login role) -> readers: member, inherits"
std::string said(const Drawing& drawing) {
  std::string result;
  for (const auto& arrow : drawing.arrows) {
    result += drawing.boxes[arrow.from].lines[0] + " -> " + drawing.boxes[arrow.to].lines[0] +
              ": " + arrow.label + "\n";
  }
  return result;
}

}  // namespace

TEST_CASE("around a role stand its groups, its members and what they hold", "[graph][picture]") {
  Shop shop;
  const auto owner = shop.role("owner");
  const auto readers = shop.role("readers");
  const auto app = shop.role("app", true);
  const auto other = shop.role("other", true);
  const auto boss = shop.role("boss", true);
  shop.member(app, readers);
  shop.member(boss, app, false);
  shop.member(other, owner);
  const auto orders = shop.object(ObjectKind::table, "orders", owner, no_object,
                                  "{owner=arwd/owner,readers=r*/owner}");
  shop.object(ObjectKind::table, "secret", owner, no_object, "{other=r/owner}");
  const Graph graph(shop.cluster);
  CHECK(said(picture_of(graph, app)) ==
        "readers -> orders: SELECT with grant option\n"
        "app -> readers: member, inherits\n"
        "boss -> app: member, by SET ROLE\n");
  CHECK(said(picture_of(graph, orders)) ==
        "owner -> orders: owner\n"
        "readers -> orders: SELECT with grant option\n"
        "app -> readers: member, inherits\n"
        "boss -> app: member, by SET ROLE\n"
        "other -> owner: member, inherits\n");
}

TEST_CASE("a large picture is folded by schema and group", "[graph][picture]") {
  Shop shop;
  const auto owner = shop.role("owner");
  std::vector<RoleId> groups;
  for (int i = 0; i < 3; ++i) groups.push_back(shop.role(fmt::format("group{}", i)));
  for (int i = 0; i < 300; ++i) {
    shop.member(shop.role(fmt::format("user{}", i), true), groups[static_cast<std::size_t>(i % 3)]);
  }
  const int schemas = GENERATE(4, 100);
  for (int s = 0; s < schemas; ++s) {
    const auto schema =
        shop.object(ObjectKind::schema, fmt::format("s{}", s), owner, no_object, "");
    for (int t = 0; t < 20; ++t) {
      shop.object(ObjectKind::table, fmt::format("t{}", t), owner, schema,
                  fmt::format("{{group{}=r/owner}}", t % 3));
    }
  }
  const Graph graph(shop.cluster);
  const auto drawing = picture_of(graph);
  CAPTURE(schemas, said(drawing));
  // owner, three groups, three boxes of users; of schemas, and of tables by who may read them.
  CHECK(drawing.boxes.size() == (schemas == 4 ? 7 + 1 + 12 : 7 + 1 + 3));
  CHECK(said(drawing).find("100 roles: login role -> group1: member, inherits\n") !=
        std::string::npos);
  CHECK(said(drawing).find(schemas == 4 ? "group2 -> 6 tables in schema s3: SELECT\n"
                                        : "group2 -> 600 tables in 100 schemas: SELECT\n") !=
        std::string::npos);
  CHECK(dot(drawing) == dot(picture_of(graph)));
}
