#include "support/small_space.hpp"

#include <algorithm>
#include <stdexcept>

#include "input/config/hba.hpp"
#include "support/memory_files.hpp"

namespace pgleast::test {
namespace {

constexpr std::uint32_t network = 0x0A000000;  // 10.0.0.0
constexpr std::uint32_t loopback = 0x7F000001;
constexpr std::uint32_t elsewhere = 0xCB007109;  // 203.0.113.9

using Words = std::vector<std::string>;

const std::string& one_of(std::mt19937& random, const Words& list) {
  return list[random() % list.size()];
}

bool says(const HbaName& name, std::string_view word) { return !name.quoted && name.text == word; }

bool in_u2(const std::string& role) { return role == "u1" || role == "u2"; }

bool matches_user(const RoleAtom& role, const HbaName& name) {
  if (says(name, "all")) return true;
  if (role.token) return name.text == role.name && !name.quoted;
  if (role.other) return false;
  if (says(name, "+u2")) return role.role ? in_u2(role.name) : role.name == "u2";
  if (name.text == "/^u[12]$") return in_u2(role.name);
  return name.text == role.name;
}

bool matches_database(const DatabaseAtom& database, const RoleAtom& role, const HbaName& name) {
  if (database.replication) return says(name, "replication");
  if (says(name, "all")) return true;
  if (database.token) {
    return name.text == database.name || (says(name, "samerole") && database.name == "sameuser");
  }
  if (database.other || says(name, "replication")) return false;
  if (says(name, "sameuser")) return database.name == role.name;
  if (says(name, "samerole")) {
    return database.name == role.name || (role.role && database.name == "u2" && role.name == "u1");
  }
  if (name.text == "/^d") return database.name.front() == 'd';
  return name.text == database.name;
}

bool matches_address(const HbaAddress& address, const Point& p) {
  if (address.kind != AddressKind::ip) return true;
  if (p.v6 != (address.address.size() == 16)) return false;
  std::vector<std::uint8_t> bytes(address.address.size());
  for (std::size_t i = 0; i < 4; ++i) {
    bytes[bytes.size() - 1 - i] = static_cast<std::uint8_t>(p.address >> (8 * i));
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (((bytes[i] ^ address.address[i]) & address.mask[i]) != 0) return false;
  }
  return true;
}

}  // namespace

Cluster small_world(bool known) {
  Cluster cluster;
  cluster.version_num = 180000;
  if (!known) {
    cluster = unknown_cluster(180000);
    cluster.unseen.erase(Fact::hba);
    return cluster;
  }
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

std::string random_record(std::mt19937& random) {
  const auto type =
      one_of(random, Words{"local", "host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc"});
  auto record =
      type + " " +
      one_of(random, Words{"all", "all", "all", "d1", "d1,d2", "replication", "sameuser",
                           "samerole", "\"all\"", "d2,replication", "/^d", "sameuser,d1"}) +
      " " +
      one_of(random,
             Words{"all", "all", "u1", "u1,u2", "u2,u3", "+u2", "\"+u2\"", "u3", "/^u[12]$"});
  if (type != "local") {
    record += " " + one_of(random, Words{"all", "10.0.0.0/28", "10.0.0.8/29", "10.0.0.0/29",
                                         "10.0.0.3/32", "10.0.0.0 255.255.255.245", "0.0.0.0/0",
                                         "::/0", "::1/128", "127.0.0.1/32"});
  }
  return record + " " + one_of(random, Words{"trust", "reject", "scram-sha-256"});
}

std::string random_records(std::mt19937& random, std::size_t most) {
  std::string text;
  const auto count = 1 + random() % most;
  for (std::size_t i = 0; i < count; ++i) text += random_record(random) + "\n";
  return text;
}

std::vector<HbaRecord> records_of(const std::string& text, int version_num) {
  std::vector<ConfigFile> read;
  const auto file =
      read_hba("pg_hba.conf", memory_files({{"pg_hba.conf", text}}), version_num, read);
  if (!file.loads()) throw std::runtime_error("does not load:\n" + text);
  return file.records;
}

std::vector<Point> points(const ConnectionClasses& classes) {
  std::vector<std::pair<bool, std::uint32_t>> addresses{
      {false, loopback}, {false, elsewhere}, {true, 1}, {true, elsewhere}};
  for (std::uint32_t i = 0; i < 16; ++i) addresses.emplace_back(false, network + i);
  std::vector<Point> result;
  for (const auto transport :
       {Transport::local, Transport::plain, Transport::tls, Transport::gss}) {
    for (std::uint32_t role = 0; role < classes.roles().size(); ++role) {
      for (std::uint32_t database = 0; database < classes.databases().size(); ++database) {
        for (const auto& [v6, address] : addresses) {
          result.push_back({transport, role, database, v6, address});
          if (transport == Transport::local) break;
        }
      }
    }
  }
  return result;
}

bool matches(const ConnectionClasses& classes, const HbaRecord& record, const Point& p) {
  if (!takes(record.type, p.transport)) return false;
  if (p.transport != Transport::local && !matches_address(record.address, p)) return false;
  const auto& role = classes.roles()[p.role];
  const auto& database = classes.databases()[p.database];
  return std::any_of(record.users.begin(), record.users.end(),
                     [&](const HbaName& n) { return matches_user(role, n); }) &&
         std::any_of(record.databases.begin(), record.databases.end(),
                     [&](const HbaName& n) { return matches_database(database, role, n); });
}

std::optional<std::uint32_t> decider(const ConnectionClasses& classes,
                                     const std::vector<HbaRecord>& records, const Point& point) {
  for (std::uint32_t i = 0; i < records.size(); ++i) {
    if (matches(classes, records[i], point)) return i;
  }
  return std::nullopt;
}

bool holds(const ConnectionClasses& classes, const Region& region, const Point& p) {
  const auto has = [](const std::vector<std::uint32_t>& list, std::uint32_t id) {
    return std::binary_search(list.begin(), list.end(), id);
  };
  if (!has(classes.role_atoms(region.roles), p.role) ||
      !has(classes.database_atoms(region.databases), p.database)) {
    return false;
  }
  if (p.transport == Transport::local) return true;
  const auto origin = classes.origin(region.origin).addresses;
  const auto& line = p.v6 ? origin.v6 : origin.v4;
  const AddressNumber at{0, p.address};
  return std::any_of(line.ranges().begin(), line.ranges().end(), [&](const AddressRange& range) {
    return range.first <= at && at <= range.last;
  });
}

}  // namespace pgleast::test
