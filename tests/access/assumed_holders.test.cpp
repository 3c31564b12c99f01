// Whose privileges are known only as far as the scripts say them.

#include "access/assumed_holders.hpp"

#include <fmt/format.h>

#include "access/access_answer.hpp"
#include "input/replay/assuming_replay.hpp"
#include "model/fresh_cluster.hpp"
#include "support/catch.hpp"

using namespace pgleast;

namespace {

struct World {
  Cluster cluster = fresh_cluster(170000);
  Assumptions assumptions;

  explicit World(const std::string& sql) {
    replay_sql({Source("a.sql", sql)}, cluster, {}, Beneath::unknown, &assumptions);
  }
  std::string more() const {
    const auto roles = may_hold_more(cluster, assumptions);
    std::string names;
    for (std::uint32_t i = 0; i < roles.size(); ++i) {
      if (!roles[i] || cluster.roles[i].name.starts_with("pg_")) continue;
      names += (names.empty() ? "" : ", ") + cluster.roles[i].name;
    }
    return names;
  }
  std::string why() const {
    const auto unknown = unknown_beyond(assumptions);
    return unknown ? unknown->why : "";
  }
};

const std::string script =
    "CREATE ROLE app; CREATE ROLE member IN ROLE app; CREATE ROLE other; CREATE ROLE root "
    "SUPERUSER;"
    "CREATE TABLE t (a int); GRANT SELECT ON t TO anon; GRANT anon TO app, root;";

}  // namespace

TEST_CASE("who has a role that is assumed may hold more", "[access]") {
  const World roles(script);
  CHECK(roles.more() == "app, member, anon");
  CHECK(roles.why() == "role anon is assumed: what else it may do is not known");
  const World monitor("CREATE ROLE a; GRANT pg_monitor TO a; CREATE ROLE b; GRANT anon TO b;");
  CHECK(monitor.more() == "a, b, anon");
  const World two("CREATE ROLE a; GRANT b, c TO a;");
  CHECK(two.why() == "role b and role c are assumed: what else they may do is not known");
  const World objects("CREATE ROLE a; GRANT SELECT ON auth.users TO a;");
  CHECK(objects.more() == "a");
  CHECK(objects.why() ==
        "schema auth and relation auth.users are assumed: what else is there, and who holds it, is "
        "not known");
  const World all("CREATE ROLE a; CREATE TABLE t (a int); GRANT SELECT ON t TO a;");
  CHECK(all.more().empty());
  CHECK(all.why().empty());
}

TEST_CASE("an answer is whole unless somebody in it may hold more", "[access]") {
  const World world(script);
  struct Row {
    AccessQuestion question;
    bool whole;
  };
  const Row rows[] = {
      {{"", "", "", false}, false},
      {{"anon", "", "", false}, false},
      {{"member", "table:public.t", "SELECT", false}, true},  // whatever else it may do
      {{"member", "table:public.t", "INSERT", false}, false},
      {{"other", "table:public.t", "", false}, true},
      {{"root", "table:public.t", "", false}, true},
  };
  for (const auto& row : rows) {
    INFO(row.question.role << ' ' << row.question.privilege);
    const AccessAnswer answer(world.cluster, row.question, world.assumptions);
    CHECK(answer.unknown().has_value() != row.whole);
  }
}
