// What `reach` says is what a server does: random worlds of roles, memberships, grants and
// records; for an address, with or without TLS, a role, a table and a privilege, there is a way
// in exactly where somebody who comes from there gets in and the statements run.
//
// PGLEAST_REACH_WORLDS: how many worlds (by default few, so that the suite stays short).

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "connections/ident_map.hpp"
#include "input/config/hba.hpp"
#include "input/config/ident.hpp"
#include "input/server/server_reader.hpp"
#include "pg/identifier.hpp"
#include "reach/ways.hpp"
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
const Words origins{"", "127.0.0.1", "127.0.0.2", "127.0.0.3", "127.1.0.1", "::1"};
const std::vector<std::pair<std::string, std::string>> other_targets{
    {"function:s1.f(integer)", "EXECUTE"},
    {"sequence:s2.q", "USAGE"},
    {"schema:s1", "CREATE"},
    {"schema:s2", "CREATE"}};

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
    if (chance(random, 60)) {
      // Another way of storing it holds for the roles that follow, too.
      const auto* const kind = chance(random, 40) ? "md5" : "scram-sha-256";
      sql.insert(sql.rfind("CREATE ROLE"),
                 std::string("SET password_encryption = '") + kind + "';");
      sql += " PASSWORD 'pw'";
    }
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
  if (chance(random, 35)) return "PUBLIC";
  return quoted(chance(random, 50) ? pick(random, groups) : pick(random, logins));
}

