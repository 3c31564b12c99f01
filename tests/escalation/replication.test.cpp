// When a role with REPLICATION decodes changes, as servers 18 and 19 let it.

#include "escalation/escalation.hpp"
#include "model/fresh_cluster.hpp"
#include "support/catch.hpp"

using namespace pgleast;

namespace {

Cluster cluster_of(int major, const std::string& wal_level) {
  auto cluster = fresh_cluster(major * 10000);
  Role role;
  role.name = "app";
  role.oid = 16384;
  role.replication = true;
  cluster.roles.push_back(role);
  Setting setting;
  setting.name = "wal_level";
  setting.value = wal_level;
  cluster.settings.push_back(setting);
  cluster.unseen.erase(Fact::settings);
  return cluster;
}

}  // namespace

TEST_CASE("from 19 on changes are decoded with wal_level = replica, too", "[escalation]") {
  struct Case {
    int major;
    const char* wal_level;
    bool decodes;
  };
  const auto c = GENERATE(values<Case>({
      {18, "minimal", false},
      {18, "replica", false},
      {18, "logical", true},
      {19, "minimal", false},
      {19, "replica", true},
      {19, "logical", true},
  }));
  CAPTURE(c.major, c.wal_level);
  const auto cluster = cluster_of(c.major, c.wal_level);
  const Graph graph(cluster);
  const Connections connections(graph);
  CHECK(Escalations(graph, connections).openings("ESC-DECODE").size() == (c.decodes ? 1U : 0U));
}
