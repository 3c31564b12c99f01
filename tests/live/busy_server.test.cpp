// What others do on the server while it is read: a lock costs what it locks, and what is dropped
// between two questions costs nothing. PGLEAST_READINGS says how often it is read.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "input/server/server_reader.hpp"
#include "support/catch.hpp"
#include "support/server.hpp"
#include "text/diagnostic.hpp"

using namespace pgleast;
using pgleast::test::LiveServer;

namespace {

// A session that runs one statement until it is ended.
class Other {
 public:
  Other(const LiveServer& server, const std::string& statements)
      : server_(server), thread_([&server, statements] {
          test::run("PGAPPNAME=other psql -X -q -d " + test::shell_quoted(server.dsn()) + " -c " +
                    test::shell_quoted(statements));
        }) {}
  ~Other() {
    server_.ask("postgres",
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE "
                "application_name = 'other'");
    thread_.join();
  }
  Other(const Other&) = delete;
  Other& operator=(const Other&) = delete;

 private:
  const LiveServer& server_;
  std::thread thread_;
};

std::string unknown_of(const Cluster& cluster, const std::string& name) {
  std::string result;
  const auto add = [&](ObjectId id, const Code& code) {
    const auto& o = cluster.object(id);
    if (o.name.starts_with(name) && !code.unknown.empty()) result += '?';
    if (o.name.starts_with(name) && code.unknown.empty()) result += '.';
  };
  for (const auto& p : cluster.row_policies) add(p.table, p.code);
  for (const auto& a : cluster.attachments) add(a.relation, a.code);
  return result;
}

constexpr const char* both =
    "CREATE TABLE {} (i int); ALTER TABLE {} ENABLE ROW LEVEL SECURITY;"
    "CREATE POLICY p ON {} USING (EXISTS (SELECT FROM {} x WHERE x.i > 0));"
    "CREATE RULE r AS ON DELETE TO {} DO INSTEAD SELECT * FROM {};"
    "CREATE VIEW {}_view AS SELECT i FROM {};";

std::string made(std::string text, const std::string& name) {
  for (auto at = text.find("{}"); at != std::string::npos; at = text.find("{}", at)) {
    text.replace(at, 2, name);
  }
  return text;
}

}  // namespace

TEST_CASE("a table that is locked costs its own code and nothing else", "[live][busy]") {
  LiveServer server;
  server.sql("postgres", made(both, "locked") + made(both, "free"));
  for (int i = 0; i < 30; ++i) {
    server.sql("postgres", made("CREATE TABLE {} (i int); CREATE POLICY p ON {} USING (i = 1);",
                                "more" + std::to_string(i)));
  }
  const LiveOptions options{server.dsn(), {}, false};
  const auto before = read_live(options);
  CHECK(unknown_of(before, "locked") == "..");
  const Other other(server, "BEGIN; LOCK TABLE locked; SELECT pg_sleep(60)");
  while (server.ask("postgres",
                    "SELECT count(*) FROM pg_locks WHERE relation = 'locked'::regclass AND "
                    "mode = 'AccessExclusiveLock' AND granted") != "1") {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  const auto begun = std::chrono::steady_clock::now();
  const auto locked = read_live(options);
  const auto seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  CHECK(unknown_of(locked, "locked") == "??");
  CHECK(unknown_of(locked, "free") == "..");
  CHECK(locked.objects == before.objects);
  CHECK(locked.row_policies.size() == before.row_policies.size());
  for (std::size_t i = 0; i < before.row_policies.size(); ++i) {
    if (!locked.row_policies[i].code.unknown.empty()) continue;
    CHECK(locked.row_policies[i] == before.row_policies[i]);
  }
  CHECK(std::any_of(locked.remarks.begin(), locked.remarks.end(), [](const Remark& r) {
    return r.why == "code of table public.locked was not read: another session holds a lock on it";
  }));
  std::cout << "a lock: read in " << seconds << " seconds\n";
}

TEST_CASE("a server where things come and go is read", "[live][busy]") {
  LiveServer server("-c fsync=off");
  server.sql("postgres", made(both, "steady"));
  const char* const given = std::getenv("PGLEAST_READINGS");
  const int readings = given == nullptr ? 2 : std::max(1, std::atoi(given));
  const auto ddl = [&](int number) {
    const auto name = "come" + std::to_string(number);
    return "DO $do$ BEGIN LOOP " + made(both, name) + " COMMIT; DROP TABLE " + name +
           " CASCADE; COMMIT; END LOOP; END $do$";
  };
  const Other one(server, ddl(1));
  const Other two(server, ddl(2));
  std::size_t failed = 0, unknown = 0;
  for (int i = 0; i < readings; ++i) {
    try {
      const auto cluster = read_live({server.dsn(), {}, false});
      CHECK(unknown_of(cluster, "steady") == "..");
      const auto of_others = unknown_of(cluster, "come");
      unknown += of_others.find('?') != std::string::npos ? 1U : 0U;
    } catch (const Error& e) {
      ++failed;
      UNSCOPED_INFO(e.diagnostic().message);
    }
  }
  std::cout << "come and go: " << readings << " readings, " << failed << " failed, " << unknown
            << " with something unknown\n";
  CHECK(failed == 0);
}