std::string random_objects(std::mt19937& random) {
  std::string sql = "CREATE SCHEMA s1; CREATE SCHEMA s2; CREATE SCHEMA \"S 3\";";
  for (const auto& table : tables) {
    sql += "CREATE TABLE " + table + " (a integer, \"b'\" text);";
    if (chance(random, 40))
      sql += "ALTER TABLE " + table + " OWNER TO " + quoted(pick(random, logins)) + ';';
  }
  sql +=
      "CREATE FUNCTION s1.f(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1';"
      "CREATE SEQUENCE s2.q;";
  if (chance(random, 60)) sql += "REVOKE EXECUTE ON FUNCTION s1.f(integer) FROM PUBLIC;";
  for (const auto* const grant : {"EXECUTE ON FUNCTION s1.f(integer)", "USAGE ON SEQUENCE s2.q",
                                  "CREATE ON SCHEMA s1", "CREATE ON SCHEMA s2"}) {
    sql += std::string("GRANT ") + grant + " TO " + anybody(random) + ';';
  }
  for (const char* const schema : {"s1", "s2", "\"S 3\""}) {
    for (auto count = 2 + random() % 4; count > 0; --count) {
      sql += std::string("GRANT USAGE ON SCHEMA ") + schema + " TO " + anybody(random) + ';';
    }
  }
  for (auto count = 24 + random() % 24; count > 0; --count) {
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
  for (auto count = 6 + random() % 10; count > 0; --count) {
    const auto type = pick(random, {"local", "local", "host", "host", "hostssl", "hostnossl"});
    text += type + ' ' + pick(random, {"all", "all", "all", database, database, "other"}) + ' ';
    std::string users = "all";
    if (chance(random, 55)) users = '"' + pick(random, logins) + '"';
    if (chance(random, 20)) users = "+" + pick(random, groups);
    text += users + ' ';
    if (type != "local") {
      text += pick(random, {"all", "127.0.0.0/8", "127.0.0.1/32", "127.0.0.2/31", "127.1.0.0/16",
                            "::1/128", "::/0"}) +
              ' ';
    }
    Words methods{"trust", "trust", "trust", "password", "md5", "reject", "scram-sha-256"};
    if (type == "hostssl") {
      methods.insert(methods.end(), {"cert", "cert map=m", "trust clientcert=verify-ca",
                                     "scram-sha-256 clientcert=verify-full"});
    }
    text += pick(random, methods) + '\n';
  }
  return text;
}

// Names of certificates and the roles that they may be.
std::string random_mappings(std::mt19937& random) {
  std::string text;
  for (auto count = random() % 6; count > 0; --count) {
    text += "m \"" + pick(random, logins) + "\" \"" + pick(random, logins) + "\"\n";
  }
  if (chance(random, 20)) text += "m /^(.*)a$ \\1e\n";
  return text;
}

bool comes_from(const HbaRecord& record, const std::string& source) {
  if (source.empty() || record.type == ConnectionType::local) {
    return source.empty() == (record.type == ConnectionType::local);
  }
  bool exact = true;
  const auto taken = record.address.kind == AddressKind::ip
                         ? addresses_of(record.address.address, record.address.mask, exact)
                         : AddressSet::all();
  return addresses_named(source)->without(taken).empty();
}

class ReachWorld {
 public:
  ReachWorld();
  void compare(unsigned seed);
  std::string summary() const;

  std::size_t worlds = 0, questions = 0, ways = 0, by_password = 0, by_certificate = 0,
              over_ipv6 = 0, set_roles = 0, steps = 0, differences = 0;

 private:
  void make(std::mt19937& random, const std::string& database);
  void clear(const std::string& database);
  bool can_meet(const Way& way, const Startup& startup, const std::string& shown) const;
  void ask(const Graph& graph, const Doors& doors, const Routes& routes, std::mt19937& random);
  std::string without_a_way(const Startup& startup, const Target& target) const;

  std::string certificate_of(const std::string& name);

  LiveServer server_{"-c listen_addresses=127.0.0.1,::1"};
  Cluster cluster_;
  std::string hba_text_, ident_text_, world_, database_;
  std::map<std::string, std::string> certificates_;  // by name
  int port_ = 0;
};

// Of the server's own key: it is its own authority.
std::string ReachWorld::certificate_of(const std::string& name) {
  auto& path = certificates_[name];
  if (!path.empty()) return path;
  path = server_.folder() + "/client" + std::to_string(certificates_.size()) + ".pem";
  const auto made = test::run(
      "cd " + server_.data() +
      " && openssl req -new -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -subj " +
      test::shell_quoted("/CN=" + name) +
      " -keyout ../client.key 2>/dev/null |"
      " openssl x509 -req -days 2 -CA server.crt -CAkey server.key -set_serial " +
      std::to_string(certificates_.size()) +
      " > ../client.crt 2>/dev/null && cat ../client.crt ../client.key > " + path);
  if (made.code != 0) throw std::runtime_error("openssl: " + made.out);
  return path;
}

ReachWorld::ReachWorld() {
  const auto made = test::run(
      "cd " + server_.data() +
      " && openssl req -new -x509 -days 2 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1"
      " -subj /CN=localhost -keyout server.key -out server.crt && chmod 600 server.key"
      " && chown --reference=. server.key server.crt");
  if (made.code != 0) throw std::runtime_error("openssl: " + made.out);
  server_.sql("postgres",
              "ALTER SYSTEM SET ssl = on; ALTER SYSTEM SET ssl_ca_file = 'server.crt';");
  server_.reload();
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
  ident_text_ = random_mappings(random);
  const auto ident = server_.data() + "/pg_ident.conf";
  server_.write(ident, ident_text_);
  server_.reload();
  std::vector<ConfigFile> read;
  cluster_.hba = read_hba(path, test::memory_files({{path, hba_text_}}), cluster_.version_num, read,
                          {true, std::nullopt, std::nullopt});
  cluster_.ident =
      read_ident(ident, test::memory_files({{ident, ident_text_}}), cluster_.version_num, read);
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
std::string ReachWorld::without_a_way(const Startup& startup, const Target& target) const {
  const auto statement = statement_for(cluster_, target);
  std::vector<std::vector<std::string>> attempts{{statement}};
  Words names{"as itself"};
  for (const auto& role : cluster_.roles) {
    if (role.oid < first_oid_of_users) continue;
    attempts.push_back({"SET ROLE " + quote_identifier(role.name), statement});
    names.push_back("as " + role.name);
  }
  const auto runs = test::first_that_runs(startup, attempts);
  return runs ? names[*runs] : "";
}

// `shown`: the name in the certificate that the client has; empty: it has none.
bool ReachWorld::can_meet(const Way& way, const Startup& startup, const std::string& shown) const {
  const auto& record = cluster_.hba.records[way.record];
  const auto option = [&](const std::string& name) {
    for (const auto& [key, value] : record.options) {
      if (key == name) return value;
    }
    return std::string();
  };
  if (record.method == "cert") {
    if (option("map").empty()) return shown == startup.user;
    const auto targets = map_targets(cluster_.ident, option("map"), shown, cluster_.major());
    return !shown.empty() &&
           decide(targets, startup.user, Graph(cluster_)).outcome == MapDecision::Outcome::admitted;
  }
  const auto wanted = option("clientcert");
  if (wanted == "verify-ca" && shown.empty()) return false;
  if (wanted == "verify-full" && shown != startup.user) return false;
  return record.method == "trust" || !startup.password.empty();
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
  for (int tries = 0; tries < 8 && chance(random, 90) && !comes_from(record, startup.source);
       ++tries) {
    startup.source = pick(random, origins);
  }
  startup.server = startup.source.empty() ? "" : startup.source == "::1" ? "::1" : "127.0.0.1";
  startup.tls =
      !startup.source.empty() && chance(random, record.type == ConnectionType::hostssl ? 80 : 40);
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
  std::string shown;
  if (startup.tls && chance(random, 40)) {
    shown = chance(random, 60) ? startup.user : pick(random, logins);
    startup.certificate = certificate_of(shown);
  }
  const Way* best = nullptr;
  const auto found = ways_in(graph, doors, routes, question);
  for (const auto& way : found.ways) {
    const bool meets = can_meet(way, startup, shown);
    if (best == nullptr && meets && way.is_certain()) best = &way;
  }
  const auto text = to_string(cluster_, routes.target());
  CAPTURE(server_.major(), world_, hba_text_, ident_text_, startup.source, startup.tls,
          startup.user, startup.password, shown, text);
  if (best == nullptr) {
    const auto how = without_a_way(startup, routes.target());
    differences += how.empty() ? 0 : 1;
    CHECK(how.empty());
    return;
  }
  ++ways;
  by_password += best->demand.asks == AskedCredential::password ? 1 : 0;
  by_certificate += best->demand.asks == AskedCredential::certificate ? 1 : 0;
  over_ipv6 += startup.server == "::1" ? 1 : 0;
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
  const Connections connections(graph);
  const Escalations escalations(graph, connections);
  const Doors doors(graph, connections.decided(), {"2026-01-01"});
  for (const auto& table : tables) {
    const auto targets = targets_named(cluster_, "table:" + table, pick(random, reach_privileges));
    REQUIRE(targets.size() == 1);
    const Routes routes(graph, escalations, targets.front());
    for (int i = 0; i < 10; ++i) ask(graph, doors, routes, random);
  }
  for (const auto& [name, privilege] : other_targets) {
    const Routes routes(graph, escalations, targets_named(cluster_, name, privilege).front());
    for (int i = 0; i < 3; ++i) ask(graph, doors, routes, random);
  }
  clear(database_);
}

std::string ReachWorld::summary() const {
  std::ostringstream text;
  text << cluster_.server << ": " << worlds << " worlds, " << questions << " questions, " << ways
       << " ways in (" << by_password << " by a password, " << by_certificate
       << " by a certificate, " << over_ipv6 << " over IPv6, " << set_roles << " with SET ROLE, "
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
