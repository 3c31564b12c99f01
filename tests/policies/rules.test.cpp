// Every rule of every pack: that it is complete, that it says what it is for, that its examples
// are judged as it claims, and that what was not seen is never clean. The examples in SQL need a
// server: tests/live/rules.test.cpp.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "input/config/conf.hpp"
#include "input/config/hba.hpp"
#include "input/replay/replay.hpp"
#include "model/fresh_cluster.hpp"
#include "policies/examples.hpp"
#include "support/memory_files.hpp"
#include "text/embedded.hpp"
#include "text/files.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

constexpr const char* hba_path = "/d/pg_hba.conf";
constexpr const char* conf_path = "/d/postgresql.conf";

std::vector<Rule> all_rules() {
  std::vector<Rule> rules;
  for (const auto& pack : pack_names()) {
    const auto policy = load_policy({pack});
    rules.insert(rules.end(), policy.rules.begin(), policy.rules.end());
  }
  return rules;
}

Policy policy_for(const Rule& rule, const std::string& example) {
  if (kind_of(rule).examples == ExampleKind::policy) {
    return policy_of_text(world_of(example).policy);
  }
  return load_policy({rule.pack});
}

void add_role(Cluster& cluster, const std::string& name, std::uint32_t oid) {
  Role role;
  role.name = name;
  role.oid = oid;
  role.login = true;
  role.password = PasswordKind::scram_sha_256;
  cluster.roles.push_back(std::move(role));
}

void add_database(Cluster& cluster, const std::string& name, std::uint32_t oid) {
  Object database;
  database.kind = ObjectKind::database;
  database.oid = oid;
  database.name = name;
  database.identity = name;
  database.owner = RoleId{0};
  database.detail = static_cast<std::uint32_t>(cluster.databases.size());
  cluster.databases.emplace_back();
  cluster.objects.push_back(std::move(database));
}

/// A superuser, an application and a standby's role; the databases app and postgres.
Cluster small_world(int major) {
  auto cluster = unknown_cluster(major * 10000);
  add_role(cluster, "postgres", bootstrap_superuser_oid);
  cluster.roles.back().superuser = true;
  add_role(cluster, "app", 16384);
  add_role(cluster, "replicator", 16385);
  cluster.roles.back().replication = true;
  add_database(cluster, "app", 16386);
  add_database(cluster, "postgres", 5);
  cluster.unseen.erase(Fact::roles);
  cluster.unseen.erase(Fact::objects);
  return cluster;
}

void add_hba(Cluster& cluster, const std::string& text) {
  cluster.hba = read_hba(hba_path, memory_files({{hba_path, text}}), cluster.version_num,
                         cluster.files, {true, std::nullopt, std::nullopt});
  cluster.unseen.erase(Fact::hba);
}

void add_conf(Cluster& cluster, const std::string& text) {
  const auto file =
      read_conf(conf_path, memory_files({{conf_path, text}}), cluster.version_num, cluster.files);
  cluster.settings = settings_of(file, cluster.version_num);
  cluster.setting_problems = setting_problems(file);
  if (file.starts()) cluster.unseen.erase(Fact::settings);
}

/// A version that nobody knows yet: it is read as the newest, and nothing holds because of it.
constexpr int from_the_future = 99;

/// Those that an example is for.
std::vector<int> majors_of(const Versions& versions) {
  std::vector<int> result;
  for (const auto& known : known_versions) {
    if (versions.has(known.major)) result.push_back(known.major);
  }
  if (versions.has(from_the_future)) result.push_back(from_the_future);
  return result;
}

/// The examples that need no server, on every version that they are for.
int run_example(const Rule& rule, const std::string& example, bool bad) {
  const auto kind = kind_of(rule).examples;
  const auto versions = versions_of(example);
  int runs = 0;
  for (const int major : majors_of(versions)) {
    INFO("PostgreSQL " << major);
    auto cluster = small_world(major);
    if (kind == ExampleKind::hba) {
      add_hba(cluster, example);
      CHECK((cluster.hba.loads() || rule.check == "hba_loads"));
    } else {
      add_conf(cluster, example);
      CHECK((cluster.seen(Fact::settings) || rule.check == "conf_loads"));
    }
    const auto verdict = verdict_of_rule(load_policy({rule.pack}), rule.id, cluster);
    check_verdict(verdict, bad);
    if (bad && !rule.fix.is(YamlNode::Kind::null)) {
      for (const auto& finding : verdict.findings) CHECK_FALSE(finding.remedies.empty());
    }
    ++runs;
  }
  return runs;
}

}  // namespace

