// The connection space held against the plain procedure: for every point of a small space
// the first record that matches it decides (hba.c, check_hba).

#include "reach/space.hpp"

#include <algorithm>
#include <optional>
#include <random>

#include "input/hba.hpp"
#include "support/catch.hpp"
#include "support/memory_files.hpp"

using namespace pgleast;

namespace {

constexpr std::uint32_t network = 0x0A000000;  // 10.0.0.0
constexpr std::uint32_t addresses = 16;

Cluster small_world() {
  Cluster cluster;
  cluster.version_num = 180000;
  for (const char* const name : {"u1", "u2", "u3"}) {
    Role role;
    role.name = name;
    role.oid = static_cast<std::uint32_t>(100 + cluster.roles.size());
    role.login = true;
    cluster.roles.push_back(role);
  }
  cluster.memberships.push_back({RoleId{1}, RoleId{0}, no_role, false, true, true});  // u1 in u2
  for (const char* const name : {"d1", "d2", "u1"}) {
    Object database;
    database.kind = ObjectKind::database;
    database.name = name;
    database.identity = name;
    database.owner = RoleId{2};
    database.detail = static_cast<std::uint32_t>(cluster.databases.size());
    cluster.databases.push_back({});
    cluster.objects.push_back(database);
  }
  return cluster;
}

template <typename T>
const T& one_of(std::mt19937& random, const std::vector<T>& list) {
  return list[random() % list.size()];
}

std::string random_record(std::mt19937& random) {
  using Words = std::vector<std::string>;
  const auto type = one_of<std::string>(
      random, Words{"local", "host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc"});
  auto record =
      type + " " +
      one_of<std::string>(random, Words{"all", "d1", "d1,d2", "replication", "sameuser", "samerole",
                                        "\"all\"", "d2,replication", "/^d"}) +
      " " +
      one_of<std::string>(random, Words{"all", "u1", "u2,u3", "+u2", "\"+u2\"", "u3", "/^u[12]$"});
  if (type != "local") {
    record +=
        " " + one_of<std::string>(random, Words{"all", "10.0.0.0/28", "10.0.0.8/29", "10.0.0.3/32",
                                                "10.0.0.0 255.255.255.245", "0.0.0.0/0", "::/0"});
  }
  return record + " " + one_of<std::string>(random, Words{"trust", "reject", "scram-sha-256"});
}

struct Point {
  Transport transport;
  std::size_t role, database;
  std::uint32_t address;
};

bool takes(const Space& space, const Piece& piece, const Point& p) {
  (void)space;
  const auto has = [](const std::vector<std::uint32_t>& list, std::size_t n) {
    return std::find(list.begin(), list.end(), n) != list.end();
  };
  if (piece.transport != p.transport || !has(piece.roles, p.role)) return false;
  if (!has(piece.databases, p.database)) return false;
  if (p.transport == Transport::local) return true;
  const AddressNumber at{0, p.address};
  for (const auto& range : piece.origin.v4.ranges()) {
    if (range.first <= at && at <= range.last) return true;
  }
  return false;
}

// The server's procedure, written out once more and on single points only.
bool matches(const Space& space, const HbaRecord& r, const Point& p) {
  const auto type = r.type;
  const bool local = p.transport == Transport::local;
  if (local != (type == ConnectionType::local)) return false;
  if (type == ConnectionType::hostssl && p.transport != Transport::tls) return false;
  if (type == ConnectionType::hostnossl && p.transport == Transport::tls) return false;
  if (type == ConnectionType::hostgssenc && p.transport != Transport::gss) return false;
  if (type == ConnectionType::hostnogssenc && p.transport == Transport::gss) return false;
  if (r.address.kind == AddressKind::ip) {
    if (r.address.address.size() != 4) return false;
    for (std::size_t i = 0; i < 4; ++i) {
      const auto byte = static_cast<std::uint8_t>(p.address >> (8 * (3 - i)));
      if (((byte ^ r.address.address[i]) & r.address.mask[i]) != 0) return false;
    }
  }
  const auto& role = space.roles[p.role].name;
  const auto& database = space.databases[p.database];
  bool user = false, db = false;
  for (const auto& t : r.users) {
    user = user || (!t.quoted && t.text == "all") || t.text == role ||
           (!t.quoted && t.text == "+u2" && (role == "u1" || role == "u2")) ||
           (t.text == "/^u[12]$" && (role == "u1" || role == "u2"));
  }
  for (const auto& t : r.databases) {
    if (database.replication) {
      db = db || (!t.quoted && t.text == "replication");
      continue;
    }
    const auto& name = database.name;
    db = db || (!t.quoted && t.text == "all") || (t.text == name && t.text != "replication") ||
         (t.text == "sameuser" && name == role) ||
         (t.text == "samerole" && (name == role || (name == "u2" && role == "u1"))) ||
         (t.text == "/^d" && name[0] == 'd');
  }
  return user && db;
}

}  // namespace

TEST_CASE("the space says for every point which record decides", "[reach]") {
  const auto seed = GENERATE(range(1U, 151U));
  std::mt19937 random(seed);
  auto cluster = small_world();
  std::string text;
  const auto count = 1 + random() % 8;
  for (std::size_t i = 0; i < count; ++i) text += random_record(random) + "\n";
  std::vector<ConfigFile> read;
  cluster.hba = read_hba("pg_hba.conf", test::memory_files({{"pg_hba.conf", text}}),
                         cluster.version_num, read);
  CAPTURE(seed, text);
  REQUIRE(cluster.hba.loads());
  const Graph graph(cluster);
  const auto space = connection_space(cluster, graph);
  std::size_t points = 0, differences = 0;
  for (const auto transport :
       {Transport::local, Transport::plain, Transport::tls, Transport::gss}) {
    for (std::size_t role = 0; role < space.roles.size(); ++role) {
      for (std::size_t database = 0; database < space.databases.size(); ++database) {
        for (std::uint32_t a = 0; a < addresses; ++a) {
          const Point p{transport, role, database, network + a};
          std::optional<std::size_t> first, found;
          for (std::size_t i = 0; i < cluster.hba.records.size() && !first; ++i) {
            if (matches(space, cluster.hba.records[i], p)) first = i;
          }
          std::size_t deciders = 0;
          for (const auto& piece : space.pieces) {
            if (!takes(space, piece, p)) continue;
            found = piece.record;
            ++deciders;
          }
          ++points;
          differences += first != found || deciders > 1 ? 1U : 0U;
        }
      }
    }
  }
  CHECK(points == 4 * 3 * 4 * addresses);
  CHECK(differences == 0);
}
