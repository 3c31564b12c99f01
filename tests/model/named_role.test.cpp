// A role that somebody asks about, and a name that nobody has.

#include "model/named_role.hpp"

#include "support/catch.hpp"
#include "support/script_cluster.hpp"
#include "text/diagnostic.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

std::string asked(const Cluster& cluster, const std::string& name) {
  try {
    return cluster.role_name(role_asked_for(cluster, name));
  } catch (const Error& e) {
    CHECK(e.fault() == Fault::usage);
    return e.what();
  }
}

}  // namespace

TEST_CASE("a role is asked for by its name", "[model]") {
  auto cluster = script_cluster("CREATE ROLE app; CREATE ROLE \"my app\";");
  dropped_role(cluster, 16999, "16999");
  CHECK(asked(cluster, "app") == "app");
  CHECK(asked(cluster, "my app") == "my app");
  CHECK(asked(cluster, "ap") == "there is no role `ap`; did you mean `app`?");
  CHECK(asked(cluster, "App") == "there is no role `App`; did you mean `app`?");
  CHECK(asked(cluster, "nobody") == "there is no role `nobody`");
  // One that is gone is neither found nor meant.
  CHECK(asked(cluster, "16999") == "there is no role `16999`");
  CHECK(asked(cluster, "1699") == "there is no role `1699`");
}
