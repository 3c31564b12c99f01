// The record that `hba decide` names is the one that decides on a real server: random files,
// and attempts by the socket and from several loopback addresses, with and without TLS.
//
// PGLEAST_DECIDE_FILES: how many files (by default few, so that the suite stays short).

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "connections/decide.hpp"
#include "input/config/hba.hpp"
#include "input/server/server_reader.hpp"
#include "net/inet.hpp"
#include "support/catch.hpp"
#include "support/memory_files.hpp"
#include "support/server.hpp"
#include "support/startup_client.hpp"

using namespace pgleast;
using pgleast::test::LiveServer;
using pgleast::test::shell_quoted;
using pgleast::test::Startup;

namespace {

using Words = std::vector<std::string>;

// "a; b" -> a, b
Words words(const std::string& text) {
  Words result;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find("; ", begin), text.size());
    result.push_back(text.substr(begin, end - begin));
    begin = end + 2;
  }
  return result;
}

const std::string longest(63, 'n');  // of a name

const auto types =
    words("local; local; host; host; host; hostssl; hostssl; hostnossl; hostnogssenc; hostgssenc");
const auto database_words = words(
    "shop; alice; Shop; sé; ALL; sameuser; samerole; samegroup; replication; \"\"; \"all\"; "
    "\"sameuser\"; \"samerole\"; \"replication\"; /^s; /hop; \"/^(alice|grp)$\"; /^s..$");
const auto user_words = words(
    "alice; bob; carol; ALICE; Alice; ghost; sé; \"a b\"; \"all\"; +grp; +parent; \"+grp\"; "
    "+\"grp\"; +su; +nosuch; +all; +pg_database_owner; +grp,bob; /^a; /lic; \"/^(alice|bob)$\"; "
    "/^[A-Z]; /^\\w+$; /^s..$; \"/^a b$\"; /; /(?i)^alice$; /[[:upper:]]; " +
    longest + "; " + longest + "x");
const auto addresses = words(
    "all; 127.0.0.0/8; 0.0.0.0/0; samehost; samenet; 127.0.0.1/32; 127.0.0.0/30; 127.0.0.2/31; "
    "127.1/32; ::/0; ::1/128; 10.0.0.0/8; 127.0.0.0 255.0.255.253; 55.0.99.1 0.0.0.255; "
    "::ffff:127.0.0.1/128; 0177.0.0.2/32; 127.9.9.9/9");
const auto users = words(
    "alice; bob; carol; eve; grp; parent; su; Alice; all; +grp; ghost; replication; a b; sé; "
    "owner; /^a; " +
    longest + "; " + longest + "x");
const auto databases =
    words("postgres; shop; alice; grp; parent; all; replication; sameuser; Shop; ; sé; /^s");
const auto sources = words("127.0.0.1; 127.0.0.2; 127.0.0.3; 127.0.0.5; 127.1.0.1; 127.9.9.9");

const std::string& one_of(std::mt19937& random, const Words& list) {
  return list[random() % list.size()];
}

std::string list_of(std::mt19937& random, const Words& names) {
  if (random() % 3 == 0) return "all";
  auto list = one_of(random, names);
  while (random() % 3 == 0) list += ',' + one_of(random, names);
  return list;
}

// The reply tells a method, the server's log tells the line where a secret was wrong. So that
// the line is always known, what asks for no secret stands in one record of a file at most.
std::string random_method(std::mt19937& random, bool tls_only, std::set<std::string>& used) {
  const auto kind = random() % 8;
  if (tls_only && kind < 3 && used.insert("certificate").second) {
    return one_of(random, {"password", "trust", "reject"}) + " clientcert=verify-ca";
  }
  if (kind == 0 && used.insert("trust").second) return "trust";
  if (kind == 1 && used.insert("reject").second) return "reject";
  return one_of(random, {"password", "md5", "scram-sha-256"});
}

std::string random_file(std::mt19937& random) {
  std::string text;
  std::set<std::string> used;
  for (auto count = 3 + random() % 14; count > 0; --count) {
    const auto& type = one_of(random, types);
    text += type + ' ' + list_of(random, database_words) + ' ' + list_of(random, user_words) + ' ';
    if (type != "local") text += (random() % 2 == 0 ? "all" : one_of(random, addresses)) + ' ';
    text += random_method(random, type == "hostssl", used) + '\n';
  }
  for (const char* const rest : {"local all,replication all ", "host all,replication all all "}) {
    if (random() % 2 == 0) text += rest + random_method(random, false, used) + '\n';
  }
  return text;
}

