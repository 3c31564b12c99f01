// Why a record matches nobody: each reason, what is no reason, and that of unseen facts nothing
// is said.

#include "connections/unmatched.hpp"

#include <memory>
#include <string>
#include <vector>

#include "input/config/ident.hpp"
#include "support/catch.hpp"
#include "support/memory_files.hpp"
#include "support/small_space.hpp"

using namespace pgleast;

namespace {

using Reasons = std::vector<std::string>;

// Roles login, nobody (NOLOGIN), a group of login through another, an empty one, and one of
// nobody alone; databases d1 and closed, which takes no connections.
Cluster world() {
  auto cluster = unknown_cluster(180000);
  cluster.unseen.clear();
  for (const std::string name : {"login", "nobody", "outer", "inner", "empty", "ghosts", "gone"}) {
    Role role;
    role.name = name;
    role.login = name == "login";
    role.dropped = name == "gone";
    cluster.roles.push_back(role);
  }
  const auto id = [&](const char* name) { return cluster.find_role(name).value(); };
  for (const auto& [group, member] :
       {std::pair{"inner", "login"}, std::pair{"outer", "inner"}, std::pair{"ghosts", "nobody"}}) {
    cluster.memberships.push_back({id(group), id(member)});
  }
  for (const std::string name : {"d1", "closed"}) {
    Object database;
    database.kind = ObjectKind::database;
    database.name = name;
    database.identity = name;
    database.detail = static_cast<std::uint32_t>(cluster.databases.size());
    cluster.objects.push_back(database);
    cluster.databases.push_back({name == "d1", false, -1, true});
  }
  return cluster;
}

HbaRecord record(const std::string& line) { return test::records_of(line + "\n", 180000).front(); }

Cluster with_setting(const std::string& name, const std::string& value) {
  auto cluster = world();
  cluster.settings.push_back({name, value, "configuration file", "", 0});
  return cluster;
}

}  // namespace

TEST_CASE("names that match nobody", "[reach][unmatched]") {
  struct Row {
    std::string fields;  // databases and users
    Reasons expected;
  };
  const std::string long_name(64, 'n');
  const std::string longest_name(63, 'n');
  const auto row = GENERATE_COPY(values<Row>({
      {"all all", {}},
      {"d1 login", {}},
      {"sameuser,samerole,samegroup,replication all", {}},
      {"shop all", {"there is no database `shop`"}},
      {"\"all\" all", {"there is no database `all`"}},
      {"\"replication\" all", {"there is no database `replication`"}},
      {"closed all", {"database `closed` takes no connections"}},
      {"d1,shop all", {"there is no database `shop`"}},
      {"/^shop all", {}},
      {long_name + " all", {"database `" + long_name + "` is longer than any name"}},
      {longest_name + " all", {"there is no database `" + longest_name + "`"}},
      {"all alice", {"there is no role `alice`"}},
      {"all gone", {"there is no role `gone`"}},
      {"all \"all\"", {"there is no role `all`"}},
      {"all nobody", {"role `nobody` cannot log in"}},
      {"all " + long_name, {"role `" + long_name + "` is longer than any name"}},
      {"all +" + long_name, {"role `" + long_name + "` is longer than any name"}},
      {"all /^alice", {}},
      {"all +inner", {}},
      {"all +outer", {}},
      {"all +login", {}},
      {"all +empty", {"no member of `empty` can log in"}},
      {"all +ghosts", {"no member of `ghosts` can log in"}},
      {"all +staff", {"there is no role `staff`"}},
      {"all \"+inner\"", {"there is no role `+inner`"}},
      {"shop alice,nobody",
       {"there is no database `shop`", "there is no role `alice`", "role `nobody` cannot log in"}},
  }));
  CAPTURE(row.fields);
  const auto cluster = world();
  CHECK(Unmatched(cluster).names(record("local " + row.fields + " peer")) == row.expected);
}

TEST_CASE("before version 16 a name with a slash is a name", "[reach][unmatched]") {
  auto cluster = world();
  cluster.version_num = 150000;
  const auto both = test::records_of("local /d /u peer\n", 150000).front();
  CHECK(Unmatched(cluster).names(both) ==
        Reasons{"there is no database `/d`", "there is no role `/u`"});
}

