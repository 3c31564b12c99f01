#include "model/acl.hpp"

#include "model/cluster.hpp"
#include "support/catch.hpp"
#include "text/diagnostic.hpp"

using namespace pgleast;

namespace {

Cluster with_roles(const std::vector<std::string>& names) {
  Cluster cluster;
  for (const auto& name : names) {
    Role role;
    role.name = name;
    cluster.roles.push_back(role);
  }
  return cluster;
}

}  // namespace

TEST_CASE("an access list is read and written as the server prints it", "[model][acl]") {
  const auto* const text =
      GENERATE("{}", "{owner=arwdDxt/owner}", "{=r/owner,app=r*w/owner}", "{app=/owner}",
               R"({"\"odd \"\"name\"\"\"=r/\"x=y\"",owner=U/owner})", R"({"\"a,b\"=X/\"c}\""})",
               R"({"\"back\\slash\"=r/owner"})", "{16384=r/owner}", "{app=sA*/owner}");
  auto cluster = with_roles({"owner", "app"});
  AclPool pool(cluster);
  const auto id = pool.intern_text(text);
  CHECK(to_string(cluster.acls[index(id)], [&](RoleId r) { return cluster.role_name(r); }) == text);
  CHECK(pool.intern_text(text) == id);
}

TEST_CASE("an access list that is none is refused at its place", "[model][acl]") {
  const auto* const text = GENERATE("", "{", "owner=r/owner", "{owner}", "{owner=q/owner}",
                                    "{owner=r}", "{\"owner=r/owner}", "{owner=r/owner");
  auto cluster = with_roles({"owner"});
  AclPool pool(cluster);
  CHECK_THROWS_AS(pool.intern_text(text), Error);
}

TEST_CASE("a name without a role is a dropped one", "[model][acl]") {
  auto cluster = with_roles({"owner"});
  AclPool pool(cluster);
  pool.intern_text("{16999=r/owner}");
  REQUIRE(cluster.roles.size() == 2);
  CHECK(cluster.roles[1].dropped);
  CHECK(cluster.roles[1].oid == 16999);
  CHECK_FALSE(cluster.find_role("16999"));
}
