// Paths that a policy forbids, ended on the server: what is forbidden is not held any more, what is
// required is, a second run changes nothing, and undo restores.

#include <fmt/format.h>

#include <iostream>
#include <random>

#include "fix/script.hpp"
#include "input/server/server_reader.hpp"
#include "policy/loader.hpp"
#include "support/catch.hpp"
#include "support/cut_world.hpp"
#include "support/server.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

// All that the statements may change, null access lists as such; the order of a list says nothing.
const char* const state_query =
    "SELECT (SELECT string_agg(r.rolname || m.rolname || a.admin_option, ',' ORDER BY 1) FROM "
    "(SELECT roleid, member, bool_or(admin_option) AS admin_option FROM pg_auth_members GROUP BY "
    "1, "
    "2) a JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member), "
    "(SELECT string_agg(relname || coalesce(array(SELECT unnest(relacl)::text "
    "ORDER BY 1)::text, 'null'), ',' ORDER BY relname) FROM "
    "pg_class WHERE relnamespace = 'public'::regnamespace)";

bool holds(const LiveServer& server, const std::string& database, const CutWorld::Wish& wish) {
  return server.ask(database,
                    fmt::format("SELECT has_table_privilege('r{}', 'public.t{}', 'SELECT')",
                                wish.role, wish.table)) == "t";
}

void run(const LiveServer& server, const std::string& database, const std::string& script) {
  server.write(server.folder() + "/script.sql", script);
  const auto ran = server.psql_file(database, server.folder() + "/script.sql");
  CAPTURE(script, ran.out);
  REQUIRE(ran.code == 0);
}

}  // namespace

TEST_CASE("no forbidden path is left, and nothing that is required is lost", "[live][fix][cuts]") {
  LiveServer server;
  std::mt19937 random(server.major() * 7U);
  std::size_t statements = 0, ended = 0, kept = 0, impossible = 0;
  constexpr int worlds = 25;
  for (int i = 0; i < worlds; ++i) {
    const auto world = random_cut_world(random, 13, 18);
    const auto database = fmt::format("w{}", i);
    server.sql("postgres", "CREATE DATABASE " + database);
    server.sql(database, world.sql());
    server.write(server.folder() + "/policy.yaml", world.policy());
    const Auditor auditor(load_policy({server.folder() + "/policy.yaml"}), "2026-01-01");
    const auto cluster = read_live({server.dsn(database), {}, false});
    const auto plan = make_plan(cluster, auditor);
    const auto before = server.ask(database, state_query);
    INFO(world.sql() << world.policy());
    run(server, database, fix_script(plan, cluster));
    statements += plan.statements();
    const bool possible = world.fewest_cuts().has_value();
    impossible += possible ? 0U : 1U;
    CHECK(possible == plan.contradictions.empty());
    for (const auto& wish : world.forbidden) {
      if (!possible) break;
      CHECK_FALSE(holds(server, database, wish));
      ++ended;
    }
    for (const auto& wish : world.required) {
      CHECK(holds(server, database, wish));
      ++kept;
    }
    const auto fixed = server.ask(database, state_query);
    run(server, database, fix_script(plan, cluster));
    CHECK(server.ask(database, state_query) == fixed);
    run(server, database, undo_script(plan, cluster));
    CHECK(server.ask(database, state_query) == before);
    server.sql("postgres", "DROP DATABASE " + database);
    for (int role = 0; role < CutWorld::roles; ++role) {
      server.sql("postgres", fmt::format("DROP ROLE r{}", role));
    }
  }
  std::cout << "path cuts: " << worlds << " worlds, " << statements << " statements, " << ended
            << " forbidden and not held, " << kept << " required and held, " << impossible
            << " policies that contradict themselves\n";
  CHECK(ended > worlds);
}
