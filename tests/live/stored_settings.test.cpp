// Nothing that is stored for a role or a database changes what is read, and what it hides of the
// server is unseen.

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "audit/audit.hpp"
#include "input/server/connection.hpp"
#include "input/server/server_reader.hpp"
#include "pg/identifier.hpp"
#include "policy/loader.hpp"
#include "support/catch.hpp"
#include "support/server.hpp"
#include "text/diagnostic.hpp"
#include "text/display.hpp"

using namespace pgleast;
using pgleast::test::LiveServer;

namespace {

constexpr const char* world =
    "CREATE ROLE owner LOGIN; CREATE ROLE auditor LOGIN; CREATE ROLE stranger;"
    "SET password_encryption = 'scram-sha-256';"
    "CREATE ROLE app LOGIN PASSWORD 'secret' VALID UNTIL '2031-02-03 04:05:06+02';"
    "GRANT SELECT (oid, rolpassword) ON pg_authid TO auditor; GRANT stranger TO auditor;"
    "CREATE DATABASE shop OWNER owner;";

constexpr const char* in_shop =
    "SET ROLE owner; CREATE SCHEMA evil;"
    "CREATE FUNCTION evil.current_setting(text) RETURNS text LANGUAGE sql AS $$ SELECT '1' $$;"
    "CREATE FUNCTION evil.eq(text, text) RETURNS bool LANGUAGE sql AS $$ SELECT true $$;"
    "CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.eq);"
    "CREATE VIEW evil.pg_settings AS SELECT 1 AS name;"
    "CREATE TABLE evil.orders (\"Id\" int, d date DEFAULT '2020-01-02', i interval, f float8, b "
    "bytea);"
    "ALTER TABLE evil.orders ENABLE ROW LEVEL SECURITY;"
    "CREATE POLICY p ON evil.orders USING (d > '2020-01-02' AND i < '1 day 02:03' AND f > 1e-20"
    "  AND b <> '\\x00ff' AND \"Id\" = NULL);"
    "CREATE RULE r AS ON DELETE TO evil.orders DO INSTEAD SELECT 'a\\b', '2020-01-02'::date;"
    "CREATE VIEW evil.v AS SELECT * FROM evil.orders;";

// Extremes by round; what is refused is no value. In the last, each number is one above its least.
std::string store_all(const std::string& whom, int round) {
  return "SET client_min_messages = error; DO $$ DECLARE s record; v text; BEGIN "
         "FOR s IN SELECT * FROM pg_settings WHERE context = 'user' LOOP v := CASE s.vartype "
         "WHEN 'bool' THEN (ARRAY['off', 'on', CASE s.boot_val WHEN 'on' THEN 'off' ELSE 'on' END,"
         "  CASE s.boot_val WHEN 'on' THEN 'off' ELSE 'on' END])[" +
         std::to_string(round + 1) + "] WHEN 'enum' THEN s.enumvals[CASE " + std::to_string(round) +
         " WHEN 0 THEN 1 WHEN 1 THEN cardinality(s.enumvals) ELSE 2 END] "
         "WHEN 'string' THEN (ARRAY['', CASE s.name WHEN 'search_path' THEN 'evil, pg_catalog' "
         "  WHEN 'DateStyle' THEN 'German' WHEN 'client_encoding' THEN 'SJIS' WHEN 'TimeZone' THEN "
         "  'Asia/Tokyo' WHEN 'local_preload_libraries' THEN 'nosuch' ELSE 'C' END, CASE s.name "
         "  WHEN 'search_path' THEN 'evil' WHEN 'DateStyle' THEN 'SQL, DMY' WHEN 'TimeZone' THEN "
         "  '<+00>-13' WHEN 'client_encoding' THEN 'LATIN1' END, "
         "  CASE s.name WHEN 'search_path' THEN 'pg_temp' END])[" +
         std::to_string(round + 1) + "] ELSE (ARRAY[s.min_val, s.max_val, s.min_val, " +
         "  CASE s.vartype WHEN 'integer' THEN (s.min_val::numeric + 1)::text END])[" +
         std::to_string(round + 1) +
         "] END; CONTINUE WHEN v IS NULL; BEGIN EXECUTE format('ALTER " + whom +
         " SET %I = %L', s.name, v); EXCEPTION WHEN OTHERS THEN NULL; END; END LOOP; END $$";
}

// Without what is said of stored settings themselves, and settings that they hide.
Cluster comparable(Cluster cluster, const Cluster& other) {
  cluster.role_settings.clear();
  const auto hidden = [](const Cluster& c, const std::string& name) {
    const auto* const s = c.find_setting(name);
    return s == nullptr || s->source == "session";
  };
  std::erase_if(cluster.settings,
                [&](const Setting& s) { return s.source == "session" || hidden(other, s.name); });
  // A file says `iso, mdy`.
  for (auto& s : cluster.settings) s.value = lower_case(s.value);
  return cluster;
}

struct Reading {
  LiveOptions options;
  Cluster before;
};

std::string difference(const Reading& reading) {
  Cluster now;
  try {
    now = read_live(reading.options);
  } catch (const Error& e) {
    return e.diagnostic().message;
  }
  const auto a = comparable(reading.before, now);
  const auto b = comparable(now, reading.before);
  if (a == b) return "";
  for (std::size_t i = 0; i < std::min(a.settings.size(), b.settings.size()); ++i) {
    if (!(a.settings[i] == b.settings[i])) {
      return a.settings[i].name + ": " + a.settings[i].value + " " + a.settings[i].source + ", " +
             b.settings[i].value + " " + b.settings[i].source;
    }
  }
  if (a.roles != b.roles) return "roles";
  if (a.row_policies != b.row_policies) return "policies";
  if (a.attachments != b.attachments) return "attachments";
  if (a.remarks != b.remarks) return "remarks: " + (b.remarks.empty() ? "" : b.remarks[0].why);
  if (a.reader != b.reader) return "reader: " + b.reader;
  return "something else";
}

}  // namespace