// Mostly somebody whom the record speaks of, so that records far down are reached, too.
std::string near(std::mt19937& random, const std::vector<HbaName>& names, const Words& others) {
  const auto& name = names[random() % names.size()].text;
  return random() % 4 == 0 || name.find_first_of("/+") == 0 || name == "all"
             ? one_of(random, others)
             : name;
}

Startup random_startup(std::mt19937& random, const HbaRecord& record, bool v6) {
  Startup startup;
  const bool as_record = random() % 4 != 0;
  if (as_record ? record.type != ConnectionType::local : random() % 2 == 0) {
    startup.server = v6 && random() % 4 == 0 ? "::1" : "127.0.0.1";
    startup.source = startup.server == "::1" ? "::1" : one_of(random, sources);
    startup.tls = random() % 2 == 0;
  }
  startup.user = near(random, record.users, users);
  startup.database = near(random, record.databases, databases);
  const auto replication = random() % 12;
  if (replication < 2) startup.replication = replication == 0 ? "database" : "true";
  return startup;
}

Attempt attempt_of(const Startup& startup, bool ssl,
                   const std::optional<std::string>& host_name = std::nullopt) {
  Attempt attempt;
  attempt.user = startup.user;
  attempt.database = startup.database;
  attempt.physical_replication = startup.replication == "true";
  if (!startup.server.empty()) attempt.address = numeric_host(startup.source).bytes;
  if (startup.tls) attempt.encryption = Encryption::tls;
  attempt.ssl = ssl;
  attempt.host_name = host_name;
  return attempt;
}

bool wants_certificate(const HbaRecord& record) {
  return std::any_of(record.options.begin(), record.options.end(),
                     [](const auto& option) { return option.first == "clientcert"; });
}

// What the server says if this record decides.
std::string foreseen(const HbaRecord& record, bool tls) {
  if (tls && wants_certificate(record)) return "certificate";
  if (record.method == "reject" || record.method == "trust") return record.method;
  return record.method + " by line " + std::to_string(record.at.line);
}

// What the server may say if the decision is right.
std::set<std::string> foreseen(const Decision& decision, const Cluster& cluster, bool tls,
                               bool ssl) {
  if (tls && !ssl) return {"no TLS"};
  std::set<std::string> result;
  for (const auto record : decision.records) {
    result.insert(foreseen(cluster.hba.records[record], tls));
  }
  const bool none = decision.records.empty() || decision.kind == DecisionKind::unknown;
  if (none) result.insert("no entry");
  return result;
}

std::string told(const std::string& answer) {
  if (answer.starts_with("pg_hba.conf rejects")) return "reject";
  if (answer.starts_with("no pg_hba.conf entry")) return "no entry";
  if (answer.starts_with("connection requires a valid client certificate")) return "certificate";
  return answer;
}

class World {
 public:
  World();

  /// The server runs by these records, and `cluster` has them.
  void load(const std::string& records);
  void set(const std::string& name, const std::string& value);
  Startup completed(Startup startup) const;
  /// What the server says to each; "password by line 7" where it asks for a secret.
  std::vector<std::string> answers(const std::vector<Startup>& startups);
  void compare(const std::vector<Startup>& startups,
               const std::optional<std::string>& host_name = std::nullopt);
  /// A file of its own, random attempts at it, and sometimes the command.
  void compare_random(unsigned seed);
  std::string summary() const;
  void compare_command(const Startup& startup) const;

  LiveServer server{"-c listen_addresses=127.0.0.1,::1"};
  Cluster cluster;
  std::string hba_text;
  bool ssl = false;
  bool v6 = false;
  int port = 0;
  std::size_t files = 0, attempts = 0, unknown = 0, commands = 0, differences = 0;
  std::map<std::string, std::size_t> outcomes;

 private:
  std::string log_since(std::size_t offset) const;
  std::string log_path() const { return server.folder() + "/log"; }
};

