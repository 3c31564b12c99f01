#pragma once
// The examples that a rule carries, made into what can be audited. A first line may say for
// which versions an example is:
//
//   -- 16+      a comment in SQL: version 16 and newer
//   # -13       a comment in a configuration file: version 13 and older
//
// An example of a rule about the policy is SQL, a line `---`, and the policy.

#include <charconv>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <utility>

#include "audit/audit.hpp"
#include "pg/version.hpp"
#include "policy/loader.hpp"
#include "support/catch.hpp"

namespace pgleast::test {

/// The first line of an example may say which: `# 16+`, `-- -15`.
inline Versions versions_of(std::string_view example) {
  auto line = example.substr(0, example.find('\n'));
  for (const std::string_view comment : {"-- ", "# "}) {
    if (!line.starts_with(comment)) continue;
    line.remove_prefix(comment.size());
    const bool up_to = line.starts_with('-');
    if (up_to) line.remove_prefix(1);
    if (!up_to && !line.ends_with('+')) return {};
    if (!up_to) line.remove_suffix(1);
    int major = 0;
    const auto end = line.data() + line.size();
    if (std::from_chars(line.data(), end, major).ptr != end || major == 0) return {};
    return up_to ? Versions{oldest_major, major} : Versions{major};
  }
  return {};
}

/// The SQL of a world and the policy it is judged by.
struct World {
  std::string sql;
  std::string policy;
};

inline World world_of(const std::string& example) {
  constexpr std::string_view line = "\n---\n";
  const auto at = example.find(line);
  REQUIRE(at != std::string::npos);
  return {example.substr(0, at), example.substr(at + line.size())};
}

/// Through a file, as a user gives it.
inline Policy policy_of_text(const std::string& text) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("pgleast-example-" + std::to_string(std::random_device{}()) + ".yaml");
  std::ofstream(path) << text;
  auto policy = load_policy({path.string()});
  std::filesystem::remove(path);
  return policy;
}

/// What that rule alone says.
inline Verdict verdict_of_rule(Policy policy, const std::string& id, const Cluster& cluster) {
  std::erase_if(policy.rules, [&](const Rule& rule) { return rule.id != id; });
  REQUIRE(policy.rules.size() == 1);
  return Auditor(std::move(policy), "2026-01-01").audit(cluster).judgements.front().verdict;
}

/// Bad ones are found, good ones are not.
inline void check_verdict(const Verdict& verdict, bool bad) {
  INFO("verdict " << to_string(verdict.kind) << ' ' << verdict.why);
  INFO("finding " << (verdict.findings.empty() ? "none" : verdict.findings.front().message));
  CHECK(verdict.kind == (bad ? Verdict::Kind::broken : Verdict::Kind::holds));
  CHECK(verdict.findings.empty() == !bad);
}

}  // namespace pgleast::test
