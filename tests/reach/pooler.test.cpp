#include "reach/pooler.hpp"

#include "escalation/escalation.hpp"
#include "input/config/hba.hpp"
#include "input/pgbouncer/pgbouncer.hpp"
#include "reach/ways.hpp"
#include "support/catch.hpp"
#include "support/memory_files.hpp"

using namespace pgleast;

namespace {

Role login(const std::string& name, PasswordKind password) {
  Role role;
  role.name = name;
  role.login = true;
  role.password = password;
  return role;
}

// anna has a SCRAM secret, ben an md5 one, cat none; the server's records are those given.
Cluster server_with(const std::string& records) {
  auto cluster = unknown_cluster(160000);
  cluster.roles = {login("anna", PasswordKind::scram_sha_256), login("ben", PasswordKind::md5),
                   login("cat", PasswordKind::none)};
  cluster.unseen.erase(Fact::roles);
  std::vector<ConfigFile> read;
  cluster.hba = read_hba("h", test::memory_files({{"h", records}}), 160000, read, {});
  cluster.unseen.erase(Fact::hba);
  REQUIRE(cluster.hba.loads());
  return cluster;
}

// "10.0.0.0/8 plain,tls anna,ben: a password" for each door, sorted.
std::vector<std::string> told(const std::vector<Door>& doors) {
  std::vector<std::string> result;
  for (const auto& door : doors) {
    if (!door.pooler) continue;
    std::string text = to_string(door.from);
    for (const auto transport : door.transports) {
      text += (transport == door.transports.front() ? " " : ",");
      text += to_string(transport);
    }
    for (const auto& role : door.roles) {
      text += (&role == &door.roles.front() ? " " : ",") + role.name;
    }
    for (const auto& client : door.pooler->clients) {
      text += (client == door.pooler->clients.front() ? " as " : ",") + client;
    }
    const auto& demand = door.roles.front().demand;
    text += ": " + demand.credential + (demand.why.empty() ? "" : ", unknown");
    result.push_back(text);
  }
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace

TEST_CASE("who gets in through a pooler, from where and with what", "[path][pooler]") {
  const std::string users = "\"anna\" \"SCRAM-SHA-256$4096:c2FsdA==$a:b\"\n\"ben\" \"md5" +
                            std::string(32, '0') +
                            "\"\n\"cat\" \"plain\"\n\"web\" \"plain\"\n\"none\" \"\"\n";
  struct Case {
    const char* ini;      // after `[databases]`
    const char* records;  // of the server, for 127.0.0.1
    const char* hba;
    std::vector<std::string> told;
  };
  const auto c = GENERATE(values<Case>({
      // The pooler shows nothing: whom it knows gets in.
      {"* = host=127.0.0.1\n[pgbouncer]\nlisten_addr=*\nunix_socket_dir=\nauth_type=trust\n",
       "trust",
       "",
       {"any address plain anna,ben,cat: no credential"}},
      {"* = host=127.0.0.1\n[pgbouncer]\nlisten_addr=127.0.0.1, ::1\nunix_socket_dir=\n",
       "trust",
       "",
       {"127.0.0.0/8 and ::1 plain anna,ben,cat: a password"}},
      {"* = host=127.0.0.1\n[pgbouncer]\nauth_type=scram-sha-256\n",
       "trust",
       "",
       {"the local socket local anna,cat: a password"}},
      {"* = host=127.0.0.1\n[pgbouncer]\nauth_type=any\n", "trust", "", {}},
      {"* = host=127.0.0.1 user=ben\n[pgbouncer]\nauth_type=any\n",
       "trust",
       "",
       {"the local socket local ben: no credential"}},
      // As which of its users clients come in does not matter at the server.
      {"* = host=127.0.0.1 user=ben\n[pgbouncer]\nauth_type=md5\n",
       "trust",
       "",
       {"the local socket local ben as anna,ben,cat,web: a password"}},
      {"* = host=127.0.0.1\n[pgbouncer]\nauth_type=pam\n",
       "trust",
       "",
       {"the local socket local anna,ben,cat: what pam accepts"}},
      // The server sees the pooler's address, not the clients'.
      {"* = host=10.1.1.1\n[pgbouncer]\nauth_type=trust\n", "trust", "", {}},
      {"* =\n[pgbouncer]\nauth_type=trust\n", "trust", "", {}},
      // What the pooler has must do for what the server asks.
      {"* = host=127.0.0.1\n[pgbouncer]\nauth_type=md5\n",
       "md5",
       "",
       {"the local socket local anna,ben: a password"}},
      {"* = host=127.0.0.1\n[pgbouncer]\nauth_type=trust\n",
       "md5",
       "",
       {"the local socket local ben: no credential"}},
      {"* = host=127.0.0.1\n[pgbouncer]\nauth_type=scram-sha-256\n",
       "scram-sha-256",
       "",
       {"the local socket local anna: a password"}},
      {"* = host=127.0.0.1 user=anna\n[pgbouncer]\nauth_type=scram-sha-256\n",
       "scram-sha-256",
       "",
       {}},
      {"* = host=127.0.0.1 user=anna password=x\n[pgbouncer]\nauth_type=any\n",
       "scram-sha-256",
       "",
       {"the local socket local anna: no credential"}},
      {"* = host=127.0.0.1\n[pgbouncer]\nauth_type=trust\n",
       "ident",
       "",
       {"the local socket local anna,ben,cat: no credential, unknown"}},
      // TLS towards clients.
      {"* = host=127.0.0.1\n[pgbouncer]\nlisten_addr=*\nunix_socket_dir=\nauth_type=cert\n"
       "client_tls_sslmode=verify-full\n",
       "trust",
       "",
       {"any address TLS anna,ben,cat: a certificate of the same name"}},
      {"* = host=127.0.0.1\n[pgbouncer]\nlisten_addr=*\nunix_socket_dir=\nauth_type=trust\n"
       "client_tls_sslmode=verify-ca\n",
       "trust",
       "",
       {"any address TLS anna,ben,cat: a certificate"}},
      // Records: the first decides, what none takes is refused.
      {"* = host=127.0.0.1\n[pgbouncer]\nlisten_addr=*\nclient_tls_sslmode=allow\n",
       "trust",
       "local all all peer map=os\nhost all ben 10.1.0.0/16 reject\nhost all all 10.0.0.0/8 md5\n"
       "hostssl all anna 0.0.0.0/0 trust\nhost all cat ::/0 cert\n",
       {"10.0.0.0/16 and 10.2.0.0-10.255.255.255 plain,TLS ben: a password",
        "10.0.0.0/8 plain,TLS anna,cat: a password", "any IPv4 address TLS anna: no credential",
        "any IPv6 address TLS cat: a certificate of the same name",
        "the local socket local anna,ben,cat: the account root (map os)"}},
      {"shop = host=127.0.0.1\n[pgbouncer]\n",
       "trust",
       "local lab all trust\nlocal shop,lab ben trust\n",
       {"the local socket local ben: no credential"}},
      {"shop = host=127.0.0.1 user=cat\n[pgbouncer]\n",
       "trust",
       "local all web,none md5\n",
       {"the local socket local cat as web: a password"}},
  }));
  CAPTURE(c.ini, c.records, c.hba);
  auto cluster = server_with(std::string("host all all 127.0.0.1/32 ") + c.records + "\n");
  auto ini = std::string("[databases]\n") + c.ini + "auth_file=u\nauth_ident_file=m\n";
  if (*c.hba != '\0') ini += "auth_type=hba\nauth_hba_file=h\n";
  cluster.poolers = {read_pgbouncer(
      "c", test::memory_files({{"c", ini}, {"u", users}, {"h", c.hba}, {"m", "os root all\n"}}))};
  const Graph graph(cluster);
  const Connections connections(graph);
  const Escalations escalations(graph, connections);
  const Doors doors(graph, connections.decided(), {"2026-06-15"});
  CHECK(told(doors.all()) == c.told);
}

TEST_CASE("a pooler that asks the server knows what is stored there", "[path][pooler]") {
  struct Case {
    const char* settings;
    std::vector<std::string> told;
  };
  const auto c = GENERATE(values<Case>({
      {"auth_user=asker\n", {"the local socket local anna,ben: a password"}},
      {"auth_user=asker\nauth_type=scram-sha-256\n", {"the local socket local anna: a password"}},
      {"auth_user=asker\nauth_type=trust\n",
       {"the local socket local anna,ben,cat: no credential"}},
      {"auth_user=asker\nauth_query=SELECT usename, passwd FROM pg_shadow WHERE usename=$1\n",
       {"the local socket local anna,ben: a password"}},
      {"auth_user=asker\nauth_query=SELECT * FROM f($1)\n",
       {"the local socket local anna,ben: a password, unknown"}},
      {"auth_query=SELECT * FROM f($1)\n", {}},
      {"auth_file=nowhere\n", {"the local socket local anna,ben,cat: a password, unknown"}},
  }));
  CAPTURE(c.settings);
  auto cluster = server_with("host all all 127.0.0.1/32 trust\n");
  const auto ini = std::string("[databases]\n* = host=127.0.0.1\n[pgbouncer]\n") + c.settings;
  cluster.poolers = {read_pgbouncer("c", test::memory_files({{"c", ini}}))};
  const Graph graph(cluster);
  const Connections connections(graph);
  const Escalations escalations(graph, connections);
  CHECK(told(Doors(graph, connections.decided(), {"2026-06-15"}).all()) == c.told);
}

TEST_CASE("whom a pooler knows from the server comes in as the role that it forces",
          "[path][pooler]") {
  auto cluster = server_with("host all ben 127.0.0.1/32 reject\nhost all all 127.0.0.1/32 trust\n");
  cluster.poolers = {read_pgbouncer(
      "c", test::memory_files({{"c",
                                "[databases]\n* = host=127.0.0.1 user=anna\n[pgbouncer]\n"
                                "auth_user=asker\nauth_type=trust\n"}}))};
  const Graph graph(cluster);
  const Connections connections(graph);
  const Escalations escalations(graph, connections);
  CHECK(told(Doors(graph, connections.decided(), {"2026-06-15"}).all()) ==
        std::vector<std::string>{"the local socket local anna as anna,ben,cat: no credential"});
}

TEST_CASE("physical replication goes through a pooler, by its own records", "[path][pooler]") {
  struct Case {
    const char* databases;  // of the server's record
    const char* hba;        // of the pooler; empty: auth_type=trust
    bool replicates;
  };
  const auto c = GENERATE(values<Case>({
      {"all,replication", "", true},
      {"all", "", false},
      {"replication", "host replication all all trust\n", true},
      {"replication", "host all,replication all all trust\n", true},
      {"replication", "host all all all trust\n", false},
      {"replication", "host replication ben all trust\n", false},
      {"replication", "host replication all all reject\nhost replication all all trust\n", false},
      {"all", "host replication all all trust\n", false},
  }));
  CAPTURE(c.databases, c.hba);
  auto cluster = server_with(std::string("host ") + c.databases + " anna 127.0.0.1/32 trust\n");
  auto ini = std::string("[databases]\n* = host=127.0.0.1\n[pgbouncer]\nlisten_addr=*\n") +
             "auth_file=u\nunix_socket_dir=\n";
  ini += *c.hba == '\0' ? "auth_type=trust\n" : "auth_type=hba\nauth_hba_file=h\n";
  cluster.poolers = {read_pgbouncer(
      "c", test::memory_files({{"c", ini}, {"u", "\"anna\" \"plain\"\n"}, {"h", c.hba}}))};
  const Graph graph(cluster);
  const Connections connections(graph);
  const Doors doors(graph, connections.decided(), {"2026-06-15"});
  const bool found = std::any_of(doors.all().begin(), doors.all().end(), [](const Door& door) {
    return door.replication && door.pooler && door.roles.front().name == "anna";
  });
  CHECK(found == c.replicates);
}

TEST_CASE("roles whose secrets do not fit are told of with the reason", "[path][pooler]") {
  auto cluster = server_with("host all all 127.0.0.1/32 scram-sha-256\n");
  const auto users = "\"anna\" \"plain\"\n\"ben\" \"md5" + std::string(32, '0') + "\"\n";
  cluster.poolers = {read_pgbouncer(
      "c", test::memory_files({{"c",
                                "[databases]\n* = host=127.0.0.1\n[pgbouncer]\nauth_type=md5\n"
                                "auth_file=u\n"},
                               {"u", users}}))};
  const Graph graph(cluster);
  const Connections connections(graph);
  const Doors doors(graph, connections.decided(), {"2026-06-15"});
  const auto& notes = doors.assumptions();
  CHECK(std::find(notes.begin(), notes.end(),
                  "through c:2 nobody gets in as ben: an md5 password is stored, which SCRAM does "
                  "not take") != notes.end());
}

TEST_CASE("a database that only the pooler names is like any other of the server",
          "[path][pooler]") {
  struct Case {
    const char* records;
    bool directly;
  };
  const auto c = GENERATE(values<Case>({
      {"host all all all trust\n", true},
      {"host shop all all reject\nhost all all all trust\n", false},
      {"host shop app all reject\nhost all all all trust\n", true},
  }));
  CAPTURE(c.records);
  auto cluster = unknown_cluster(160000);
  std::vector<ConfigFile> read;
  cluster.hba = read_hba("h", test::memory_files({{"h", c.records}}), 160000, read, {});
  cluster.unseen.erase(Fact::hba);
  cluster.poolers = {read_pgbouncer(
      "c", test::memory_files({{"c",
                                "[databases]\nshop = host=10.0.0.5 user=app\n[pgbouncer]\n"
                                "listen_addr=*\nauth_type=any\n"}}))};
  const Graph graph(cluster);
  const Connections connections(graph);
  const Doors doors(graph, connections.decided(), {"2026-06-15"});
  Question asked;
  asked.database = "shop";
  const auto question = asked_of(doors, asked);
  const bool directly = std::any_of(doors.all().begin(), doors.all().end(), [&](const Door& door) {
    const auto part = cut_to(door, question);
    return part && !part->pooler && part->roles.back().anybody;
  });
  CHECK(directly == c.directly);
}
