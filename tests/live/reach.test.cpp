// What `reach` says is what a server does: random worlds of roles, memberships, grants and
// records; for an address, with or without TLS, a role, a table and a privilege, there is a way
// in exactly where somebody who comes from there gets in and the statements run.
//
// PGLEAST_REACH_WORLDS: how many worlds (by default few, so that the suite stays short).

#include <algorithm>
#include <cstdlib>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "input/catalog_live.hpp"
#include "input/hba.hpp"
#include "path/ways.hpp"
#include "pg/identifier.hpp"
#include "support/catch.hpp"
#include "support/memory_files.hpp"
#include "support/server.hpp"
#include "support/startup_client.hpp"

using namespace pgleast;
using pgleast::test::LiveServer;
using pgleast::test::Startup;

namespace {

using Words = std::vector<std::string>;

const Words logins{"anna", "ben", "o'neil", "dora", "eve", "fay", "gus", "hal"};
const Words groups{"g1", "g2", "\"g 3\"", "boss"};
const Words tables{"s1.t1", "s1.t2", "s2.t1", "\"S 3\".\"t'4\""};
const Words reach_privileges{"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"};
const Words origins{"", "127.0.0.1", "127.0.0.2", "127.0.0.3", "127.1.0.1"};

std::string quoted(const std::string& name) {
  return name.starts_with('"') ? name : quote_identifier(name);
}

std::string pick(std::mt19937& random, const Words& words) {
  return words[random() % words.size()];
}

bool chance(std::mt19937& random, unsigned percent) { return random() % 100 < percent; }

std::string random_roles(std::mt19937& random, int major) {
  std::string sql;
  for (const auto& name : groups) {
    sql += "CREATE ROLE " + quoted(name) +
           (name == "boss" && chance(random, 30) ? " SUPERUSER;" : ";");
  }
  for (const auto& name : logins) {
    sql += "CREATE ROLE " + quoted(name) + (chance(random, 90) ? " LOGIN" : "");
    if (chance(random, 15)) sql += " SUPERUSER";
    if (chance(random, 45)) sql += " NOINHERIT";
    if (chance(random, 8)) sql += " CREATEROLE";
    if (chance(random, 10)) sql += " CONNECTION LIMIT 0";
    if (chance(random, 60)) sql += " PASSWORD 'pw'";
    if (chance(random, 15)) sql += " VALID UNTIL '2001-02-03'";
    if (chance(random, 15)) sql += " VALID UNTIL '2901-02-03'";
    // The last one given would be refused as given twice.
    if (const auto first = sql.rfind(" VALID UNTIL '2001"), last = sql.rfind(" VALID UNTIL '2901");
        first != std::string::npos && last != std::string::npos && first < last &&
        first > sql.rfind("CREATE ROLE")) {
      sql.erase(last);
    }
    sql += ';';
  }
  for (auto count = 6 + random() % 16; count > 0; --count) {
    // Upwards alone, so that there is no ring.
    const bool login = chance(random, 70);
    const auto member = login ? pick(random, logins) : groups[random() % 2];
    const auto group = login ? pick(random, groups) : groups[2 + random() % 2];
    sql += "GRANT " + quoted(group) + " TO " + quoted(member);
    if (major < 16 && chance(random, 15)) sql += " WITH ADMIN OPTION";
    if (major >= 16) {
      sql += std::string(" WITH ADMIN ") + (chance(random, 15) ? "TRUE" : "FALSE") + ", INHERIT " +
             (chance(random, 60) ? "TRUE" : "FALSE") + ", SET " +
             (chance(random, 70) ? "TRUE" : "FALSE");
    }
    sql += ';';
  }
  return sql;
}

std::string anybody(std::mt19937& random) {
  if (chance(random, 25)) return "PUBLIC";
  return quoted(chance(random, 50) ? pick(random, groups) : pick(random, logins));
}

std::string random_objects(std::mt19937& random) {
  std::string sql = "CREATE SCHEMA s1; CREATE SCHEMA s2; CREATE SCHEMA \"S 3\";";
  for (const auto& table : tables) {
    sql += "CREATE TABLE " + table + " (a integer, \"b'\" text);";
    if (chance(random, 40))
      sql += "ALTER TABLE " + table + " OWNER TO " + quoted(pick(random, logins)) + ';';
  }
  for (const char* const schema : {"s1", "s2", "\"S 3\""}) {
    for (auto count = 1 + random() % 4; count > 0; --count) {
      sql += std::string("GRANT USAGE ON SCHEMA ") + schema + " TO " + anybody(random) + ';';
    }
  }
  for (auto count = 16 + random() % 24; count > 0; --count) {
    sql += "GRANT " + pick(random, reach_privileges) + " ON " + pick(random, tables) + " TO " +
           anybody(random) + ';';
  }
  return sql;
}

// What keeps roles out of the database.
std::string random_barriers(std::mt19937& random, const std::string& database) {
  std::string sql;
  if (chance(random, 30)) {
    sql += "REVOKE CONNECT ON DATABASE " + database + " FROM PUBLIC;";
    for (auto count = random() % 4; count > 0; --count) {
      sql += "GRANT CONNECT ON DATABASE " + database + " TO " + anybody(random) + ';';
    }
  }
  if (chance(random, 6)) sql += "ALTER DATABASE " + database + " CONNECTION LIMIT 0;";
  if (chance(random, 6)) sql += "ALTER DATABASE " + database + " ALLOW_CONNECTIONS false;";
  return sql;
}

std::string random_records(std::mt19937& random, const std::string& database) {
  std::string text;
  for (auto count = 5 + random() % 8; count > 0; --count) {
    const auto type = pick(random, {"local", "local", "host", "host", "hostssl", "hostnossl"});
    text += type + ' ' + pick(random, {"all", "all", database, "other"}) + ' ';
    std::string users = "all";
    if (chance(random, 55)) users = '"' + pick(random, logins) + '"';
    if (chance(random, 20)) users = "+" + pick(random, groups);
    text += users + ' ';
    if (type != "local") {
      text += pick(random, {"all", "127.0.0.0/8", "127.0.0.1/32", "127.0.0.2/31", "127.1.0.0/16"}) +
              ' ';
    }
    text += pick(random,
                 {"trust", "trust", "trust", "password", "password", "reject", "scram-sha-256"}) +
            '\n';
  }
  return text;
}

class ReachWorld {
 public:
  ReachWorld();
  void compare(unsigned seed);
  std::string summary() const;

