// The examples in SQL of every rule on a real server: each makes its world in a transaction that
// is rolled back, is read there, and is judged by its rule alone. A third of them is replayed, too,
// others on each version, so that the suite stays short; PGLEAST_EXAMPLES=all replays all.

#include <cstdlib>
#include <iostream>
#include <set>

#include "input/replay/replay.hpp"
#include "input/server/server_reader.hpp"
#include "model/fresh_cluster.hpp"
#include "policies/examples.hpp"
#include "support/server.hpp"
#include "text/files.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

struct Count {
  int run = 0, skipped = 0, replayed = 0, unseen = 0, differences = 0;
};

/// What its rule says of an example that is replayed is what it says of the server that ran it.
void compare_replayed(const LiveServer& server, const Policy& policy, const Rule& rule,
                      const std::string& sql, const Cluster& seen, const Verdict& live,
                      Count& count) {
  auto cluster = fresh_cluster(server.major() * 10000);
  cluster.roles.front().name = server.superuser();
  replay_sql(Source("example.sql",
                    "CREATE DATABASE rules;\n\\connect rules\nBEGIN;\n" + sql + ";\nCOMMIT;\n"),
             cluster, Beneath::known);
  for (const auto fact : {Fact::hba, Fact::settings}) {
    if (seen.seen(fact)) cluster.unseen.erase(fact);
  }
  cluster.hba = seen.hba;
  cluster.settings = seen.settings;
  cluster.trusted_extensions = seen.trusted_extensions;
  cluster.unseen.erase(Fact::extensions);
  const auto verdict = verdict_of_rule(policy, rule.id, cluster);
  if (verdict.kind == Verdict::Kind::unseen) {
    ++count.unseen;
    return;
  }
  ++count.replayed;
  const auto told = [](const Verdict& v) {
    std::multiset<std::string> messages;
    for (const auto& f : v.findings) messages.insert(f.subject.name + ": " + f.message);
    return messages;
  };
  const auto ours = told(verdict), theirs = told(live);
  if (ours == theirs) return;
  ++count.differences;
  std::cout << rule.id << " on " << server.major() << ":\n  " << sql << '\n';
  for (const auto& message : theirs) std::cout << "  server " << message << '\n';
  for (const auto& message : ours) std::cout << "  ours   " << message << '\n';
}

bool is_replayed(int example, int major) {
  const char* const wanted = std::getenv("PGLEAST_EXAMPLES");
  if (wanted != nullptr && std::string_view(wanted) == "all") return true;
  return (example + major) % 3 == 0;
}

void run_example(const LiveServer& server, const Rule& rule, const std::string& example, bool bad,
                 Count& count) {
  INFO(rule.id << (bad ? " bad: " : " good: ") << example);
  const bool with_policy = kind_of(rule).examples == ExampleKind::policy;
  const auto world = with_policy ? world_of(example) : World{example, ""};
  Session session(server.dsn("rules"), "", Access::rolled_back_writes);
  if (!versions_of(world.sql).has(major_of(session.version_num()))) {
    ++count.skipped;
    return;
  }
  session.ask(world.sql, "example");
  const auto policy = with_policy ? policy_of_text(world.policy) : load_policy({rule.pack});
  const auto cluster = read_session(session);
  const auto verdict = verdict_of_rule(policy, rule.id, cluster);
  if (is_replayed(count.run, server.major())) {
    compare_replayed(server, policy, rule, world.sql, cluster, verdict, count);
  }
  check_verdict(verdict, bad);
  for (const auto& finding : verdict.findings) {
    CHECK((rule.fix.is(YamlNode::Kind::null) || !finding.remedies.empty() ||
           !finding.decision.empty()));
  }
  ++count.run;
}

}  // namespace

TEST_CASE("examples in SQL are judged as their rule says", "[live][policies]") {
  LiveServer server(
      "-c wal_level=logical -c local_preload_libraries= "
      "-c 'primary_conninfo=host=elsewhere password=example'");
  server.sql("postgres", "CREATE DATABASE rules");
  const auto put = [&](const std::string& file, const std::string& lines) {
    const auto path = server.data() + file;
    server.write(path, lines + read_file(path));
  };
  put("/pg_hba.conf", "local rules hashed md5\nlocal rules mapped_app,mapped_boss peer map=m\n");
  put("/pg_ident.conf", "m deploy mapped_app\nm deploy mapped_boss\n");
  server.reload();
  server.sql("postgres", "SELECT pg_sleep(0.2)");
  Count count;
  for (const auto& pack : pack_names()) {
    for (const auto& rule : load_policy({pack}).rules) {
      const auto kind = kind_of(rule).examples;
      if (kind != ExampleKind::sql && kind != ExampleKind::policy) continue;
      for (const auto& example : rule.bad) run_example(server, rule, example, true, count);
      for (const auto& example : rule.good) run_example(server, rule, example, false, count);
    }
  }
  WARN(count.run << " examples in SQL were judged, " << count.skipped << " are for other versions");
  std::cout << count.replayed << " examples judged as replayed, too, " << count.unseen
            << " unseen, " << count.differences << " differences\n";
  CHECK(count.differences == 0);
  CHECK(count.run > 90);
}