TEST_CASE("every file of a pack is a rule whose id is its name", "[policies]") {
  std::set<std::string> expected, ids, found;
  for (const auto& pack : pack_names()) expected.insert("policies/" + pack + "/pack.yaml");
  for (const auto& rule : all_rules()) {
    INFO(rule.id);
    CHECK(ids.insert(rule.id).second);
    expected.insert("policies/" + rule.pack + '/' + rule.id + ".yaml");
  }
  for (const auto& file : embedded_files()) {
    if (file.path.starts_with("policies/")) found.emplace(file.path);
  }
  CHECK(found == expected);
  CHECK(ids.size() > 40);
}

TEST_CASE("every rule says what it is for and brings examples", "[policies]") {
  for (const auto& rule : all_rules()) {
    INFO(rule.id);
    CHECK_NOTHROW(compile(rule));
    CHECK_FALSE(rule.title.empty());
    CHECK(rule.title.back() != '.');
    CHECK_FALSE(rule.why.empty());
    CHECK(rule.why.back() == '.');
    CHECK_FALSE(rule.remediation.empty());
    CHECK((!rule.controls.empty() || !rule.references.empty()));
    for (const auto& [framework, numbers] : rule.controls) {
      CHECK((framework.starts_with("cis-") || framework == "stig"));
      CHECK_FALSE(numbers.empty());
    }
    for (const auto& url : rule.references) CHECK(url.starts_with("https://"));
    CHECK_FALSE(rule.bad.empty());
    CHECK_FALSE(rule.good.empty());
  }
}

TEST_CASE("examples of records and settings are judged as their rule says", "[policies]") {
  int examples = 0, runs = 0;
  for (const auto& rule : all_rules()) {
    const auto kind = kind_of(rule).examples;
    if (kind != ExampleKind::hba && kind != ExampleKind::conf) continue;
    for (const bool bad : {true, false}) {
      for (const auto& example : bad ? rule.bad : rule.good) {
        INFO(rule.id << (bad ? " bad: " : " good: ") << example);
        runs += run_example(rule, example, bad);
        ++examples;
      }
    }
  }
  WARN(examples << " examples of rules on records and settings, judged " << runs
                << " times on versions " << oldest_major << " to " << newest_major);
  CHECK(examples > 100);
}

namespace {

Verdict verdict_of_replayed(const Rule& rule, const std::string& example, int version_num) {
  const bool with_policy = kind_of(rule).examples == ExampleKind::policy;
  const auto sql = with_policy ? world_of(example).sql : example;
  auto cluster = fresh_cluster(version_num);
  replay_sql(Source("example.sql",
                    "CREATE DATABASE rules;\n\\connect rules\nBEGIN;\n" + sql + ";\nCOMMIT;\n"),
             cluster, Beneath::known);
  return verdict_of_rule(policy_for(rule, example), rule.id, cluster);
}

}  // namespace

TEST_CASE("no rule holds because the version is not known", "[policies]") {
  int broken = 0, unseen = 0;
  for (const auto& rule : all_rules()) {
    const auto kind = kind_of(rule).examples;
    if (kind != ExampleKind::sql && kind != ExampleKind::policy) continue;
    for (const auto& example : rule.bad) {
      if (!versions_of(example).has(from_the_future)) continue;
      INFO(rule.id << " bad: " << example);
      const auto verdict = verdict_of_replayed(rule, example, from_the_future * 10000);
      const auto newest = verdict_of_replayed(rule, example, newest_version_num);
      CHECK(verdict.kind == newest.kind);
      CHECK(verdict.findings.size() == newest.findings.size());
      CHECK(verdict.kind != Verdict::Kind::holds);
      ++(verdict.kind == Verdict::Kind::broken ? broken : unseen);
    }
  }
  WARN(broken << " bad examples are found in scripts of version " << from_the_future << ", "
              << unseen << " hang on what scripts do not say");
  CHECK(broken > 100);
}

TEST_CASE("a rule whose facts were not seen is unseen", "[policies]") {
  for (const auto& rule : all_rules()) {
    for (const auto& example : {rule.bad.front(), rule.good.front()}) {
      INFO(rule.id << ": " << example);
      const auto verdict = verdict_of_rule(policy_for(rule, example), rule.id,
                                           unknown_cluster(newest_major * 10000));
      CHECK(verdict.kind == Verdict::Kind::unseen);
      CHECK_FALSE(verdict.why.empty());
      CHECK_FALSE(verdict.remedy.empty());
    }
  }
}

