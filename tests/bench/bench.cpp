// How long pgleast takes against how long the server takes, in one run on one machine:
//
//   hba dump, 100000 records, 120 MB     1.2 x SELECT * FROM pg_hba_file_rules
//
// Ratios, never a test: `./dev bench` prints them.

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

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

struct Measured {
  double seconds = 0;
  double megabytes = 0;  // the most memory that it had
};

// A command of the shell, its output thrown away.
Measured measured(const std::string& command) {
  const auto begin = std::chrono::steady_clock::now();
  const auto child = fork();
  if (child == 0) {
    const auto line = "exec " + command + " > /dev/null 2>&1";
    execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) fmt::print("failed: {}\n", command);
  return {took.count(), static_cast<double>(usage.ru_maxrss) / 1024};
}

// Records as large installations have them: a role and a network each, some wide ones between.
std::string many_records(int count) {
  std::string text = "local all all trust\n";
  for (int i = 0; i < count; ++i) {
    const int a = i * 7919 % 250, b = i / 250 % 250;
    if (i % 100 == 99) {
      text += fmt::format("host all +team{} 10.{}.{}.0/24 scram-sha-256\n", i % 400, a, b);
    } else if (i % 10 == 9) {
      text +=
          fmt::format("hostnossl db{} all 10.{}.{}.{}/32 scram-sha-256\n", i % 50, a, b, i % 256);
    } else {
      text += fmt::format("host db{} \"user {}\",u{} 10.{}.{}.0/24 scram-sha-256 # {}\n", i % 50, i,
                          i, a, b, i);
    }
  }
  return text + "host all all all reject\n";
}

void bench_hba(const LiveServer& server) {
  const std::string binary = std::getenv("PGLEAST_BINARY");
  const auto path = server.folder() + "/big_hba.conf";
  const auto time_of = [&](const std::string& what) {
    return measured(
        fmt::format("{} hba {} --server-version {} --hba {}", binary, what, server.major(), path));
  };
  // The view reads the file itself: the server need not load it.
  server.write(path, "local all all trust\n");
  server.sql("postgres", "ALTER SYSTEM SET hba_file = '" + path + "';");
  server.restart();
  Measured dump, lint;
  for (const int records : {100000, 200000}) {
    server.write(path, many_records(records));
    const auto theirs = measured("psql -X -q -d \"" + server.dsn("postgres") +
                                 "\" -c 'SELECT * FROM pg_hba_file_rules'");
    const auto dump_before = dump, lint_before = lint;
    dump = time_of("dump --format csv");
    lint = time_of("lint");
    const auto row = [&](const char* what, const Measured& ours, const Measured& before) {
      print(fmt::format("hba {}, {} records, {:.0f} MB", what, records, ours.megabytes),
            ours.seconds, theirs.seconds, "SELECT * FROM pg_hba_file_rules");
      if (before.seconds > 0) {
        print(fmt::format("hba {}, twice the records", what), ours.seconds, before.seconds,
              "half of them");
      }
    };
    row("dump", dump, dump_before);
    row("lint", lint, lint_before);
  }
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
