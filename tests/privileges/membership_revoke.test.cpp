// REVOKE of memberships. What is left is what 15.18 and 18.4 had then.

#include "privileges/membership_revoke.hpp"

#include "pg/refused.hpp"
#include "support/small_cluster.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

using What = MembershipRevoke::What;

// Two who administer r, one member by both, and whom that one let in.
Cluster two_admins(int major) {
  auto cluster = small_cluster(major, {"r", "a1", "a2", "x", "y"});
  add_membership(cluster, "r", "a1", "postgres", true);
  add_membership(cluster, "r", "a2", "postgres", true);
  add_membership(cluster, "r", "x", "a1", true);
  if (major >= 16) add_membership(cluster, "r", "x", "a2", true);
  add_membership(cluster, "r", "y", "x");
  return cluster;
}

struct Revoke {
  const char* member;
  const char* grantor;
  What what;
  bool cascade;
};

}  // namespace

TEST_CASE("REVOKE of a membership takes what the member granted", "[privileges]") {
  struct Case {
    int major;
    std::vector<Revoke> revokes;
    const char* left;  // empty: the server refuses
  };
  const auto c = GENERATE(
      Case{18, {{"a1", "postgres", What::membership, false}}, ""},
      Case{18, {{"a1", "postgres", What::membership, true}}, "a2<postgres admin, x<a2 admin, y<x"},
      Case{18,
           {{"a1", "postgres", What::membership, true}, {"a2", "postgres", What::admin, true}},
           "a2<postgres"},
      Case{18, {{"a2", "postgres", What::admin, true}, {"x", "a1", What::admin, false}}, ""},
      // Both options go in one statement: then nothing holds the rest.
      Case{18,
           {{"a1", "postgres", What::admin, true}, {"a2", "postgres", What::admin, true}},
           "a1<postgres, a2<postgres"},
      Case{18,
           {{"y", "x", What::membership, false}},
           "a1<postgres admin, a2<postgres admin, x<a1 admin, x<a2 admin"},
      Case{18,
           {{"y", "x", What::inherit, false}, {"a1", "postgres", What::set, false}},
           "a1<postgres admin noset, a2<postgres admin, x<a1 admin, x<a2 admin, y<x noinherit"},
      // Another's grant is none.
      Case{18,
           {{"y", "a1", What::membership, false}},
           "a1<postgres admin, a2<postgres admin, x<a1 admin, x<a2 admin, y<x"},
      // Before 16 nothing hangs on it, and the grantor does not matter.
      Case{15, {{"a1", "postgres", What::membership, false}}, "a2<postgres admin, x<a1 admin, y<x"},
      Case{15,
           {{"a2", "postgres", What::admin, false}},
           "a1<postgres admin, a2<postgres, x<a1 admin, y<x"},
      Case{15,
           {{"x", "postgres", What::membership, false}},
           "a1<postgres admin, a2<postgres admin, y<x"});
  auto cluster = two_admins(c.major);
  INFO(c.major << ' ' << c.revokes[0].member);
  MembershipRevoke plan(cluster.memberships, role_named(cluster, "r"), c.major);
  const auto all = [&] {
    for (const auto& r : c.revokes) {
      plan.revoke(role_named(cluster, r.member), role_named(cluster, r.grantor), r.what, r.cascade);
    }
  };
  if (*c.left == '\0') {
    CHECK_THROWS_AS(all(), Refused);
    return;
  }
  const auto before = members_of(cluster, "r");
  all();
  plan.carry_out(cluster.memberships);
  CHECK(members_of(cluster, "r") == c.left);
  CHECK(plan.touches_any() == (before != c.left));
}

TEST_CASE("memberships go in an order in which they can be granted again", "[privileges]") {
  auto cluster = two_admins(18);
  MembershipRevoke plan(cluster.memberships, role_named(cluster, "r"), 18);
  plan.revoke_at(0);
  plan.revoke_at(1);
  CHECK(plan.gone() == std::vector<std::size_t>{0, 2, 1, 3, 4});
  CHECK_FALSE(plan.keeps_admin(role_named(cluster, "x")));
}