  std::size_t worlds = 0, questions = 0, ways = 0, by_password = 0, set_roles = 0, steps = 0,
              differences = 0;

 private:
  void make(std::mt19937& random, const std::string& database);
  void clear(const std::string& database);
  void ask(const Graph& graph, const Doors& doors, const Routes& routes, std::mt19937& random);
  std::string without_a_way(Startup startup, const Target& target) const;

  LiveServer server_{"-c listen_addresses=127.0.0.1"};
  Cluster cluster_;
  std::string hba_text_, world_, database_;
  int port_ = 0;
};

ReachWorld::ReachWorld() {
  const auto made = test::run(
      "cd " + server_.data() +
      " && openssl req -new -x509 -days 2 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1"
      " -subj /CN=localhost -keyout server.key -out server.crt && chmod 600 server.key"
      " && chown --reference=. server.key server.crt");
  if (made.code != 0) throw std::runtime_error("openssl: " + made.out);
  server_.sql("postgres",
              "ALTER SYSTEM SET ssl = on; ALTER SYSTEM SET password_encryption = 'scram-sha-256';");
  server_.restart();
  port_ = std::stoi(server_.ask("postgres", "SHOW port"));
}

void ReachWorld::make(std::mt19937& random, const std::string& database) {
  world_ = random_roles(random, server_.major());
  server_.sql("postgres", world_ + "CREATE DATABASE " + database + ";");
  const auto objects = random_objects(random);
  server_.sql(database, objects);
  const auto barriers = random_barriers(random, database);
  // Before the doors close: what lies in the database is read from inside.
  cluster_ = read_live({server_.dsn(database), {}, false});
  if (!barriers.empty()) {
    server_.sql("postgres", barriers);
    const auto outside = read_live({server_.dsn("postgres"), {}, false});
    for (auto& object : cluster_.objects) {
      if (object.kind != ObjectKind::database) continue;
      for (const auto& other : outside.objects) {
        if (other.kind != ObjectKind::database || other.name != object.name) continue;
        const auto& now = outside.databases[other.detail];
        cluster_.databases[object.detail].allows_connections = now.allows_connections;
        cluster_.databases[object.detail].connection_limit = now.connection_limit;
        AclPool pool(cluster_);
        if (other.acl != null_acl) {
          object.acl = pool.intern_text(to_string(outside.acls[index(other.acl)],
                                                  [&](RoleId r) { return outside.role_name(r); }));
        }
      }
    }
  }
  world_ += objects + barriers;
  hba_text_ = "local all " + server_.superuser() + " trust\n" + random_records(random, database);
  const auto path = server_.data() + "/pg_hba.conf";
  server_.write(path, hba_text_);
  server_.reload();
  std::vector<ConfigFile> read;
  cluster_.hba = read_hba(path, test::memory_files({{path, hba_text_}}), cluster_.version_num, read,
                          {true, std::nullopt, std::nullopt});
  INFO(hba_text_);
  REQUIRE(cluster_.hba.loads());
  // The old records decide until the server has seen the signal.
  for (int tries = 0; tries < 100; ++tries) {
    const auto first = server_.ask("postgres", "SELECT count(*) FROM pg_hba_file_rules");
    if (first == std::to_string(cluster_.hba.records.size())) break;
  }
  server_.ask("postgres", "SELECT pg_sleep(0.2)");
}

void ReachWorld::clear(const std::string& database) {
  std::string sql = "DROP DATABASE " + database + ";";
  for (const auto& name : groups) sql += "DROP ROLE " + quoted(name) + ';';
  for (const auto& name : logins) sql += "DROP ROLE " + quoted(name) + ';';
  server_.sql("postgres", sql);
}

// Whether it goes all the same: by itself, or as any role that it can be. Empty: it does not.
std::string ReachWorld::without_a_way(Startup startup, const Target& target) const {
  const auto statement = statement_for(cluster_, target);
  if (test::session_error(startup, {statement}).empty()) return "as itself";
  for (const auto& role : cluster_.roles) {
    if (role.oid < first_oid_of_users) continue;
    const auto set = "SET ROLE " + quote_identifier(role.name);
    if (test::session_error(startup, {set, statement}).empty()) return "as " + role.name;
  }
  return "";
}

void ReachWorld::ask(const Graph& graph, const Doors& doors, const Routes& routes,
                     std::mt19937& random) {
  ++questions;
  Startup startup;
  startup.folder = server_.folder();
  startup.port = port_;
  // Mostly somebody whom a record speaks of.
  const auto& records = cluster_.hba.records;
  const auto& record = records[1 + random() % (records.size() - 1)];
  startup.source = pick(random, origins);
  if (chance(random, 70) && record.type == ConnectionType::local) startup.source = "";
  startup.server = startup.source.empty() ? "" : "127.0.0.1";
  startup.tls = !startup.source.empty() && chance(random, 50);
  const auto& named = record.users.front();
  const bool follows = chance(random, 70) && named.text != "all" && !named.text.starts_with('+');
  startup.user = follows ? named.text : pick(random, logins);
  startup.database = database_;
  startup.password = chance(random, 75) ? "pw" : "";
  Question question;
  question.from = origin_named(startup.source.empty() ? "local" : startup.source);
  question.user = startup.user;
  question.database = database_;
  if (!startup.source.empty()) question.tls = startup.tls;
  const Way* best = nullptr;
  const auto found = ways_in(graph, doors, routes, question);
  for (const auto& way : found.ways) {
    const auto method = cluster_.hba.records[way.record].method;
    const bool meets =
        way.demand.asks == Asks::nothing || (method == "password" && !startup.password.empty());
    if (best == nullptr && meets && way.is_certain()) best = &way;
  }
  const auto text = to_string(cluster_, routes.target());
  CAPTURE(server_.major(), world_, hba_text_, startup.source, startup.tls, startup.user,
          startup.password, text);
  if (best == nullptr) {
    const auto how = without_a_way(startup, routes.target());
    differences += how.empty() ? 0 : 1;
    CHECK(how.empty());
    return;
  }
  ++ways;
  by_password += best->demand.asks == Asks::nothing ? 0 : 1;
  steps += best->route.steps.empty() ? 0 : 1;
  auto statements = best->route.statements;
  // A file's place is for a person to fill in.
  const auto place = std::find_if(statements.begin(), statements.end(), [](const auto& statement) {
    return statement.find("/path/of/") != std::string::npos;
  });
  statements.erase(place, statements.end());
  set_roles += !statements.empty() && statements.front().starts_with("SET ROLE") ? 1 : 0;
  const auto error = test::session_error(startup, statements);
  CAPTURE(statements);
  differences += error.empty() ? 0 : 1;
  CHECK(error.empty());
}

void ReachWorld::compare(unsigned seed) {
  std::mt19937 random(seed);
  database_ = "shop" + std::to_string(seed);
  make(random, database_);
  ++worlds;
  const Graph graph(cluster_);
  const Escalations escalations(graph);
  const Doors doors(graph, escalations.connections(), {"2026-01-01"});
  for (const auto& table : tables) {
    const auto targets = targets_named(cluster_, "table:" + table, pick(random, reach_privileges));
    REQUIRE(targets.size() == 1);
    const Routes routes(graph, escalations, targets.front());
    for (int i = 0; i < 12; ++i) ask(graph, doors, routes, random);
  }
  clear(database_);
}

std::string ReachWorld::summary() const {
  std::ostringstream text;
  text << cluster_.server << ": " << worlds << " worlds, " << questions << " questions, " << ways
       << " ways in (" << by_password << " by a password, " << set_roles << " with SET ROLE, "
       << steps << " with steps up), " << differences << " differences";
  return text.str();
}

std::size_t wanted_worlds() {
  const char* const wanted = std::getenv("PGLEAST_REACH_WORLDS");
  return wanted == nullptr ? 1 : std::stoul(wanted);
}

}  // namespace

TEST_CASE("somebody gets at a table exactly where reach says so", "[live][reach]") {
  ReachWorld world;
  for (unsigned seed = 0; seed < wanted_worlds(); ++seed) world.compare(seed);
  WARN(world.summary());
  CHECK(world.differences == 0);
  CHECK(world.ways * 20 > world.questions);
}
