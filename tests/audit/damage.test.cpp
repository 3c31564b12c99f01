// A rule that is broken never holds because what was read is damaged: the examples that rules
// bring, the sample and random worlds, damaged in ways that can be noticed. Whoever cannot read it
// says so; whoever reads it calls the rule broken or unseen.
//
//   PGLEAST_DAMAGES=20000 PGLEAST_SEED=7 build/pgleast-unit-tests "[damage]"

#include "support/damage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>

#include "input/snapshot/snapshot.hpp"
#include "policies/examples.hpp"
#include "support/catch.hpp"
#include "support/script_cluster.hpp"
#include "text/diagnostic.hpp"
#include "text/files.hpp"

using namespace pgleast;
using namespace pgleast::test;

namespace {

const char* const records =
    "local rules hashed md5\nlocal rules mapped_app,mapped_boss peer map=m\nlocal all all trust\n"
    "host all all 127.0.0.1/32 trust\nlocal replication all trust\n";
const char* const mappings = "m deploy mapped_app\nm deploy mapped_boss\n";
const char* const settings =
    "wal_level = logical\nlocal_preload_libraries = ''\n"
    "primary_conninfo = 'host=elsewhere password=example'\n";

std::uint64_t number_in(const char* variable, std::uint64_t otherwise) {
  const auto* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

using Verdicts = std::map<std::string, Verdict::Kind>;

/// Something to audit that is broken.
struct Input {
  std::string name;
  InputTexts texts;
  std::shared_ptr<const Auditor> auditor;
  Cluster cluster;
  std::vector<std::string> broken;  // rules
};

Verdicts verdicts(const Auditor& auditor, const Cluster& cluster) {
  Verdicts result;
  for (const auto& j : auditor.audit(cluster).judgements) result[j.rule] = j.verdict.kind;
  return result;
}

std::shared_ptr<const Auditor> auditor_of(Policy policy, const std::string& rule = "") {
  if (!rule.empty()) std::erase_if(policy.rules, [&](const Rule& r) { return r.id != rule; });
  return std::make_shared<const Auditor>(std::move(policy), "2026-01-01");
}

class Inputs {
 public:
  explicit Inputs(std::uint64_t seed) {
    add_examples();
    add_sample();
    for (std::uint64_t i = 0; i < 10; ++i) add_world(seed * 10 + i);
  }
  const std::vector<Input>& all() const { return inputs_; }

 private:
  void add(std::string name, InputTexts texts, std::shared_ptr<const Auditor> auditor) {
    Input input{std::move(name), std::move(texts), std::move(auditor), {}, {}};
    try {
      input.cluster = cluster_of(input.texts);
    } catch (const Error& e) {
      FAIL_CHECK(input.name << ": " << e.what());
      return;
    }
    for (const auto& [rule, kind] : verdicts(*input.auditor, input.cluster)) {
      if (kind == Verdict::Kind::broken) input.broken.push_back(rule);
    }
    if (!input.broken.empty()) inputs_.push_back(std::move(input));
  }

  void add_examples() {
    for (const auto& pack : pack_names()) {
      for (const auto& rule : load_policy({pack}).rules) {
        for (const auto& example : rule.bad) add_example(rule, pack, example);
      }
    }
  }

  void add_example(const Rule& rule, const std::string& pack, const std::string& example) {
    InputTexts texts{"", records, mappings, settings, {}, newest_major};
    auto auditor = auditor_of(load_policy({pack}), rule.id);
    auto versions = versions_of(example);
    auto sql = example;
    switch (kind_of(rule).examples) {
      case ExampleKind::hba:
        texts.hba = example;
        break;
      case ExampleKind::conf:
        texts.conf = example;
        break;
      case ExampleKind::policy: {
        const auto world = world_of(example);
        auditor = auditor_of(policy_of_text(world.policy), rule.id);
        versions = versions_of(world.sql);
        sql = world.sql;
        [[fallthrough]];
      }
      case ExampleKind::sql:
        texts.sql =
            "CREATE DATABASE rules;\n\\connect rules\n" + std::string(touch_database) + sql + ";\n";
    }
    // Some of a version whose SQL is known to the last word, some of the newest.
    const int older = std::max(versions.since, 15);
    const bool newest = !versions.until && (++examples_ % 2 == 0 || older > 15);
    texts.major = newest ? newest_major : versions.until.value_or(older);
    add(rule.id + ": " + example, texts, auditor);
  }

  // Its roles and grants, tables and files.
  void add_sample() {
    const std::string folder = PGLEAST_SOURCE_DIR "/samples/mystore/insecure/";
    const InputTexts texts{read_file(folder + "schema.sql"),
                           read_file(folder + "pg_hba.conf"),
                           mappings,
                           read_file(folder + "postgresql.conf"),
                           {},
                           newest_major};
    add("mystore", texts, all_rules_);
  }

  void add_world(std::uint64_t number) {
    auto texts = random_texts(number);
    texts.ident = mappings;
    texts.conf = settings;
    add(fmt::format("world {}", number), texts, all_rules_);
  }

  std::shared_ptr<const Auditor> all_rules_ = auditor_of(load_policy({"baseline", "escalation"}));
  std::vector<Input> inputs_;
  std::size_t examples_ = 0;
};

struct Count {
  std::size_t damages = 0, refused = 0, broken = 0, unseen = 0, holds = 0;
};

class Run {
 public:
  Run(const Inputs& inputs, std::uint64_t seed) : inputs_(inputs.all()), random_(seed) {}

  void one() {
    const auto kinds = text_damages.size() + cluster_damages.size() + snapshot_damages.size();
    const auto kind = next_++ % kinds;
    for (int tries = 0; tries < 200; ++tries) {
      if (damage(kind, inputs_[pick(random_, inputs_.size())])) return;
    }
  }

  const std::map<std::string, Count>& counts() const { return counts_; }

 private:
  bool damage(std::size_t kind, const Input& input) {
    if (kind < text_damages.size()) return damage(text_damages[kind], input);
    kind -= text_damages.size();
    if (kind < cluster_damages.size()) return damage(cluster_damages[kind], input);
    return damage(snapshot_damages[kind - cluster_damages.size()], input);
  }

  bool damage(const TextDamage& kind, const Input& input) {
    auto texts = input.texts;
    if (!kind.apply(texts, random_)) return false;
    const auto shown =
        fmt::format("{}\n--\n{}--\n{}--\n{}", texts.sql, texts.hba, texts.ident, texts.conf);
    judge(kind.name, input, shown, [&] { return cluster_of(texts); });
    return true;
  }

  bool damage(const ClusterDamage& kind, const Input& input) {
    auto cluster = input.cluster;
    if (!kind.apply(cluster, random_)) return false;
    judge(kind.name, input, "", [&] { return std::move(cluster); });
    return true;
  }

  bool damage(const SnapshotDamage& kind, const Input& input) {
    auto text = write_snapshot(input.cluster);
    const auto what = kind.apply(text, random_);
    if (!what) return false;
    judge(kind.name, input, *what, [&] { return read_snapshot(Source("snapshot.json", text)); });
    return true;
  }

  template <typename Read>
  void judge(const char* kind, const Input& input, const std::string& shown, Read&& read) {
    auto& count = counts_[kind];
    ++count.damages;
    std::optional<Cluster> cluster;
    try {
      cluster = read();
    } catch (const Error&) {
      ++count.refused;
      return;
    }
    const auto now = verdicts(*input.auditor, *cluster);
    for (const auto& rule : input.broken) {
      const auto verdict = now.at(rule);
      if (verdict == Verdict::Kind::broken) ++count.broken;
      if (verdict == Verdict::Kind::unseen) ++count.unseen;
      if (verdict != Verdict::Kind::holds) continue;
      ++count.holds;
      INFO(input.name << '\n' << shown);
      FAIL_CHECK(kind << ": " << rule << " was broken and holds");
    }
  }

  const std::vector<Input>& inputs_;
  Random random_;
  std::size_t next_ = 0;
  std::map<std::string, Count> counts_;
};

}  // namespace

TEST_CASE("no rule that was broken holds because what was read is damaged", "[damage]") {
  const auto seed = number_in("PGLEAST_SEED", 1);
  const Inputs inputs(seed);
  Run run(inputs, seed);
  for (std::uint64_t i = 0; i < number_in("PGLEAST_DAMAGES", 1000); ++i) run.one();
  std::string table = fmt::format("{} inputs\n{:<40} damages refused broken unseen holds\n",
                                  inputs.all().size(), "");
  Count sum;
  const auto row = [&](const std::string& name, const Count& c) {
    table += fmt::format("{:<40} {:>7} {:>7} {:>6} {:>6} {:>5}\n", name, c.damages, c.refused,
                         c.broken, c.unseen, c.holds);
  };
  for (const auto& [name, c] : run.counts()) {
    row(name, c);
    sum = {sum.damages + c.damages, sum.refused + c.refused, sum.broken + c.broken,
           sum.unseen + c.unseen, sum.holds + c.holds};
  }
  row("all", sum);
  WARN(table);
  CHECK(sum.damages >= number_in("PGLEAST_DAMAGES", 1000) * 9 / 10);
  CHECK((sum.broken > 0 && sum.unseen > 0 && sum.refused > 0));
}