TEST_CASE("what is stored for a role or a database changes nothing that is read",
          "[live][stored]") {
  LiveServer server("-c fsync=off");
  server.sql("postgres", world);
  server.sql("shop", in_shop);
  std::vector<Reading> readings;
  for (const auto& user : {std::string("auditor"), server.superuser()}) {
    readings.push_back({{server.dsn("shop", user), {}, false}, {}});
    readings.back().before = read_live(readings.back().options);
  }
  std::size_t rounds = 0, stored = 0, differences = 0;
  const auto compare = [&](const std::string& what) {
    ++rounds;
    stored += std::stoul(server.ask(
        "postgres", "SELECT coalesce(sum(cardinality(setconfig)), 0) FROM pg_db_role_setting"));
    for (const auto& reading : readings) {
      const auto differs = difference(reading);
      if (differs.empty()) continue;
      ++differences;
      UNSCOPED_INFO(what << ", " << reading.before.reader << ": " << differs);
    }
  };
  for (const std::string whom : {"DATABASE shop", "ROLE auditor"}) {
    // The other half on the next version.
    for (int round = server.major() % 2; round < 4; round += 2) {
      server.sql("postgres", store_all(whom, round));
      compare(whom + ", round " + std::to_string(round));
      server.sql("postgres", "ALTER " + whom + " RESET ALL");
    }
  }
  for (const std::string odd :
       {"role = stranger", "session_authorization = stranger", "client_encoding = 'EUC_KR'",
        "local_preload_libraries = 'nosuch'"}) {
    server.sql("postgres", "ALTER ROLE auditor SET " + odd);
    compare(odd);
    server.sql("postgres", "ALTER ROLE auditor RESET ALL");
  }
  std::cout << "stored settings: " << rounds << " rounds, " << stored << " stored, " << differences
            << " differences\n";
  CHECK(differences == 0);
}

// Many at once: the server closes some while they begin, and others later.
TEST_CASE("stored limits of a millisecond end no reading", "[live][stored]") {
  LiveServer server("-c fsync=off");
  if (server.major() < 14) return;
  server.sql("postgres", "CREATE DATABASE shop; ALTER DATABASE shop SET idle_session_timeout = 1");
  if (server.major() >= 17) {
    server.sql("postgres", "ALTER DATABASE shop SET transaction_timeout = 1");
  }
  const auto dsn = server.dsn("shop");
  constexpr std::size_t at_once = 12, each = 10;
  std::vector<std::vector<std::string>> failures(at_once);
  std::vector<std::thread> threads;
  for (auto& own : failures) {
    threads.emplace_back([&] {
      for (std::size_t i = 0; i < each; ++i) {
        try {
          (void)Session(dsn, "", Access::read_only, SessionLimits::within(std::chrono::minutes(1)));
        } catch (const Error& e) {
          own.push_back(e.diagnostic().message);
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::size_t failed = 0;
  for (const auto& own : failures) {
    for (const auto& message : own) UNSCOPED_INFO(message);
    failed += own.size();
  }
  std::cout << "stored limits: " << at_once * each << " sessions, " << failed << " failed\n";
  CHECK(failed == 0);
}

TEST_CASE("what a stored setting hides of the server is unseen", "[live][stored]") {
  LiveServer server("-c row_security=off -c password_encryption=md5");
  server.sql("postgres",
             "CREATE ROLE auditor LOGIN; CREATE ROLE reader LOGIN;"
             "GRANT pg_read_all_settings, pg_read_server_files TO reader; GRANT EXECUTE ON FUNCTION"
             " pg_read_binary_file(text, bigint, bigint, boolean), pg_ls_dir(text) TO reader;");
  const Auditor auditor(load_policy({"baseline"}), "2026-01-01");
  const std::vector<std::string> rules{"PWD-001", "SET-001", "SET-004", "SET-005", "RLS-013"};
  const auto verdicts = [&](const std::string& user) {
    std::string result;
    for (const auto& j :
         auditor.audit(read_live({server.dsn("postgres", user), {}, false})).judgements) {
      if (std::find(rules.begin(), rules.end(), j.rule) == rules.end()) continue;
      result += j.verdict.kind == Verdict::Kind::holds    ? 'h'
                : j.verdict.kind == Verdict::Kind::broken ? 'b'
                                                          : 'u';
    }
    return result;
  };
  const auto before = verdicts("auditor");
  CHECK(before.size() == rules.size());
  CHECK(std::count(before.begin(), before.end(), 'b') == 2);
  CHECK(std::count(before.begin(), before.end(), 'u') == 0);
  server.sql("postgres",
             "ALTER DATABASE postgres SET password_encryption = 'scram-sha-256'; ALTER DATABASE "
             "postgres SET lo_compat_privileges = on; ALTER DATABASE postgres SET "
             "session_replication_role = replica; ALTER DATABASE postgres SET backslash_quote = on;"
             "ALTER DATABASE postgres SET row_security = on;");
  CHECK(verdicts("auditor") == "uuuuu");
  // The files say nothing of what the server was started with: that is unseen, too.
  const auto by_files = verdicts("reader");
  CHECK(std::count(by_files.begin(), by_files.end(), 'u') == 2);
  CHECK(std::count(by_files.begin(), by_files.end(), 'h') == 3);
}
