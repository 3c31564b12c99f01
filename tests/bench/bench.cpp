// How long pgleast takes against how long the server takes, in one run on one machine:
//
//   hba dump, 20000 records     0.9 x pg_hba_file_rules
//
// Ratios, never a test: `./dev bench` prints them.

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <fstream>

#include "graph/graph.hpp"
#include "input/catalog_live.hpp"
#include "support/server.hpp"

using namespace pgleast;
using pgleast::test::LiveServer;

namespace {

template <typename F>
double seconds(F&& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void print(const std::string& what, double ours, double theirs, const std::string& against) {
  fmt::print("{:<42} {:8.3f} s   {:8.3f} x {}\n", what, ours, ours / theirs, against);
  std::fflush(stdout);
}

void bench_hba(const LiveServer& server) {
  constexpr int records = 20000;
  std::string text;
  for (int i = 0; i < records; ++i) {
    text += fmt::format("hostssl db{} \"user {}\",u{} 10.{}.{}.0/24 scram-sha-256 # {}\n", i % 50,
                        i, i, i / 250 % 250, i % 250, i);
  }
  const auto path = server.folder() + "/big_hba.conf";
  server.write(path, text);
  server.sql("postgres", "ALTER SYSTEM SET hba_file = '" + path + "';");
  server.write(path, "local all all trust\n" + text);
  server.restart();
  const auto theirs =
      seconds([&] { server.ask("postgres", "SELECT count(*) FROM pg_hba_file_rules"); });
  const auto ours =
      seconds([&] { test::pgleast("hba dump --format csv --hba " + path + " > /dev/null"); });
  print(fmt::format("hba dump, {} records", records), ours, theirs, "pg_hba_file_rules");
}

void bench_matrix(const LiveServer& server) {
  constexpr int roles = 300, tables = 2000;
  server.sql("postgres",
             fmt::format("DO $$ BEGIN "
                         "FOR i IN 1..{0} LOOP EXECUTE format('CREATE ROLE b%s', i); "
                         "IF i > 6 THEN EXECUTE format('GRANT b%s TO b%s', i / 6, i); END IF; "
                         "END LOOP; "
                         "FOR i IN 1..{1} LOOP EXECUTE format('CREATE TABLE t%s (i int)', i); "
                         "EXECUTE format('GRANT SELECT ON t%s TO b%s', i, i % {0} + 1); "
                         "END LOOP; END $$",
                         roles, tables));
  Cluster cluster;
  const auto reading = seconds([&] { cluster = read_live({server.dsn("postgres"), {}, false}); });
  const auto copying = seconds([&] {
    test::run("psql -X -q -d \"" + server.dsn("postgres") +
              "\" -c 'COPY (SELECT oid, relname, relowner, relacl FROM pg_class) TO STDOUT' "
              "-c 'COPY (SELECT attrelid, attname, attacl FROM pg_attribute) TO STDOUT' "
              "-c 'COPY (SELECT oid, proname, proacl FROM pg_proc) TO STDOUT' "
              "-c 'COPY (SELECT oid, typname, typacl FROM pg_type) TO STDOUT' > /dev/null");
  });
  print("reading the catalogs", reading, copying, "COPY of their columns");
  std::size_t held = 0;
  const auto ours = seconds([&] {
    const Graph graph(cluster);
    for (std::uint32_t r = 0; r < cluster.roles.size(); ++r) {
      for (const auto& object : cluster.objects) {
        if (object.kind != ObjectKind::table || object.system) continue;
        held += graph.held(RoleId{r}, object).privileges.has(Privilege::select) ? 1U : 0U;
      }
    }
  });
  const auto theirs = seconds([&] {
    server.ask("postgres",
               "SELECT count(*) FROM pg_roles r, pg_class c WHERE relkind = 'r' AND "
               "c.oid >= 16384 AND has_table_privilege(r.oid, c.oid, 'SELECT')");
  });
  print(fmt::format("{} roles x {} tables, {} held", cluster.roles.size(), tables, held), ours,
        theirs, "has_table_privilege");
}

}  // namespace

int main() {
  const LiveServer server;
  bench_matrix(server);
  bench_hba(server);
  return 0;
}