World::World() {
  const auto data = server.data();
  const auto made = test::run(
      "cd " + data +
      " && openssl req -new -x509 -days 2 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1"
      " -subj /CN=localhost -keyout server.key -out server.crt && chmod 600 server.key"
      " && chown --reference=. server.key server.crt");
  if (made.code != 0) throw std::runtime_error("openssl: " + made.out);
  const std::string options = server.major() >= 16 ? " WITH INHERIT FALSE, SET FALSE" : "";
  server.sql(
      "postgres",
      "ALTER SYSTEM SET ssl_ca_file = 'server.crt';"
      "ALTER SYSTEM SET password_encryption = md5;"  // `md5` asks for what would be stored
      "CREATE ROLE parent; CREATE ROLE grp LOGIN; CREATE ROLE alice LOGIN; CREATE ROLE bob LOGIN;"
      "CREATE ROLE carol LOGIN NOINHERIT; CREATE ROLE su LOGIN SUPERUSER; CREATE ROLE eve LOGIN;"
      "CREATE ROLE \"Alice\" LOGIN; CREATE ROLE \"all\" LOGIN; CREATE ROLE \"+grp\" LOGIN;"
      "CREATE ROLE ro LOGIN; GRANT SELECT ON pg_hba_file_rules TO ro;"
      "GRANT EXECUTE ON FUNCTION pg_hba_file_rules() TO ro;"
      "CREATE ROLE owner LOGIN; CREATE ROLE \"a b\" LOGIN; CREATE ROLE \"sé\" LOGIN;"
      "CREATE ROLE \"" +
          longest +
          "\" LOGIN;"
          "GRANT parent TO grp; GRANT grp TO alice, carol; GRANT \"all\" TO bob;"
          "GRANT grp TO eve" +
          options + "; CREATE DATABASE shop OWNER owner;");
  cluster = read_live({server.dsn("shop"), {}, false});
  port = std::stoi(server.ask("postgres", "SHOW port"));
  v6 = test::run("grep -q '^00000000000000000000000000000001 ' /proc/net/if_inet6").code == 0;
}

void World::set(const std::string& name, const std::string& value) {
  server.sql("postgres", "ALTER SYSTEM SET " + name + " = " + value + ";");
  for (auto& setting : cluster.settings) {
    if (setting.name == name) setting.value = value;
  }
  if (name == "ssl") ssl = value == "on";
}

