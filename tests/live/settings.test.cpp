// Settings held against real sessions: random ALTER SYSTEM, ROLE, DATABASE and ROLE IN DATABASE
// SET, then what pg_settings says to each role in each database; and who may change what,
// tried. PGLEAST_SETTINGS_ROUNDS says how many rounds.

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <random>
#include <sstream>

#include "input/server/server_reader.hpp"
#include "pg/identifier.hpp"
#include "privileges/setting_in_force.hpp"
#include "support/catch.hpp"
#include "support/server.hpp"

using namespace pgleast;
using pgleast::test::LiveServer;

namespace {

using Words = std::vector<std::string>;

struct Tried {
  const char* name;
  Words values;
};

const std::vector<Tried> for_sessions{
    {"work_mem", {"'4MB'", "8192", "'1 GB'"}},
    {"search_path", {"public", "\"$user\", s", "''"}},
    {"statement_timeout", {"'5 min'", "1500", "'1h'"}},
    {"lock_timeout", {"'2s'", "100"}},
    {"row_security", {"off", "tru", "1"}},
    {"log_statement", {"ddl", "'ALL'"}},
    {"log_min_duration_statement", {"'250ms'", "-1"}},
    {"session_replication_role", {"replica"}},
    {"DateStyle", {"'SQL, DMY'"}},
    {"client_min_messages", {"warning"}},
    {"default_transaction_read_only", {"on"}},
    {"bytea_output", {"escape"}},
    {"quote_all_identifiers", {"on"}},
    {"random_page_cost", {"1.1", "2"}},
    {"my.placeholder", {"'x y'", "42"}},
};

const std::vector<Tried> for_server{
    {"work_mem", {"'16MB'", "64"}},     {"log_connections", {"on"}},
    {"statement_timeout", {"'1min'"}},  {"password_encryption", {"'scram-sha-256'"}},
    {"log_statement", {"mod"}},         {"row_security", {"off"}},
    {"authentication_timeout", {"30"}}, {"search_path", {"public"}},
};

std::string one_of(std::mt19937& random, const Words& words) {
  return words[random() % words.size()];
}

const Words users{"app", "boss", "odd \"name\""};
const Words databases{"postgres", "shop", "Odd Db"};

int rounds_wanted() {
  const char* const given = std::getenv("PGLEAST_SETTINGS_ROUNDS");
  return given == nullptr ? 2 : std::max(1, std::atoi(given));
}

std::string random_statement(std::mt19937& random) {
  const auto user = quote_identifier(one_of(random, users));
  const auto database = quote_identifier(one_of(random, databases));
  if (random() % 5 == 0) {
    const auto& t = for_server[random() % for_server.size()];
    return std::string("ALTER SYSTEM SET ") + t.name + " = " + one_of(random, t.values) + ";\n";
  }
  const auto& t = for_sessions[random() % for_sessions.size()];
  const Words whom{"ALTER ROLE ALL", "ALTER DATABASE " + database, "ALTER ROLE " + user,
                   "ALTER ROLE " + user + " IN DATABASE " + database};
  return one_of(random, whom) + " SET " + t.name + " = " + one_of(random, t.values) + ";\n";
}

// Name, value, source; what a session says of itself left out.
Words session_lines(const LiveServer& server, const std::string& database,
                    const std::string& user) {
  const auto ran = test::run(
      "PGOPTIONS= psql -X -At -F '|' -d " + test::shell_quoted(server.dsn(database, user)) +
      " -c \"SELECT s.name, pg_catalog.current_setting(s.name), source FROM "
      "pg_catalog.pg_settings s WHERE s.name !~ '^(transaction_|application_name)' UNION ALL "
      "SELECT 'my.placeholder', coalesce(pg_catalog.current_setting('my.placeholder', true), ''), "
      "''\"");
  REQUIRE(ran.code == 0);
  Words lines;
  std::istringstream text(ran.out);
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

Words model_lines(const Cluster& cluster, const std::string& database, const std::string& user) {
  SessionOf session{cluster.find_role(user).value(), no_object};
  for (std::uint32_t i = 0; i < cluster.objects.size(); ++i) {
    const auto& o = cluster.objects[i];
    if (o.kind == ObjectKind::database && o.name == database) session.database = ObjectId{i};
  }
  Words lines;
  bool placeholder = false;
  for (const auto& s : settings_in_force(cluster, session)) {
    if (s.name.starts_with("transaction_") || s.name == "application_name") continue;
    const bool unlisted = s.name == "my.placeholder";  // pg_settings leaves them out
    placeholder = placeholder || unlisted;
    lines.push_back(s.name + "|" + s.value + "|" + (unlisted ? "" : s.source));
  }
  if (!placeholder) lines.emplace_back("my.placeholder||");
  return lines;
}

std::string session_words(const SessionOf& of, const Cluster& cluster) {
  if (of.role == no_role && of.database == no_object) return "ALTER ROLE ALL";
  const auto database =
      of.database == no_object ? "" : quote_identifier(cluster.object(of.database).name);
  if (of.role == no_role) return "ALTER DATABASE " + database;
  const auto role = "ALTER ROLE " + quote_identifier(cluster.role_name(of.role));
  return database.empty() ? role : role + " IN DATABASE " + database;
}

}  // namespace

TEST_CASE("settings in force are what pg_settings shows in that session", "[live][settings]") {
  LiveServer server(
      "-c idle_in_transaction_session_timeout=7s -c log_autovacuum_min_duration=3min");
  server.sql("postgres",
             "CREATE ROLE app LOGIN; CREATE ROLE boss LOGIN SUPERUSER; "
             "CREATE ROLE \"odd \"\"name\"\"\" LOGIN; GRANT pg_read_all_settings TO app, "
             "\"odd \"\"name\"\"\"; CREATE DATABASE shop; CREATE DATABASE \"Odd Db\";");
  const int rounds = rounds_wanted();
  std::mt19937 random(static_cast<unsigned>(rounds) + 4U);
  std::size_t cells = 0;
  std::size_t stored = 0;
  std::size_t differences = 0;
  for (int round = 0; round < rounds; ++round) {
    std::string statements = "SET default_transaction_read_only = off;\n";
    for (int i = 0; i < 25; ++i) statements += random_statement(random);
    statements += "ALTER ROLE boss SET lock_timeout = '9s';";
    server.sql("postgres", statements);
    server.restart();
    const auto cluster = read_live({server.dsn("postgres"), {}, false});
    stored += cluster.role_settings.size();
    for (const auto& user : users) {
      for (const auto& database : databases) {
        auto expected = session_lines(server, database, user);
        auto found = model_lines(cluster, database, user);
        std::sort(expected.begin(), expected.end());
        std::sort(found.begin(), found.end());
        cells += expected.size();
        const auto report = [&](const Words& a, const Words& b, const char* who) {
          Words only;
          std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(only));
          for (const auto& line : only) {
            if (++differences <= 20)
              UNSCOPED_INFO(user << " in " << database << ", " << who << ": " << line);
          }
        };
        report(expected, found, "the server only");
        report(found, expected, "pgleast only");
      }
    }
  }
  std::cout << "settings: " << rounds << " rounds, " << stored << " stored, " << cells << " cells, "
            << differences << " differences\n";
  CHECK(differences == 0);
}