TEST_CASE("connections that the server never sees", "[reach][unmatched]") {
  struct Row {
    std::string setting, value;
    std::string record;
    Reasons expected;
  };
  const std::string four = "host all all 10.0.0.0/8 md5";
  const std::string six = "host all all fd00::/8 md5";
  const Reasons no_tcp{"`listen_addresses` is empty: the server takes no TCP connections"};
  const Reasons no_four{"`listen_addresses` names no IPv4 address"};
  const Reasons no_six{"`listen_addresses` names no IPv6 address"};
  const auto row = GENERATE_COPY(values<Row>({
      {"ssl", "off", "hostssl all all all md5", {"`ssl` is off: no connection is encrypted"}},
      {"ssl", "on", "hostssl all all all md5", {}},
      {"ssl", "off", "host all all all md5", {}},
      {"ssl", "off", "hostnossl all all all md5", {}},
      {"ssl", "off", "local all all md5", {}},
      {"listen_addresses", "", four, no_tcp},
      {"listen_addresses", "", six, no_tcp},
      {"listen_addresses", " ", "host all all all md5", no_tcp},
      {"listen_addresses", "", "host all all samenet md5", no_tcp},
      {"listen_addresses", "", "host all all .example.org md5", no_tcp},
      {"listen_addresses", "", "local all all md5", {}},
      {"listen_addresses", "*", four, {}},
      {"listen_addresses", "*", six, {}},
      {"listen_addresses", "localhost", four, {}},
      {"listen_addresses", "localhost", six, {}},
      {"listen_addresses", "0.0.0.0", four, {}},
      {"listen_addresses", "0.0.0.0", six, no_six},
      {"listen_addresses", "::", four, no_four},
      {"listen_addresses", "::", six, {}},
      {"listen_addresses", "::1", "host all all 127.0.0.1/32 md5", no_four},
      {"listen_addresses", "10.0.0.1,10.0.0.2", six, no_six},
      {"listen_addresses", "10.0.0.1, fd00::1", six, {}},
      {"listen_addresses", "10.0.0.1, fd00::1", four, {}},
      {"listen_addresses", "10.0.0.1, db.example.org", six, {}},
      {"listen_addresses", "\"10.0.0.1\"", six, no_six},
      {"listen_addresses", "0.0.0.0", "host all all all md5", {}},
      {"unix_socket_directories",
       "",
       "local all all peer",
       {"`unix_socket_directories` is empty: the server has no local socket"}},
      {"unix_socket_directories",
       " ",
       "local all all peer",
       {"`unix_socket_directories` is empty: the server has no local socket"}},
      {"unix_socket_directories", "/tmp", "local all all peer", {}},
      {"unix_socket_directories", "", four, {}},
  }));
  CAPTURE(row.setting, row.value, row.record);
  auto cluster = with_setting(row.setting, row.value);
  CHECK(Unmatched(cluster).transport(record(row.record)) == row.expected);
  cluster.unseen[Fact::settings] = {"not seen", ""};
  CHECK(Unmatched(cluster).transport(record(row.record)).empty());
  CHECK(Unmatched(world()).transport(record(row.record)).empty());
}

TEST_CASE("two reasons for one record", "[reach][unmatched]") {
  auto cluster = with_setting("ssl", "off");
  cluster.settings.push_back({"listen_addresses", "", "default", "", 0});
  CHECK(Unmatched(cluster).transport(record("hostssl all all all md5")) ==
        Reasons{"`ssl` is off: no connection is encrypted",
                "`listen_addresses` is empty: the server takes no TCP connections"});
}

TEST_CASE("a map that pg_ident.conf does not have", "[reach][unmatched]") {
  struct Row {
    std::string ident;
    std::string record;
    std::string expected;
  };
  const auto row = GENERATE(values<Row>({
      {"os root login\n", "local all all peer map=os", ""},
      {"os root login\n", "local all all peer", ""},
      {"os root login\n", "local all all peer map=OS", "there is no map `OS` in pg_ident.conf"},
      {"os root login\n", "hostssl all all all cert map=c", "there is no map `c` in pg_ident.conf"},
      {"", "host all all all ident map=os", "there is no map `os` in pg_ident.conf"},
      {"# os root login\n", "local all all peer map=os", "there is no map `os` in pg_ident.conf"},
      {"", "local all all peer", ""},
      {"", "local all all scram-sha-256", ""},
      {"", "local all all peer map=\"a\x1b[0m\"", "there is no map `a\\x1b[0m` in pg_ident.conf"},
      // It does not load: the maps of before stay, and nobody knows them.
      {"os root\n", "local all all peer map=os", ""},
      {"os root login\nos root\n", "local all all peer map=other", ""},
  }));
  CAPTURE(row.ident, row.record);
  auto cluster = world();
  std::vector<ConfigFile> read;
  cluster.ident = read_ident("i", test::memory_files({{"i", row.ident}}), 180000, read);
  CHECK(Unmatched(cluster).map(record(row.record)).value_or("") == row.expected);
  cluster.unseen[Fact::ident] = {"not seen", ""};
  CHECK_FALSE(Unmatched(cluster).map(record(row.record)));
}

TEST_CASE("of unseen facts nothing is said", "[reach][unmatched]") {
  const auto cluster = unknown_cluster(180000);
  const Unmatched unmatched(cluster);
  for (const std::string line :
       {"local shop alice peer map=os", "hostssl shop +staff 10.0.0.0/8 cert map=c",
        "host closed nobody fd00::/8 ident map=x"}) {
    CAPTURE(line);
    CHECK(unmatched.transport(record(line)).empty());
    CHECK(unmatched.names(record(line)).empty());
    CHECK_FALSE(unmatched.map(record(line)));
  }
  const std::string long_name(64, 'n');
  CHECK(unmatched.names(record("local all " + long_name + " peer")).size() == 1);
}
