// What the live test of rows cannot make: facts that were not seen, and what is not followed.

#include "privileges/row_access.hpp"

#include "input/server/object_builder.hpp"
#include "support/catch.hpp"

using namespace pgleast;

namespace {

constexpr RoleId owner{0}, app{1};

/// Table t with row security and a policy, view v that reads it as its owner; app may read both.
struct ViewWorld {
  ViewWorld() {
    cluster.version_num = 150000;
    ObjectBuilder builder(cluster);
    for (const auto* const name : {"owner", "app"}) {
      Role role;
      role.name = name;
      builder.add_role(role);
    }
    builder.roles_are_complete();
    database = builder.add({ObjectKind::database, 1, no_object, no_object, "d"}, owner, {});
    builder.detail(database, DatabaseDetail{});
    schema = builder.add({ObjectKind::schema, 2, database, no_object, "s"}, owner,
                         "{owner=UC/owner,app=U/owner}");
    const std::string acl = "{owner=arwdDxt/owner,app=arwd/owner}";
    table = builder.add({ObjectKind::table, 20000, database, schema, "t"}, owner, acl);
    builder.detail(table, RelationDetail{'r', true, false, {}, {}});
    view = builder.add({ObjectKind::table, 20001, database, schema, "v"}, owner, acl);
    builder.detail(view, RelationDetail{'v', false, false, {}, {}});
    RowPolicy policy;
    policy.table = table;
    policy.roles = {public_role};
    policy.using_expression = "id > 0";
    cluster.row_policies = {policy};
    cluster.bodies = {
        {view, {{{table, Privilege::select, false}}, {}, {}, NameLookup(), {}, ""}, std::nullopt}};
  }

  RowAccess access(ObjectId relation, Privilege command = Privilege::select) const {
    const Graph graph(cluster);
    return RowReach(graph).access(app, relation, command);
  }

  Cluster cluster;
  ObjectId database{}, schema{}, table{}, view{};
};

using Kind = RowAccess::Kind;
using Why = RowAccess::Why;

}  // namespace

TEST_CASE("a view shows the rows that whom it acts as gets", "[graph][rows]") {
  ViewWorld w;
  CHECK(w.access(w.table).kind == Kind::some);
  CHECK(w.access(w.table).permissive == std::vector<std::size_t>{0});
  const auto seen = w.access(w.view);
  CHECK(seen.kind == Kind::all);
  REQUIRE(seen.bases.size() == 1);
  CHECK(seen.bases[0].as == owner);
  CHECK(seen.bases[0].why == Why::owner);
  for (const auto* const value : {"true", "on", "t", "T", "tru", "Ye", "1"}) {
    w.cluster.relations[1].options = {"security_barrier=off",
                                      fmt::format("security_invoker={}", value)};
    CHECK(w.access(w.view).kind == Kind::some);
  }
  for (const auto* const option : {"security_invoker=false", "security_invoker=of",
                                   "security_invoker=0", "security_barrier=true"}) {
    w.cluster.relations[1].options = {option};
    CHECK(w.access(w.view).kind == Kind::all);
  }
  w.cluster.relations[0].force_row_security = true;
  CHECK(w.access(w.view).kind == Kind::some);
}

TEST_CASE("what is written through a view is written as whom it acts as", "[graph][rows]") {
  ViewWorld w;
  auto& body = w.cluster.bodies[0];
  body.writable = PrivilegeSet(Privilege::update) | Privilege::insert;
  CHECK(w.access(w.view, Privilege::delete_).why == Why::not_writable);
  CHECK(w.access(w.view, Privilege::update).kind == Kind::all);
  REQUIRE(w.access(w.view, Privilege::update).bases.size() == 1);
  CHECK(w.access(w.view, Privilege::update).bases[0].why == Why::owner);
  w.cluster.relations[1].options = {"security_invoker=true"};
  CHECK(w.access(w.view, Privilege::update).kind == Kind::some);
  CHECK(w.access(w.view, Privilege::insert).kind == Kind::some);
  auto joined = w;
  joined.cluster.bodies[0].code.uses.push_back({w.view, Privilege::select, false});
  CHECK(joined.access(w.view, Privilege::update).unknown ==
        "which of the view's tables is written to is not told apart");
  Attachment trigger;
  trigger.relation = w.view;
  trigger.on = Privilege::insert;
  w.cluster.attachments = {trigger};
  CHECK(w.access(w.view, Privilege::insert).unknown ==
        "a trigger or rule of the view decides what is written");
  CHECK(w.access(w.view, Privilege::update).kind == Kind::some);
}

