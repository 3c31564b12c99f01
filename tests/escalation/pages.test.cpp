// Every edge has its page in policies/escalation/, and every page its edge.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "escalation/escalation.hpp"
#include "policy/loader.hpp"
#include "support/catch.hpp"

using namespace pgleast;

TEST_CASE("every edge has a page, and every page an edge", "[escalation]") {
  std::set<std::string> edges, pages;
  for (const auto& edge : escalations()) CHECK(edges.emplace(edge.id).second);
  for (const auto& rule : load_policy({"escalation"}).rules) {
    CHECK(rule.check == "escalation");
    pages.insert(rule.id);
  }
  CHECK(edges == pages);
}

TEST_CASE("a page says precondition, effect and versions of its edge", "[escalation]") {
  const auto policy = load_policy({"escalation"});
  for (const auto& edge : escalations()) {
    INFO(edge.id);
    const auto* const rule = policy.find_rule(std::string(edge.id));
    REQUIRE(rule != nullptr);
    CHECK(rule->why.starts_with("Precondition: "));
    CHECK(rule->why.find(" Effect: ") != std::string::npos);
    const auto [since, until] = edge.versions;
    const auto last = until ? fmt::format("to {}", *until) : "and newer";
    CHECK(rule->why.ends_with(fmt::format(" Holds for PostgreSQL {} {}.", since, last)));
    MapReader with(rule->with, "with");
    CHECK(with.text("edge") == edge.id);
  }
}

TEST_CASE("powers include what they say", "[escalation]") {
  for (std::size_t p = 0; p < power_count; ++p) {
    const auto power = static_cast<Power>(p);
    CHECK_FALSE(to_string(power).empty());
    CHECK(includes(power, power));
    CHECK(includes(Power::superuser, power));
    CHECK(includes(Power::operating_system, power));
  }
  CHECK_FALSE(includes(Power::whole_cluster, Power::superuser));
  CHECK_FALSE(includes(Power::any_role, Power::superuser));
  CHECK(includes(Power::whole_cluster, Power::read_data));
}