TEST_CASE("a rule whose facts were all seen is not unseen", "[policies]") {
  auto cluster = small_world(newest_major);
  add_hba(cluster, "hostssl all all 10.0.0.0/8 scram-sha-256\n");
  add_conf(cluster, "ssl = on\n");
  cluster.unseen.clear();
  for (const auto& rule : all_rules()) {
    if (rule.pack == "model") continue;  // what these policies name is not in that world
    for (const auto& example : {rule.bad.front(), rule.good.front()}) {
      INFO(rule.id << ": " << example);
      const auto verdict = verdict_of_rule(policy_for(rule, example), rule.id, cluster);
      CHECK(verdict.kind != Verdict::Kind::unseen);
    }
  }
}

TEST_CASE("a setting that the server hides is unseen, one that it does not have holds",
          "[policies]") {
  auto cluster = unknown_cluster(newest_major * 10000);
  cluster.unseen.clear();
  for (const auto& rule : all_rules()) {
    if (rule.check != "setting") continue;
    INFO(rule.id);
    const auto policy = load_policy({rule.pack});
    cluster.hidden_settings = Unseen{"not shown to audit", "GRANT pg_read_all_settings TO audit"};
    CHECK(verdict_of_rule(policy, rule.id, cluster).kind == Verdict::Kind::unseen);
    cluster.hidden_settings.reset();
    CHECK(verdict_of_rule(policy, rule.id, cluster).kind == Verdict::Kind::holds);
  }
}

TEST_CASE("a file that does not load is no proof of anything", "[policies]") {
  auto cluster = small_world(newest_major);
  add_hba(cluster, "hostssl all app 10.0.0.0/8 scram-sha-256\nhost all all 10.0.0.0/8 md6\n");
  for (const auto& rule : all_rules()) {
    if (kind_of(rule).examples != ExampleKind::hba) continue;
    INFO(rule.id);
    const auto verdict = verdict_of_rule(load_policy({rule.pack}), rule.id, cluster);
    CHECK(verdict.kind ==
          (rule.check == "hba_loads" ? Verdict::Kind::broken : Verdict::Kind::unseen));
  }
}

TEST_CASE("a postgresql.conf that keeps the server from starting is a finding, nothing holds by it",
          "[policies]") {
  auto cluster = small_world(newest_major);
  add_conf(cluster, "ssl = on\npasword_encryption = md5\n");
  for (const auto& rule : all_rules()) {
    if (kind_of(rule).examples != ExampleKind::conf) continue;
    INFO(rule.id);
    const auto verdict = verdict_of_rule(load_policy({rule.pack}), rule.id, cluster);
    CHECK(verdict.kind ==
          (rule.check == "conf_loads" ? Verdict::Kind::broken : Verdict::Kind::unseen));
    if (rule.check != "conf_loads") continue;
    const auto& finding = verdict.findings.front();
    CHECK(finding.subject.name == "pasword_encryption");
    CHECK(finding.message ==
          "unknown setting `pasword_encryption`; did you mean `password_encryption`?; the server "
          "does not start with this file");
    CHECK((finding.location->file == conf_path && finding.location->line == 2));
  }
}

TEST_CASE("a postgresql.conf whose text was not read may keep the server from starting",
          "[policies]") {
  auto cluster = small_world(newest_major);
  add_conf(cluster, "ssl = on\n");
  CHECK(verdict_of_rule(load_policy({"baseline"}), "SET-006", cluster).kind ==
        Verdict::Kind::holds);
  cluster.files.clear();
  CHECK(verdict_of_rule(load_policy({"baseline"}), "SET-006", cluster).why ==
        "the text of postgresql.conf was not read");
}

TEST_CASE("policies/README.md lists the rules as they are", "[policies]") {
  const auto readme = read_file(PGLEAST_SOURCE_DIR "/policies/README.md");
  std::set<std::string> expected, found;
  for (const auto& rule : all_rules()) {
    expected.insert(fmt::format("| {} | {} | {} |", rule.id, to_string(rule.severity), rule.title));
  }
  for (std::size_t at = 0; at < readme.size();) {
    const auto end = std::min(readme.find('\n', at), readme.size());
    const auto line = readme.substr(at, end - at);
    const bool is_rule = line.size() > 9 && line.starts_with("| ") && line[5] == '-';
    if (is_rule) CHECK(found.insert(line).second);
    at = end + 1;
  }
  CHECK(found == expected);
}