TEST_CASE("what is not seen or not followed is unknown, not clean", "[graph][rows]") {
  ViewWorld w;
  CHECK(w.access(w.view, Privilege::update).unknown == "what goes through the view was not read");
  auto unclear = w;
  unclear.cluster.bodies[0].code.unknown = "EXECUTE";
  CHECK(unclear.access(w.view).kind == Kind::unknown);
  CHECK(unclear.access(w.view).unknown == "EXECUTE");
  auto endless = w;
  endless.cluster.bodies[0].code.uses[0].object = w.view;
  CHECK(endless.access(w.view).kind == Kind::unknown);
  auto old = w;
  old.cluster.unseen[Fact::code] = {"an old snapshot", ""};
  CHECK(old.access(w.view).unknown == "an old snapshot");
  // Whether its policy is always true is not known.
  CHECK(old.access(w.table).kind == Kind::unknown);
  CHECK(w.access(w.table, Privilege::truncate).kind == Kind::none);
}

TEST_CASE("a policy whose USING is left out admits no row, but a new one", "[graph][rows]") {
  ViewWorld w;
  auto& policy = w.cluster.row_policies[0];
  policy.using_expression.reset();
  policy.check_expression = "true";
  policy.check_always_true = true;
  CHECK(w.access(w.table).why == Why::no_policy);
  CHECK(w.access(w.table, Privilege::update).why == Why::no_policy);
  CHECK(w.access(w.table, Privilege::insert).why == Why::always_true);
  policy.permissive = false;
  CHECK(w.access(w.table, Privilege::insert).why == Why::no_policy);
}

TEST_CASE("views of views are worked out once each, and those without an end end",
          "[graph][rows]") {
  ViewWorld w;
  const auto add_view = [&](std::uint32_t number) {
    auto object = w.cluster.object(w.view);
    object.oid = number;
    object.name = "v" + std::to_string(number);
    object.detail = static_cast<std::uint32_t>(w.cluster.relations.size());
    w.cluster.relations.push_back(RelationDetail{'v', false, false, {}, {}});
    w.cluster.objects.push_back(object);
    return ObjectId{static_cast<std::uint32_t>(w.cluster.objects.size() - 1)};
  };
  // Each over two of the level below: 2^47 ways down to the table.
  std::vector<ObjectId> below{w.view, w.view};
  std::vector<ObjectId> all;
  for (std::uint32_t level = 0; level < 48; ++level) {
    std::vector<ObjectId> here;
    for (std::uint32_t i = 0; i < 2; ++i) {
      const auto view = add_view(30000 + 2 * level + i);
      std::vector<CodeUse> uses{{below[0], Privilege::select, false}};
      if (below[1] != below[0]) uses.push_back({below[1], Privilege::select, false});
      w.cluster.bodies.push_back({view, {uses, {}, {}, NameLookup(), {}, ""}, std::nullopt});
      here.push_back(view);
      all.push_back(view);
    }
    below = here;
  }
  const auto top = w.access(below[0]);
  CHECK(top.kind == Kind::all);
  CHECK(top.bases.size() == 1);
  // Now the lowest use the highest.
  auto endless = w;
  for (auto& body : endless.cluster.bodies) {
    if (body.of != all[0] && body.of != all[1]) continue;
    body.code.uses.push_back({below[0], Privilege::select, false});
    body.code.uses.push_back({below[1], Privilege::select, false});
  }
  CHECK(endless.access(below[0]).kind == Kind::unknown);
  CHECK(endless.access(all[0]).kind == Kind::unknown);
}
