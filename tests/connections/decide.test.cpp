// The plain procedure: rows of files and connections, and what real servers of version 12 to 19
// answered (tests/data/hba_match.json).

#include "connections/decide.hpp"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "input/config/hba.hpp"
#include "support/catch.hpp"
#include "support/memory_files.hpp"

using namespace pgleast;
using nlohmann::json;

namespace {

using Bytes = std::vector<std::uint8_t>;

const Bytes stranger{10, 1, 2, 3};
const Bytes localhost4{127, 0, 0, 1};
const Bytes localhost6{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

void add_role(Cluster& cluster, const std::string& name) {
  Role role;
  role.name = name;
  role.oid = static_cast<std::uint32_t>(100 + cluster.roles.size());
  role.login = true;
  cluster.roles.push_back(role);
}

Cluster cluster_of(int version_num, const std::string& hba) {
  auto cluster = unknown_cluster(version_num);
  std::vector<ConfigFile> read;
  cluster.hba = read_hba("f", test::memory_files({{"f", hba}}), version_num, read);
  REQUIRE(cluster.hba.loads());
  return cluster;
}

// "admit 2", "reject 3", "no-match", "unknown 1 2": the decision and the records' lines.
std::string decision_on(const Cluster& cluster, const Attempt& attempt) {
  const auto decision = decide(cluster, Graph(cluster), attempt);
  std::string result(to_string(decision.kind));
  for (const auto record : decision.records) {
    result += ' ' + std::to_string(cluster.hba.records[record].at.line);
  }
  return result;
}

std::string why(const Cluster& cluster, const Attempt& attempt) {
  return decide(cluster, Graph(cluster), attempt).why;
}

Attempt from(const Bytes& address, const std::string& user, const std::string& database,
             Encryption encryption = Encryption::none) {
  Attempt attempt;
  attempt.user = user;
  attempt.database = database;
  attempt.address = address;
  attempt.encryption = encryption;
  return attempt;
}

Attempt by_socket(const std::string& user, const std::string& database) {
  return from({}, user, database);
}

Attempt replicating(Attempt attempt) {
  attempt.physical_replication = true;
  return attempt;
}

Attempt named(Attempt attempt, const std::string& host_name) {
  attempt.host_name = host_name;
  return attempt;
}

// alice is a member of lead, lead of staff; root is a superuser and owns the database.
Cluster with_roles(Cluster cluster) {
  for (const char* const name : {"root", "alice", "lead", "staff", "pg_database_owner"}) {
    add_role(cluster, name);
  }
  cluster.roles[0].superuser = true;
  cluster.memberships.push_back({RoleId{2}, RoleId{1}, no_role, false, false, false});
  cluster.memberships.push_back({RoleId{3}, RoleId{2}, no_role, false, false, false});
  cluster.unseen.erase(Fact::roles);
  cluster.name = "shop";
  Object database;
  database.kind = ObjectKind::database;
  database.name = database.identity = "shop";
  database.owner = RoleId{0};
  cluster.objects.push_back(database);
  cluster.databases.push_back({});
  return cluster;
}

}  // namespace

TEST_CASE("the first record that matches decides", "[reach][decide]") {
  struct Row {
    const char* hba;
    Attempt attempt;
    const char* expected;
    int major = 18;
  };
  const std::string long_name(63, 'x');
  const auto row = GENERATE_COPY(values<Row>({
      {"local all all trust", by_socket("a", "d"), "admit 1"},
      {"local all all trust", from(stranger, "a", "d"), "no-match"},
      {"host all all all trust", by_socket("a", "d"), "no-match"},
      {"host all all all trust", from(stranger, "a", "d", Encryption::tls), "admit 1"},
      {"host all all all trust", from(stranger, "a", "d", Encryption::gss), "admit 1"},
      {"hostssl all all all trust", from(stranger, "a", "d"), "no-match"},
      {"hostssl all all all trust", from(stranger, "a", "d", Encryption::tls), "admit 1"},
      {"hostssl all all all trust", from(stranger, "a", "d", Encryption::gss), "no-match"},
      {"hostnossl all all all trust", from(stranger, "a", "d"), "admit 1"},
      {"hostnossl all all all trust", from(stranger, "a", "d", Encryption::tls), "no-match"},
      {"hostnossl all all all trust", from(stranger, "a", "d", Encryption::gss), "admit 1"},
      {"hostgssenc all all all trust", from(stranger, "a", "d", Encryption::gss), "admit 1"},
      {"hostgssenc all all all trust", from(stranger, "a", "d", Encryption::tls), "no-match"},
      {"hostnogssenc all all all trust", from(stranger, "a", "d", Encryption::tls), "admit 1"},
      {"hostnogssenc all all all trust", from(stranger, "a", "d", Encryption::gss), "no-match"},
      {"host all all 10.1.0.0/16 reject\nhost all all all md5", from(stranger, "a", "d"),
       "reject 1"},
      {"host all all 10.2.0.0/16 reject\nhost all all all md5", from(stranger, "a", "d"),
       "admit 2"},
      {"host all all 10.0.2.0 255.0.255.0 md5", from(stranger, "a", "d"), "admit 1"},
      {"host all all ::/0 md5", from(stranger, "a", "d"), "no-match"},
      {"host all all ::ffff:10.1.2.3/128 md5", from(stranger, "a", "d"), "no-match"},
      {"host all all 0.0.0.0/0 md5", from(localhost6, "a", "d"), "no-match"},
      // names
      {"local \"all\" all md5", by_socket("a", "d"), "no-match"},
      {"local \"all\" all md5", by_socket("a", "all"), "admit 1"},
      {"local ALL all md5", by_socket("a", "d"), "no-match"},
      {"local sameuser all md5", by_socket("a", "a"), "admit 1"},
      {"local sameuser all md5", by_socket("a", "d"), "no-match"},
      {"local sameuser all md5", by_socket("a", ""), "admit 1"},
      {"local \"sameuser\" all md5", by_socket("a", "a"), "no-match"},
      {"local \"\" all md5", by_socket("a", ""), "no-match"},
      {"local all \"+a\" md5", by_socket("+a", "d"), "admit 1"},
      {"local d,e a,b md5", by_socket("b", "e"), "admit 1"},
      {"local all /^a md5", by_socket("bab", "d"), "no-match"},
      {"local all /a md5", by_socket("bab", "d"), "admit 1"},
      {"local all \"/^a\" md5", by_socket("ab", "d"), "admit 1"},
      {"local all /^a md5", by_socket("ab", "d"), "no-match", 15},
      {"local all /^a md5", by_socket("/^a", "d"), "admit 1", 15},
      {"local all /^a.$ md5", by_socket("a\xc3\xa9", "d"), "no-match"},
      {"local all /^a..$ md5", by_socket("a\xc3\xa9", "d"), "admit 1"},
      // 63 bytes are a name
      {"local all xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx md5",
       by_socket(long_name + "y", "d"), "admit 1"},
      {"local all xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxy md5",
       by_socket(long_name + "y", "d"), "no-match"},
      {"local sameuser all md5", by_socket(long_name + "y", long_name + "z"), "admit 1"},
      // replication
      {"local all all md5", replicating(by_socket("a", "d")), "no-match"},
      {"local sameuser,/ all md5", replicating(by_socket("a", "a")), "no-match"},
      {"local replication all md5", replicating(by_socket("a", "d")), "admit 1"},
      {"local \"replication\" all md5", replicating(by_socket("a", "replication")), "no-match"},
      {"local replication all md5", by_socket("a", "replication"), "no-match"},
      {"local \"replication\" all md5", by_socket("a", "replication"), "admit 1"},
      // the machine itself
      {"host all all samehost md5", from(localhost4, "a", "d"), "admit 1"},
      {"host all all samehost md5", from({127, 0, 0, 2}, "a", "d"), "no-match"},
      {"host all all samehost md5", from({127, 1, 0, 1}, "a", "d"), "no-match"},
      {"host all all samehost md5", from(localhost6, "a", "d"), "admit 1"},
      {"host all all samehost md5", from(stranger, "a", "d"), "unknown 1"},
      {"host all all samenet md5", from({127, 0, 0, 2}, "a", "d"), "admit 1"},
      {"host all all samenet md5", from(localhost6, "a", "d"), "admit 1"},
      {"host all all samenet md5", from(stranger, "a", "d"), "unknown 1"},
      // host names
      {"host all all db.example.org md5", from(stranger, "a", "d"), "unknown 1"},
      {"host all all db.example.org md5", named(from(stranger, "a", "d"), ""), "no-match"},
      {"host all all .example.org md5", named(from(stranger, "a", "d"), "DB.Example.ORG"),
       "admit 1"},
      {"host all all .example.org md5", named(from(stranger, "a", "d"), "db.example.org.evil"),
       "no-match"},
      {"host all all .example.org md5", named(from(stranger, "a", "d"), "example.org"), "no-match"},
      {"host all all example.org md5", named(from(stranger, "a", "d"), "db.example.org"),
       "no-match"},
      {"host all all \"all\" md5", named(from(stranger, "a", "d"), "db.example.org"), "no-match"},
      {"host all all \"samehost\" md5", from(localhost4, "a", "d"), "unknown 1"},
  }));
  CAPTURE(row.hba, row.attempt.user, row.attempt.database, row.major);
  CHECK(decision_on(cluster_of(row.major * 10000, row.hba), row.attempt) == row.expected);
}

TEST_CASE("what may match leaves the decision unknown only where outcomes differ",
          "[reach][decide]") {
  struct Row {
    const char* hba;
    const char* expected;
    const char* why;
  };
  const auto row = GENERATE(values<Row>({
      {"host all all h.org trust\nhost all all all reject", "unknown 1 2",
       "it hangs on whether the name of 10.1.2.3 is `h.org` (f:1: trust); else f:2 decides: "
       "reject"},
      {"host all all h.org reject\nhost all all all reject\nhost all all all md5", "reject 1 2",
       "f:1 or f:2 decides, to the same effect: host all all all reject"},
      {"host all all .h.org md5\nhost all all samenet md5\nhost all all all md5", "admit 1 2 3",
       "f:1 or f:2 or f:3 decides, to the same effect: host all all all md5"},
      {"hostssl all all .h.org md5 clientcert=verify-ca\nhost all all all md5", "unknown 1 2",
       "it hangs on whether the name of 10.1.2.3 ends in `.h.org` (f:1: md5); else f:2 decides: "
       "md5"},
      {"hostssl all all h.org reject clientcert=verify-ca\nhost all all all reject", "reject 1 2",
       "f:1 or f:2 decides, to the same effect: host all all all reject"},
      {"host all all h.org reject", "unknown 1",
       "it hangs on whether the name of 10.1.2.3 is `h.org` (f:1: reject); else no record "
       "matches"},
      {"host all all h.org md5\nhost all +g samenet trust\nhost all all all md5", "unknown 1 2 3",
       "it hangs on whether 10.1.2.3 lies in a network of the server, and whether a is a member "
       "of g (f:2: trust); else f:3 decides: md5"},
      {"host all +g,+h,b all trust\nhost samerole all all md5\nhost all all all reject",
       "unknown 1 2 3",
       "it hangs on whether a is a member of g or whether a is a member of h (f:1: trust); on "
       "whether a is a member of d (f:2: md5); else f:3 decides: reject"},
      {"host all +g,a all trust", "admit 1",
       "the first record that matches: host all +g,a all trust"},
      {"host all +g 10.9.0.0/16 trust\nhost b +g all trust\nhost all all all md5", "admit 3",
       "the first record that matches: host all all all md5"},
      {"host all +a all md5", "admit 1", "the first record that matches: host all +a all md5"},
      {"host all +pg_database_owner all md5", "no-match",
       "no record matches; the server rejects such a connection"},
      {"host all /(?i)A all trust\nhost all all all reject", "unknown 1 2",
       "it hangs on whether `/(?i)A` matches `a` (f:1: trust); else f:2 decides: reject"},
      {"host all /(?i)A,a all trust", "admit 1",
       "the first record that matches: host all /(?i)A,a all trust"},
  }));
  CAPTURE(row.hba);
  const auto cluster = cluster_of(180000, row.hba);
  const auto attempt = from(stranger, "a", "d", Encryption::tls);
  CHECK(decision_on(cluster, attempt) == row.expected);
  CHECK(why(cluster, attempt) == row.why);
}

TEST_CASE("a group has its members, whatever they inherit, and no superuser", "[reach][decide]") {
  struct Row {
    const char* hba;
    const char* user;
    const char* database;
    const char* expected;
  };
  const auto row = GENERATE(values<Row>({
      {"local all +staff md5", "alice", "d", "admit 1"},
      {"local all +staff md5", "staff", "d", "admit 1"},
      {"local all +staff md5", "root", "d", "no-match"},
      {"local all +staff md5", "nobody", "d", "no-match"},
      {"local all +nobody md5", "nobody", "d", "no-match"},
      {"local all \"+staff\" md5", "alice", "d", "no-match"},
      {"local all +\"staff\" md5", "alice", "d", "admit 1"},
      {"local samerole all md5", "alice", "staff", "admit 1"},
      {"local samegroup all md5", "alice", "lead", "admit 1"},
      {"local samerole all md5", "lead", "alice", "no-match"},
      {"local samerole all md5", "root", "staff", "no-match"},
      {"local samerole all md5", "nobody", "nobody", "no-match"},
      {"local all +pg_database_owner md5", "root", "shop", "no-match"},
      {"local all +pg_database_owner md5", "pg_database_owner", "shop", "admit 1"},
  }));
  CAPTURE(row.hba, row.user, row.database);
  const auto cluster = with_roles(cluster_of(180000, row.hba));
  CHECK(decision_on(cluster, by_socket(row.user, row.database)) == row.expected);
}

TEST_CASE("a server whose ssl is off asks no record for TLS", "[reach][decide]") {
  const auto cluster = cluster_of(180000, "host all all all trust");
  auto attempt = from(stranger, "a", "d", Encryption::tls);
  CHECK(decision_on(cluster, attempt) == "admit 1");
  attempt.ssl = true;
  CHECK(decision_on(cluster, attempt) == "admit 1");
  attempt.ssl = false;
  CHECK(decision_on(cluster, attempt) == "no-match");
  CHECK(why(cluster, attempt).starts_with("`ssl` is off"));
  attempt.encryption = Encryption::none;
  CHECK(decision_on(cluster, attempt) == "admit 1");
}

TEST_CASE("db_user_namespace gives each user the database's name", "[reach][decide]") {
  auto cluster = cluster_of(160000, "local all a@d trust\nlocal all a reject");
  CHECK(decision_on(cluster, by_socket("a", "d")) == "reject 2");
  cluster.settings.push_back({"db_user_namespace", "on", "configuration file", "", 0});
  CHECK(decision_on(cluster, by_socket("a", "d")) == "admit 1");
  CHECK(decision_on(cluster, by_socket("a", "e")) == "no-match");
  CHECK(decision_on(cluster, by_socket("a@", "d")) == "reject 2");
  CHECK(decision_on(cluster, by_socket("a@d", "d")) == "no-match");
}

namespace {

Cluster golden_cluster(const json& golden, int major, const std::string& hba) {
  auto cluster = cluster_of(major * 10000, hba);
  for (const std::string name : golden["roles"]) add_role(cluster, name);
  for (const std::string name : golden["superusers"]) {
    cluster.roles[index(*cluster.find_role(name))].superuser = true;
  }
  for (const auto& m : golden["memberships"]) {
    if (m["since"] > major) continue;
    cluster.memberships.push_back({*cluster.find_role(m["role"].get<std::string>()),
                                   *cluster.find_role(m["member"].get<std::string>())});
  }
  cluster.unseen.erase(Fact::roles);
  return cluster;
}

// user, database, `sock` or an address, and what else was said to libpq.
Attempt golden_attempt(const json& connection) {
  auto attempt = by_socket(connection[0], connection[1]);
  const std::string origin = connection[2];
  const std::string further = connection.size() > 3 ? connection[3].get<std::string>() : "";
  if (origin == "127.0.0.1") {
    attempt = named(from(localhost4, attempt.user, attempt.database), "localhost");
  } else if (origin == "::1") {
    attempt = named(from(localhost6, attempt.user, attempt.database), "");
  } else {
    REQUIRE(origin == "sock");
  }
  attempt.physical_replication = further == "replication=1";
  if (further == "sslmode=require") attempt.encryption = Encryption::tls;
  return attempt;
}

}  // namespace

TEST_CASE("the record that decides is the one that decided on real servers",
          "[reach][decide][golden]") {
  std::ifstream stream(PGLEAST_SOURCE_DIR "/tests/data/hba_match.json");
  const auto golden = json::parse(stream);
  std::size_t compared = 0, unknown = 0;
  for (const auto& c : golden["connections"]) {
    for (const auto& [version, expected] : c["result"].items()) {
      const auto cluster = golden_cluster(golden, std::stoi(version), c["hba"]);
      const auto attempt = golden_attempt(c["connection"]);
      CAPTURE(c.dump(), version);
      const auto decision = decide(cluster, Graph(cluster), attempt);
      ++compared;
      if (decision.kind == DecisionKind::unknown) {
        ++unknown;
        continue;
      }
      std::string ours(to_string(decision.kind));
      if (ours == "no-match") ours = "nomatch";
      if (ours == "admit") {
        ours = "line" + std::to_string(cluster.hba.records[decision.records.back()].at.line);
      }
      CHECK(ours == expected.get<std::string>());
    }
  }
  CHECK(compared == 34 * known_versions.size());
  CHECK(unknown == 4);  // `(?i)`, from 16 on
}
