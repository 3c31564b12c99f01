// One notion of who can log in: on random worlds `audit` (HBA-009, HBA-010, ROL-003), `reach` and
// the plain question for one role at one record say the same.

#include <algorithm>
#include <iostream>
#include <random>
#include <set>
#include <string>

#include "connections/decide.hpp"
#include "connections/login.hpp"
#include "input/config/hba.hpp"
#include "policies/examples.hpp"
#include "reach/door.hpp"
#include "support/catch.hpp"
#include "support/memory_files.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

const std::string today = "2026-01-01";  // as verdict_of_rule has it

template <typename Item>
const Item& one_of(std::mt19937& random, const std::vector<Item>& list) {
  return list[random() % list.size()];
}

Role random_role(std::mt19937& random, const std::string& name) {
  Role role;
  role.name = name;
  role.login = random() % 5 != 0;
  role.superuser = random() % 2 == 0;
  role.replication = random() % 2 == 0;
  role.createrole = random() % 2 == 0;
  role.connection_limit = random() % 6 == 0 ? 0 : -1;
  role.password = one_of<PasswordKind>(
      random, {PasswordKind::none, PasswordKind::md5, PasswordKind::scram_sha_256});
  role.valid_until = one_of<std::string>(random, {"", "", "2001-01-01 00:00:00+00", "infinity"});
  return role;
}

Cluster random_world(std::mt19937& random) {
  auto cluster = unknown_cluster(170000);
  cluster.unseen.clear();
  for (const std::string name : {"admin", "ann", "ben"}) {
    cluster.roles.push_back(random_role(random, name));
    cluster.roles.back().oid = static_cast<std::uint32_t>(16384 + cluster.roles.size());
  }
  for (const std::string name : {"shop", "closed"}) {
    Object database;
    database.kind = ObjectKind::database;
    database.name = database.identity = name;
    database.oid = static_cast<std::uint32_t>(17000 + cluster.databases.size());
    database.owner = RoleId{0};
    database.detail = static_cast<std::uint32_t>(cluster.databases.size());
    cluster.databases.push_back({name == "shop", false, -1, true});
    cluster.objects.push_back(std::move(database));
  }
  std::string text;
  for (auto count = 1 + random() % 4; count > 0; --count) {
    text += "host " + one_of<std::string>(random, {"all", "shop", "closed", "replication"}) + ' ' +
            one_of<std::string>(random, {"all", "admin", "ann", "ben,ann"}) + " 10.0.0.0/8 " +
            one_of<std::string>(random,
                                {"trust", "md5", "scram-sha-256", "password", "reject", "pam"}) +
            '\n';
  }
  cluster.hba = read_hba("h", memory_files({{"h", text}}), cluster.version_num, cluster.files, {});
  REQUIRE(cluster.hba.loads());
  return cluster;
}

// By the plain way down the file, from 10.1.2.3 without TLS.
bool gets_in(const Graph& graph, RoleId role, const std::string& database) {
  const auto& cluster = graph.cluster();
  Attempt attempt;
  attempt.user = cluster.role(role).name;
  attempt.database = database;
  attempt.physical_replication = database.empty();
  attempt.address = {10, 1, 2, 3};
  const auto decision = decide(cluster, graph, attempt);
  if (decision.kind != DecisionKind::admit) return false;
  Session session;
  if (database.empty()) session.kind = Session::Kind::physical_replication;
  for (std::uint32_t i = 0; i < cluster.objects.size(); ++i) {
    if (cluster.objects[i].name == database) session.database = ObjectId{i};
  }
  return login(graph, cluster.hba.records[decision.records.back()], role, session, today)
      .can_be_met;
}

bool reaches(const Doors& doors, RoleId id, bool replication) {
  return std::any_of(doors.all().begin(), doors.all().end(), [&](const Door& door) {
    if (door.replication != replication) return false;
    return std::any_of(door.roles.begin(), door.roles.end(), [&](const DoorRole& role) {
      if (role.role != id || !role.demand.can_be_met) return false;
      if (replication) return doors.replicates(id);
      return std::any_of(door.databases.begin(), door.databases.end(),
                         [&](const DoorDatabase& d) { return doors.lets_in(role, d); });
    });
  });
}

std::set<std::string> subjects(const Verdict& verdict) {
  std::set<std::string> result;
  for (const auto& finding : verdict.findings) result.insert(finding.subject.name);
  return result;
}

}  // namespace

TEST_CASE("audit, reach and decide mean the same by logging in", "[checks]") {
  std::size_t roles = 0, in = 0, differences = 0;
  const auto policy = load_policy({"baseline"});
  for (unsigned seed = 1; seed <= 150; ++seed) {
    std::mt19937 random(seed);
    const auto cluster = random_world(random);
    const Graph graph(cluster);
    const Connections connections(graph);
    const Doors doors(graph, connections.decided(), {today});
    const auto superusers = subjects(verdict_of_rule(policy, "HBA-009", cluster));
    const auto creators = verdict_of_rule(policy, "ROL-003", cluster);
    const auto replication = verdict_of_rule(policy, "HBA-010", cluster);
    bool anybody_replicates = false;
    for (std::uint32_t r = 0; r < cluster.roles.size(); ++r) {
      const RoleId role{r};
      const auto& name = cluster.roles[r].name;
      const bool to_database = gets_in(graph, role, "shop") || gets_in(graph, role, "closed");
      const bool replicates = gets_in(graph, role, "");
      anybody_replicates = anybody_replicates || replicates;
      ++roles;
      in += to_database || replicates ? 1U : 0U;
      differences += to_database != reaches(doors, role, false) ? 1U : 0U;
      differences += replicates != reaches(doors, role, true) ? 1U : 0U;
      if (cluster.roles[r].superuser) {
        differences += superusers.contains(name) != (to_database || replicates) ? 1U : 0U;
      }
      for (const auto& finding : creators.findings) {
        if (finding.subject.name != name) continue;
        const bool logs_in = finding.path.front().text.find(" logs in by ") != std::string::npos;
        differences += logs_in != (to_database || replicates) ? 1U : 0U;
      }
    }
    // None of these names is that of a replication role.
    differences += anybody_replicates != !replication.findings.empty() ? 1U : 0U;
  }
  std::cout << "logging in: 150 worlds, " << roles << " roles, " << in << " get in, " << differences
            << " differences\n";
  CHECK(in > 100);
  CHECK(differences == 0);
}
