// Servers whose tables share access lists or have one each: what an audit costs beside a plain COPY
// of the catalogs, and the matrix of privileges beside the server's own functions.

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "bench/measure.hpp"
#include "input/server/server_reader.hpp"
#include "privileges/access_matrix.hpp"
#include "support/server.hpp"

namespace pgleast::bench {
namespace {

const std::string folder = std::string(PGLEAST_SOURCE_DIR) + "/tests/bench/";

struct Kind {
  const char* name;
  const char* script;  // psql makes it
};
constexpr Kind shared_lists{"tables that share lists", "world.sql"};
constexpr Kind own_lists{"tables with their own list", "own_lists.sql"};

struct World {
  Kind kind;
  int tables;
  test::LiveServer server{"-c autovacuum=off -c shared_buffers=256MB"};
  std::string dsn = server.dsn();

  World(const Kind& a_kind, int count) : kind(a_kind), tables(count) {
    const auto made = seconds([&] {
      const auto ran =
          test::run(fmt::format("psql -X -q -v ON_ERROR_STOP=1 -v tables={} -d {} -f {}", tables,
                                test::shell_quoted(dsn), folder + kind.script));
      if (ran.code != 0) fmt::print("failed: {}\n", ran.out);
    });
    const auto counts =
        server.ask("postgres",
                   "SELECT concat_ws(', ', (SELECT count(*) FROM pg_roles) || ' roles',"
                   " count(*) || ' tables', sum(cardinality(relacl)) || ' access list items in '"
                   " || count(DISTINCT relacl::text) || ' lists',"
                   " (SELECT count(*) FROM pg_proc WHERE oid >= 16384) || ' functions',"
                   " (SELECT count(*) FROM pg_policy) || ' policies')"
                   " FROM pg_class WHERE relkind = 'r' AND oid >= 16384");
    fmt::print("{}, made in {:.0f} s\n", counts, made);
  }
};

// A number that `pgleast ... --timings` prints.
double timing(const std::string& arguments, const std::string& name) {
  const auto ran = test::run(binary() + " " + arguments + " --timings 2>&1 > /dev/null");
  const auto at = ran.out.find("\"" + name + "\": ");
  if (at == std::string::npos) {
    fmt::print("no {} in: {}\n", name, ran.out);
    return 0;
  }
  return std::strtod(ran.out.c_str() + at + name.size() + 4, nullptr);
}

struct Costs {
  Measured audit;
  double copy = 0;
};

// By turns, so that what else the machine does hits both.
void audit_beside_copy(const World& world, Costs& costs) {
  const auto psql = fmt::format("psql -X -q -d \"{}\" -f {}", world.dsn, folder + "catalogs.sql");
  const auto audit = fmt::format("{} audit --dsn \"{}\"", binary(), world.dsn);
  for (int i = 0; i < 5; ++i) {
    const auto theirs = measured(psql);
    const auto ours = measured(audit);
    costs.copy = i == 0 ? theirs.seconds : std::min(costs.copy, theirs.seconds);
    costs.audit.seconds = i == 0 ? ours.seconds : std::min(costs.audit.seconds, ours.seconds);
    costs.audit.megabytes = std::max(costs.audit.megabytes, ours.megabytes);
  }
  print(fmt::format("audit of {} {}, {:.0f} MB", world.tables, world.kind.name,
                    costs.audit.megabytes),
        costs.audit.seconds, costs.copy, "COPY of the catalogs by psql");
}

void access_of_one_role(const World& world) {
  const auto snapshot = world.server.folder() + "/snapshot.json";
  measured(fmt::format("{} snapshot --dsn \"{}\" --output {}", binary(), world.dsn, snapshot));
  const std::string role = "access --role user_1";
  const auto live = timing(fmt::format("{} --dsn \"{}\"", role, world.dsn), "access_ms");
  const auto stored = timing(fmt::format("{} --snapshot {}", role, snapshot), "access_ms");
  fmt::print("{} after loading: {:.1f} ms live, {:.1f} ms from a snapshot\n", role, live, stored);
}

// Every role, table and privilege; of the server a slice, scaled.
void matrix(const World& world) {
  const auto cluster = read_live({world.dsn, {}, false});
  std::uint64_t held = 0;
  const auto ours = seconds([&] {
    const Graph graph(cluster);
    held = AccessMatrix(graph).count(ObjectKind::table);
  });
  std::string names;
  std::uint64_t count = 0;
  grantable_privileges(ObjectKind::table, cluster.major()).each([&](Privilege p) {
    names += (names.empty() ? "" : ",") + std::string(info(p).keyword);
    ++count;
  });
  constexpr std::uint64_t some_roles = 20, some_tables = 2000;
  std::string answer;
  const auto slice = seconds([&] {
    answer = world.server.ask(
        "postgres",
        fmt::format("SELECT count(*) FROM (SELECT oid FROM pg_roles ORDER BY oid DESC LIMIT {}) r,"
                    " (SELECT oid FROM pg_class WHERE relkind = 'r' AND oid >= 16384"
                    " ORDER BY oid LIMIT {}) c, unnest('{{{}}}'::text[]) p"
                    " WHERE has_table_privilege(r.oid, c.oid, p)",
                    some_roles, some_tables, names));
  });
  const auto roles = static_cast<std::uint64_t>(std::count_if(
      cluster.roles.begin(), cluster.roles.end(), [](auto& r) { return !r.dropped; }));
  const auto cells = roles * static_cast<std::uint64_t>(world.tables) * count;
  const auto scale =
      static_cast<double>(cells) / static_cast<double>(some_roles * some_tables * count);
  fmt::print(
      "matrix of {} cells, {} held: {:.1f} ms, {:.0f} times faster than has_table_privilege"
      " ({:.0f} s, by {} cells, {} held)\n",
      cells, held, ours * 1000, slice * scale / ours, slice * scale,
      some_roles * some_tables * count, answer);
}

Costs bench(const Kind& kind, int tables) {
  const World world(kind, tables);
  Costs costs;
  audit_beside_copy(world, costs);
  access_of_one_role(world);
  matrix(world);
  return costs;
}

}  // namespace

void bench_world() {
  bench(own_lists, 10000);
  const auto quarter = bench(shared_lists, 12500);
  const auto whole = bench(shared_lists, 50000);
  print("audit of four times the world", whole.audit.seconds, quarter.audit.seconds, "the quarter");
}

}  // namespace pgleast::bench