// The first record is of this file alone: who gets in by it knows that the server has it.
void World::load(const std::string& records) {
  const auto mark = "mark" + std::to_string(++files);
  hba_text =
      "local " + mark + " all trust\nlocal postgres " + server.superuser() + " trust\n" + records;
  const auto path = server.data() + "/pg_hba.conf";
  server.write(path, hba_text);
  std::vector<ConfigFile> read;
  cluster.hba = read_hba(path, test::memory_files({{path, hba_text}}), cluster.version_num, read,
                         {ssl, std::nullopt, std::nullopt});
  INFO(hba_text);
  REQUIRE(cluster.hba.loads());
  pid_t postmaster = 0;
  std::ifstream(server.data() + "/postmaster.pid") >> postmaster;
  REQUIRE(postmaster > 1);
  REQUIRE(kill(postmaster, SIGHUP) == 0);
  Startup probe;
  probe.user = "ghost";
  probe.database = mark;
  std::string answer;
  for (int tries = 0; tries < 500; ++tries) {
    answer = test::first_answer(completed(probe));
    if (answer == "trust") return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  FAIL("the server does not take the file: " << answer);
}

Startup World::completed(Startup startup) const {
  startup.folder = server.folder();
  startup.port = port;
  return startup;
}

std::string World::log_since(std::size_t offset) const {
  std::ifstream file(log_path(), std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> World::answers(const std::vector<Startup>& startups) {
  const auto before = log_since(0).size();
  std::vector<std::string> result;
  std::vector<std::size_t> asked;  // for a secret
  for (const auto& startup : startups) {
    result.push_back(told(test::first_answer(completed(startup))));
    const auto& answer = result.back();
    if (answer == "password" || answer == "md5" || answer == "scram-sha-256") {
      asked.push_back(result.size() - 1);
    }
  }
  // 12 to 15: Connection matched pg_hba.conf line 3; 16 and later: ... matched file "..." line 3
  const std::regex matched("Connection matched (?:pg_hba\\.conf|file \"[^\"]*\") line ([0-9]+):");
  const auto log = log_since(before);
  std::vector<std::string> lines;
  for (std::sregex_iterator at(log.begin(), log.end(), matched), end; at != end; ++at) {
    lines.push_back((*at)[1]);
  }
  INFO(log);
  REQUIRE(lines.size() == asked.size());
  for (std::size_t i = 0; i < asked.size(); ++i) result[asked[i]] += " by line " + lines[i];
  return result;
}

void World::compare(const std::vector<Startup>& startups,
                    const std::optional<std::string>& host_name) {
  const Graph graph(cluster);
  const auto said = answers(startups);
  for (std::size_t i = 0; i < startups.size(); ++i) {
    ++attempts;
    const auto decision = decide(cluster, graph, attempt_of(startups[i], ssl, host_name));
    if (decision.kind == DecisionKind::unknown) ++unknown;
    const auto expected = foreseen(decision, cluster, startups[i].tls, ssl);
    ++outcomes[said[i].substr(0, said[i].find(" by"))];
    if (expected.contains(said[i])) continue;
    ++differences;
    CAPTURE(cluster.major(), ssl, startups[i].user, startups[i].database, startups[i].source,
            startups[i].tls, startups[i].replication, decision.why, hba_text);
    CHECK(expected == std::set<std::string>{said[i]});
  }
}

// The command, with roles and settings from the server, says what the library says.
void World::compare_command(const Startup& startup) const {
  const auto ran = test::pgleast(
      "hba decide --format json --dsn " + shell_quoted(server.dsn()) + " --user " +
      shell_quoted(startup.user) + " --database " + shell_quoted(startup.database) +
      (startup.server.empty() ? " --local" : " --address " + startup.source) +
      (startup.tls ? " --ssl" : "") + (startup.replication == "true" ? " --replication" : ""));
  INFO(ran.out);
  const auto decision = decide(cluster, Graph(cluster), attempt_of(startup, ssl));
  // Notes stand before it: settings of the server wait for a restart.
  const auto result =
      nlohmann::json::parse(ran.out.substr(std::min(ran.out.find('{'), ran.out.size())));
  CHECK(result["decision"] == std::string(to_string(decision.kind)));
  // What the role lacks stands behind it.
  CHECK(result["why"].get<std::string>().starts_with(decision.why));
  const bool certain = decision.records.size() == 1 && decision.kind != DecisionKind::unknown;
  const auto line = certain ? nlohmann::json(cluster.hba.records[decision.records.front()].at.line)
                            : nlohmann::json();
  CHECK(result["line"] == line);
  const bool admitted = decision.kind == DecisionKind::admit;
  CHECK(ran.code == (admitted ? 0 : decision.kind == DecisionKind::unknown ? 3 : 1));
}

void World::compare_random(unsigned seed) {
  std::mt19937 random(seed);
  load(random_file(random));
  const auto& records = cluster.hba.records;
  std::vector<Startup> startups(25);
  for (auto& startup : startups) {
    startup = random_startup(random, records[2 + random() % (records.size() - 2)], v6);
  }
  compare(startups);
  if (seed % 6 != 0) return;
  compare_command(startups.front());
  ++commands;
}

std::string World::summary() const {
  std::ostringstream text;
  text << cluster.server << ": " << files << " files, " << attempts << " attempts (";
  for (const auto& [outcome, times] : outcomes) text << times << ' ' << outcome << ", ";
  text << unknown << " of them unknown), " << commands << " by the command, " << differences
       << " differences";
  return text.str();
}

std::size_t wanted_files() {
  const char* const wanted = std::getenv("PGLEAST_DECIDE_FILES");
  return wanted == nullptr ? 12 : std::stoul(wanted);
}

// Without the text of the file, its view: quotes are lost there.
void compare_view(World& world) {
  const auto ran = test::pgleast("hba decide --user eve --local --dsn " +
                                 shell_quoted(world.server.dsn("postgres", "ro")));
  CHECK(ran.code == 0);
  CHECK(ran.out.find("the first record that matches: local all all trust; ") != std::string::npos);
  CHECK(
      ran.out.ends_with("; the text of the file was not read, so which names are quoted is not "
                        "known\n"));
}

// The name of 127.0.0.1 is in /etc/hosts; of another address a name server would be asked.
void compare_host_names(World& world) {
  world.load(
      "host all alice .calhost password\nhost all bob LOCALHOST password\n"
      "host all carol .localhost password\nhost all su localhost.evil password\n"
      "host all grp \"samehost\" password\nhost all all all reject\n");
  std::vector<Startup> startups;
  for (const char* const user : {"alice", "bob", "carol", "su", "grp", "eve"}) {
    Startup startup;
    startup.server = startup.source = "127.0.0.1";
    startup.user = startup.database = user;
    startups.push_back(startup);
  }
  world.compare(startups, "localhost");
}

// Until 16: each database has users of its own.
void compare_users_of_databases(World& world) {
  world.set("db_user_namespace", "on");
  world.load("local all alice@shop password\nlocal all alice password\nlocal all all reject\n");
  std::vector<Startup> startups;
  for (const char* const user : {"alice", "alice@", "alice@shop", "@", "a@b@"}) {
    for (const char* const database : {"shop", "postgres", ""}) {
      Startup startup;
      startup.user = user;
      startup.database = database;
      startups.push_back(startup);
    }
  }
  world.compare(startups);
}

}  // namespace

TEST_CASE("the record that is named is the one that decides on the server", "[live][decide]") {
  World world;
  compare_view(world);
  const auto count = wanted_files();
  for (unsigned seed = 0; seed < count; ++seed) {
    if (seed == count / 4) world.set("ssl", "on");
    world.compare_random(seed);
  }
  compare_host_names(world);
  if (world.cluster.major() <= 16) compare_users_of_databases(world);
  WARN(world.summary());
  CHECK(world.differences == 0);
  CHECK(world.unknown * 5 < world.attempts);
}
