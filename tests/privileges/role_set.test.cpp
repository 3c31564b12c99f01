#include "privileges/role_set.hpp"

#include <random>
#include <set>

#include "privileges/membership_closure.hpp"
#include "support/catch.hpp"
#include "text/diagnostic.hpp"

using namespace pgleast;

namespace {

RoleId role(std::size_t number) { return RoleId{static_cast<std::uint32_t>(number)}; }

// The same set twice.
struct Both {
  explicit Both(std::size_t roles) : set(roles) {}
  RoleSet set;
  std::set<RoleId> plain;
  bool agree() const {
    return set.members() == std::vector<RoleId>(plain.begin(), plain.end()) &&
           set.count() == plain.size();
  }
};

}  // namespace

TEST_CASE("a set of roles is the same however many they are", "[privileges]") {
  const auto roles = GENERATE(3U, 63U, 128U, 1000U, 6400U);
  std::mt19937 random(roles);
  Both a(roles), b(roles);
  for (int i = 0; i < 3000; ++i) {
    auto& one = random() % 2 == 0 ? a : b;
    const auto& other = &one == &a ? b : a;
    const auto id = role(random() % roles);
    switch (random() % 12) {
      case 0:
        one.set |= other.set;
        one.plain.insert(other.plain.begin(), other.plain.end());
        break;
      case 1:
        one.set &= other.set;
        std::erase_if(one.plain, [&](RoleId r) { return !other.plain.contains(r); });
        break;
      case 2:
        one.set.clear();
        one.plain.clear();
        break;
      case 3:
      case 4:
        one.set.erase(id);
        one.plain.erase(id);
        break;
      default:
        CHECK(one.set.insert(id) == one.plain.insert(id).second);
    }
    REQUIRE(one.agree());
    CHECK(one.set.has(id) == one.plain.contains(id));
    CHECK((a.set == b.set) == (a.plain == b.plain));
    const bool meet =
        std::any_of(a.plain.begin(), a.plain.end(), [&](RoleId r) { return b.plain.contains(r); });
    CHECK(a.set.intersects(b.set) == meet);
  }
}

TEST_CASE("memberships are followed while they are no more than can be kept", "[privileges]") {
  constexpr std::size_t many = 100000;
  MembershipClosure groups(many);
  for (std::size_t i = 1; i < many; ++i) groups.add(role(i), role(0));
  for (std::size_t i = 1; i < many; ++i) {
    if (groups.of(role(i)).count() != 2) FAIL(i);
  }
  MembershipClosure chain(many);
  for (std::size_t i = 1; i < many; ++i) chain.add(role(i), role(i - 1));
  CHECK(chain.of(role(many - 1)).count() == many);
  const auto ask_all = [&] {
    for (std::size_t i = 0; i < many; ++i) (void)chain.of(role(i));
  };
  CHECK_THROWS_AS(ask_all(), Error);
}