TEST_CASE("who may change a setting is who can", "[live][settings]") {
  LiveServer server;
  const int major = server.major();
  server.sql(
      "postgres",
      "CREATE ROLE su SUPERUSER LOGIN; CREATE ROLE maker CREATEROLE LOGIN; "
      "CREATE ROLE owner LOGIN; CREATE ROLE heir LOGIN; CREATE ROLE stranger LOGIN NOINHERIT; "
      "CREATE ROLE app LOGIN; GRANT owner TO heir, stranger; CREATE ROLE grp; "
      "GRANT grp TO app; CREATE DATABASE shop OWNER owner;");
  if (major >= 15) {
    server.sql("postgres",
               "GRANT SET ON PARAMETER log_statement TO grp; GRANT SET ON PARAMETER "
               "session_replication_role TO owner; GRANT ALTER SYSTEM ON PARAMETER work_mem TO "
               "grp; GRANT ALTER SYSTEM ON PARAMETER port, log_connections TO maker; "
               "GRANT SET ON PARAMETER log_connections, port TO maker;");
  }
  if (major >= 16) server.sql("postgres", "GRANT app TO maker WITH ADMIN OPTION;");
  const auto cluster = read_live({server.dsn("postgres"), {}, false});
  const Graph graph(cluster);
  const SettingRights rights(graph);
  const auto role = [&](const char* name) { return cluster.find_role(name).value(); };
  ObjectId shop = no_object;
  for (std::uint32_t i = 0; i < cluster.objects.size(); ++i) {
    const auto& o = cluster.objects[i];
    if (o.kind == ObjectKind::database && o.name == "shop") shop = ObjectId{i};
  }
  const std::vector<SessionOf> targets{{no_role, no_object},     {no_role, shop},
                                       {role("app"), no_object}, {role("app"), shop},
                                       {role("su"), no_object},  {role("heir"), no_object}};
  Words settings{"work_mem",
                 "log_statement",
                 "session_replication_role",
                 "log_connections",
                 "port",
                 "ssl",
                 "data_directory",
                 "post_auth_delay",
                 "ignore_system_indexes",
                 "server_version"};
  if (major >= 17) settings.emplace_back("allow_alter_system");

  struct Attempt {
    std::string what;
    bool expected;
  };
  std::vector<Attempt> attempts;
  std::string script = "\\set ON_ERROR_STOP 0\n\\o /dev/null\n";
  const auto attempt = [&](const char* actor, const std::string& statement, bool expected) {
    attempts.push_back({std::string(actor) + ": " + statement, expected});
    script += "SET SESSION AUTHORIZATION " + std::string(actor) + ";\n" + statement +
              ";\n\\warn :ERROR\nRESET SESSION AUTHORIZATION;\n";
  };
  std::map<std::string, std::string> values;  // their own: only the right is at stake
  for (const auto& name : settings) values[name] = server.ask("postgres", "SHOW " + name);
  for (const char* const actor : {"su", "maker", "owner", "heir", "stranger", "app"}) {
    for (const auto& name : settings) {
      const auto& info = *find_setting_info(name, major);
      const auto value = "'" + values[name] + "'";
      attempt(actor, "SET " + name + " = " + value, rights.may_set(role(actor), info));
      script += "RESET ALL;\n";
      attempt(actor, "ALTER SYSTEM SET " + name + " = " + value,
              rights.may_alter_system(role(actor), info));
      for (const auto& target : targets) {
        attempt(actor, session_words(target, cluster) + " SET " + name + " = " + value,
                rights.may_store(role(actor), target, info));
      }
    }
  }
  std::ofstream(server.folder() + "/attempts.sql") << script;
  const auto ran = test::run("psql -X -q -d " + test::shell_quoted(server.dsn()) + " -f " +
                             server.folder() + "/attempts.sql 2>&1 | grep -E '^(true|false)$'");
  Words answers;
  std::istringstream lines(ran.out);
  for (std::string line; std::getline(lines, line);) answers.push_back(line);
  REQUIRE(answers.size() == attempts.size());
  std::size_t differences = 0;
  std::size_t allowed = 0;
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    const bool can = answers[i] == "false";
    allowed += can ? 1U : 0U;
    if (can != attempts[i].expected && ++differences <= 20) {
      UNSCOPED_INFO((can ? "can, " : "cannot, ") << attempts[i].what);
    }
  }
  std::cout << "settings: " << attempts.size() << " changes tried, " << allowed << " allowed, "
            << differences << " differences\n";
  CHECK(differences == 0);
}
