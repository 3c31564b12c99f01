// A plan cuts as few edges as there is any way to end all that is forbidden with: every choice of
// edges is tried on small worlds.

#include <fmt/format.h>

#include <random>

#include "fix/plan.hpp"
#include "policies/examples.hpp"
#include "support/catch.hpp"
#include "support/cut_world.hpp"
#include "support/script_cluster.hpp"

using namespace pgleast;
using namespace pgleast::test;

TEST_CASE("a plan is as small as the smallest that there is", "[fix][plan]") {
  std::mt19937 random(11);
  int cut = 0, impossible = 0;
  for (int i = 0; i < 1'000; ++i) {
    const auto world = random_cut_world(random, 3, 12);
    const auto sql = world.sql(), policy = world.policy();
    INFO(sql << "\n" << policy);
    const auto plan = make_plan(script_cluster(sql), Auditor(policy_of_text(policy), "2026-01-01"));
    const auto best = world.fewest_cuts();
    if (!best) {
      ++impossible;
      CHECK_FALSE(plan.contradictions.empty());
      continue;
    }
    std::string statements;
    for (const auto& section : plan.sections) {
      statements += fmt::format("{}\n", fmt::join(section.sql, "\n"));
    }
    INFO(statements);
    cut += *best > 0 ? 1 : 0;
    CHECK(plan.statements() == static_cast<std::size_t>(*best));
    CHECK(plan.fewest);
    CHECK(sorted_findings(plan.after).empty());
  }
  CHECK(cut > 500);
  CHECK(impossible > 20);
}
