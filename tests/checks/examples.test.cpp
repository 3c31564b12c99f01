// The examples in SQL of every rule with no server: each is replayed and judged by its rule alone.
// tests/live/rules.test.cpp asks servers.

#include <fmt/format.h>

#include <set>

#include "policies/examples.hpp"
#include "support/catch.hpp"
#include "support/script_cluster.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

// As the live test's server has them.
const char* const records =
    "local rules hashed md5\nlocal rules mapped_app,mapped_boss peer map=m\nlocal all all trust\n"
    "host all all 127.0.0.1/32 trust\nlocal replication all trust\n";
const char* const mappings = "m deploy mapped_app\nm deploy mapped_boss\n";
const char* const command_line =
    "wal_level = logical\nlocal_preload_libraries = ''\n"
    "primary_conninfo = 'host=elsewhere password=example'\n";

// Examples of which a script alone says too little, and what is missing.
struct Unsaid {
  const char* example;  // rule, kind and number
  const char* why;
};
const Unsaid unsaid[] = {
    {"ESC-FDW-LOOP bad 1", "an extension makes the function"},
    {"ESC-SUBSCRIPTION bad 1", "the publisher knows the tables"},
    {"ESC-SUBSCRIPTION bad 2", "the same"},
    {"ESC-SUBSCRIPTION good 1", "the same"},
    {"PWD-002 bad 3", "it changes pg_authid itself"},
};

Verdict judged(const Rule& rule, const std::string& example, int major) {
  const bool with_policy = kind_of(rule).examples == ExampleKind::policy;
  const auto world = with_policy ? world_of(example) : World{example, ""};
  const auto policy = with_policy ? policy_of_text(world.policy) : load_policy({rule.pack});
  auto cluster = script_cluster({.sql = "CREATE DATABASE rules;\n\\connect rules\nBEGIN;\n" +
                                        std::string(touch_database) + world.sql + ";\nCOMMIT;\n",
                                 .hba = records,
                                 .ident = mappings,
                                 .command_line = command_line,
                                 .major = major,
                                 .followed = false,
                                 .touch = false});
  cluster.trusted_extensions = {"hstore"};
  cluster.unseen.erase(Fact::extensions);
  return verdict_of_rule(policy, rule.id, cluster);
}

}  // namespace

TEST_CASE("examples in SQL are judged as their rule says, as replayed", "[checks]") {
  int examples = 0;
  std::set<std::string> unseen, expected;
  for (const auto& row : unsaid) expected.insert(row.example);
  for (const auto& pack : pack_names()) {
    for (const auto& rule : load_policy({pack}).rules) {
      const auto kind = kind_of(rule).examples;
      if (kind != ExampleKind::sql && kind != ExampleKind::policy) continue;
      for (const bool bad : {true, false}) {
        std::size_t number = 0;
        for (const auto& example : bad ? rule.bad : rule.good) {
          const auto name = fmt::format("{} {} {}", rule.id, bad ? "bad" : "good", ++number);
          const auto versions =
              versions_of(kind == ExampleKind::policy ? world_of(example).sql : example);
          for (const int major : {versions.since, versions.until.value_or(newest_major)}) {
            INFO(name << ", PostgreSQL " << major << ": " << example);
            const auto verdict = judged(rule, example, major);
            if (verdict.kind == Verdict::Kind::unseen) {
              unseen.insert(name);
            } else {
              check_verdict(verdict, bad);
            }
          }
          ++examples;
        }
      }
    }
  }
  CHECK(unseen == expected);
  CHECK(examples > 90);
}
