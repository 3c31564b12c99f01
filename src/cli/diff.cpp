// pgleast diff: what access a change adds.

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "audit/audit.hpp"
#include "audit/known_records.hpp"
#include "change/gains.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "input/config/hba.hpp"
#include "input/documents/document.hpp"
#include "model/fresh_cluster.hpp"
#include "policy/loader.hpp"
#include "report/change_report.hpp"
#include "report/hba_diff_report.hpp"
#include "sources/revision.hpp"
#include "text/diagnostic.hpp"
#include "text/display.hpp"

namespace fs = std::filesystem;

namespace pgleast {
namespace {

struct DiffOptions {
  SourceOptions sources;
  OutputOptions output;
  std::string before, after;
  std::string git;  // BASE..HEAD
  std::vector<std::string> policies;
};

// --- Two pg_hba.conf with the roles of one cluster ----------------------------------------------

bool is_connection(const std::string& text) {
  std::error_code ignored;
  if (text.starts_with("postgresql://") || text.starts_with("postgres://")) return true;
  return text.find('=') != std::string::npos && !fs::exists(text, ignored);
}

// One that cannot be told is taken for one: its reader says what is wrong with it.
bool may_be_hba(const std::string& path) {
  std::error_code ignored;
  if (path == "-" || !fs::exists(path, ignored)) return !is_connection(path);
  if (fs::is_directory(path, ignored)) return false;
  const auto kind = kind_of_file(path, Found::named);
  return !kind || kind == DocumentKind::hba;
}

HbaFile records_of(Cluster facts, const std::string& path) {
  std::vector<ConfigFile> read;
  const auto settings = facts.seen(Fact::settings) ? hba_settings(facts.settings) : HbaSettings{};
  facts.hba = read_hba(path, files_from(path), facts.version_num, read, settings);
  facts.files = std::move(read);
  facts.unseen.erase(Fact::hba);
  need_records(facts);
  return std::move(facts.hba);
}

int diff_of_records(const DiffOptions& options) {
  if (options.before == "-" && options.after == "-") {
    fail_usage("OLD and NEW are both standard input: give one of them as a file");
  }
  const auto facts = read_facts(options.sources);
  print_version_note(facts);
  const auto before = records_of(facts, options.before);
  const auto after = records_of(facts, options.after);
  const auto report = hba_diff_report(facts, before, after, options.output.format);
  write_output(options.output, report.text);
  if (report.gained) return 1;
  return report.possible ? 3 : 0;
}

// --- Two states of whole clusters ---------------------------------------------------------------

struct State {
  Cluster cluster;
  Grounds grounds;
};
using Clusters = std::map<std::string, State>;

// `old/infra` of the folder `old` is `infra`, as that of `new` is.
std::string name_below(const std::string& root, const std::string& name) {
  if (name == root) return ".";
  const auto folder = root.ends_with('/') ? root : root + '/';
  return name.starts_with(folder) ? name.substr(folder.size()) : name;
}

Clusters read_side(const SourceOptions& given, const std::string& side) {
  auto options = given;
  if (is_connection(side)) {
    options.dsn = side;
  } else {
    options.paths = {side};
  }
  Timings timings;
  const auto found = find_sources(options, NothingFound::allowed);
  print_problems(found);
  Clusters result;
  for (const auto& one : found.clusters) {
    State state;
    state.cluster = read_cluster(one.options, timings, &state.grounds);
    result.emplace(name_below(side, one.name), std::move(state));
  }
  return result;
}

// One that is not there: nobody logs in, nobody may do anything.
Cluster no_cluster(const Cluster& other) {
  auto cluster = fresh_cluster(other.version_num);
  for (const auto fact : {Fact::hba, Fact::ident}) {
    if (other.seen(fact)) {
      cluster.unseen.erase(fact);
    } else {
      cluster.unseen[fact] = other.unseen.at(fact);
    }
  }
  return cluster;
}

std::string_view called(Fact fact) {
  if (fact == Fact::hba) return "who logs in";
  return fact == Fact::roles ? "roles" : "privileges";
}

// What keeps the two from being compared.
void add_unseen(const Cluster& before, const Cluster& after, ClusterChange& change) {
  const auto nothing = unknown_cluster(after.version_num).unseen.at(Fact::hba).why;
  std::set<std::string> reasons;
  for (const auto fact : {Fact::hba, Fact::roles, Fact::objects}) {
    const auto is_no_source = [&](const Cluster& c) {
      return !c.seen(fact) && c.unseen.at(fact).why == nothing;
    };
    if (is_no_source(before) && is_no_source(after)) continue;
    for (const auto* const cluster : {&before, &after}) {
      if (cluster->seen(fact) || cluster->unseen.at(fact).kind == UnseenKind::nothing_made)
        continue;
      const auto& why = cluster->unseen.at(fact).why;
      if (!reasons.insert(why).second) continue;
      change.unseen.push_back(fmt::format("{} of the {} state: {}", called(fact),
                                          cluster == &before ? "old" : "new", why));
    }
  }
}

// What was left out may be what adds.
void add_left_out(const State& state, std::string_view which, ClusterChange& change) {
  for (const auto& why : state.grounds.assumptions.left_out) {
    change.unseen.push_back(fmt::format("privileges of the {} state: {}", which, why));
  }
}

std::vector<Finding> findings_of(const Audit& audit) {
  auto findings = sorted_findings(audit);
  std::erase_if(findings, [](const Finding& f) { return f.waived.has_value(); });
  return findings;
}

std::set<std::string> unseen_rules(const Audit& audit) {
  std::set<std::string> rules;
  for (const auto& judgement : audit.judgements) {
    const auto& verdict = judgement.verdict;
    if (verdict.kind == Verdict::Kind::unseen || !verdict.why.empty()) rules.insert(judgement.rule);
  }
  return rules;
}

// Those of `some` that are not among `others`. A record that says another word is another subject
// of what may be the same fault.
std::vector<Finding> only_in(const std::vector<Finding>& some, const std::vector<Finding>& others) {
  std::set<std::string> prints, messages;
  for (const auto& finding : others) {
    prints.insert(fingerprint(finding));
    messages.insert(finding.rule + ' ' + finding.message);
  }
  auto result = some;
  std::erase_if(result, [&](const Finding& finding) {
    return prints.contains(fingerprint(finding)) ||
           messages.contains(finding.rule + ' ' + finding.message);
  });
  return result;
}

Audit audit_of(Auditor& auditor, const State& state) {
  auditor.rest_on(state.grounds.assumptions, state.grounds.platform);
  auto audit = auditor.audit(state.cluster);
  judge_known_records(audit, state.cluster, auditor);
  return audit;
}

void add_findings(Auditor& auditor, const State& before, const State& after,
                  ClusterChange& change) {
  const auto was = audit_of(auditor, before);
  const auto is = audit_of(auditor, after);
  change.found = only_in(findings_of(is), findings_of(was));
  change.solved = only_in(findings_of(was), findings_of(is));
  // What cannot be seen any more is not solved.
  const auto unseen = unseen_rules(is);
  std::erase_if(change.solved, [&](const Finding& f) { return unseen.contains(f.rule); });
}

// It may have been so before, or be taken back by what is not followed.
void doubt(ClusterChange& change, const Cluster& before, const Cluster& after) {
  if (change.unseen.empty()) return;
  const bool records = before.seen(Fact::hba) && after.seen(Fact::hba);
  for (auto& gain : change.opens) {
    gain.possible = gain.possible || gain.what != Gain::What::login || !records;
  }
  change.closes.clear();
}

ClusterChange compared(const std::string& name, const State& before, const State& after,
                       Auditor& auditor) {
  ClusterChange change;
  change.cluster = name;
  add_unseen(before.cluster, after.cluster, change);
  add_left_out(before, "old", change);
  add_left_out(after, "new", change);
  add_findings(auditor, before, after, change);
  const auto both = align(before.cluster, after.cluster);
  change.opens = gains(both, auditor.today());
  change.closes = narrowings(both, auditor.today());
  doubt(change, before.cluster, after.cluster);
  return change;
}

std::vector<ClusterChange> compared(const Clusters& before, const Clusters& after,
                                    Auditor& auditor) {
  std::vector<ClusterChange> changes;
  if (before.size() == 1 && after.size() == 1) {
    changes.push_back(compared("", before.begin()->second, after.begin()->second, auditor));
    return changes;
  }
  for (const auto& [name, state] : after) {
    const auto old = before.find(name);
    const auto none = State{no_cluster(state.cluster), {}};
    changes.push_back(compared(name, old == before.end() ? none : old->second, state, auditor));
  }
  for (const auto& [name, state] : before) {
    if (after.contains(name)) continue;
    changes.push_back(compared(name, state, {no_cluster(state.cluster), {}}, auditor));
  }
  return changes;
}

// What the policy says is meant, and what of it did not come in any cluster.
void take_expected(const Policy& policy, std::vector<ClusterChange>& changes) {
  for (const auto& expectation : policy.expected) {
    const Pattern pattern{Pattern::Kind::glob, expectation.change, nullptr};
    bool came = false;
    for (auto& change : changes) {
      for (auto& gain : change.opens) {
        if (!matches_name(pattern, gain.text)) continue;
        gain.expected = expectation.reason;
        came = true;
      }
    }
    if (!came && !changes.empty()) {
      changes.back().missed.push_back(
          fmt::format("{} ({})", expectation.change, expectation.reason));
    }
  }
}

std::pair<std::string, std::string> revisions(const std::string& text) {
  const auto dots = text.find("..");
  if (dots == std::string::npos || dots == 0 || text.find("...") != std::string::npos) {
    fail_usage(fmt::format("--git: `{}` is not BASE..HEAD", displayed(text)));
  }
  const auto head = text.substr(dots + 2);
  return {text.substr(0, dots), head.empty() ? "HEAD" : head};
}

// The paths that it names are those of the repository.
Clusters read_revision(const SourceOptions& sources, const std::string& commit,
                       const std::string& path) {
  const Revision revision(commit);
  const InFolder inside(revision.folder());
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return {};
  return read_side(sources, path);
}

int diff_of_clusters(const DiffOptions& options) {
  Auditor auditor(load_policy(options.policies), today());
  auto sources = options.sources;
  for (auto* const paths : {&sources.assume, &sources.sql}) {
    for (auto& path : *paths) {
      if (!is_platform(path)) path = fs::absolute(path).string();
    }
  }
  Clusters before, after;
  if (options.git.empty()) {
    before = read_side(sources, options.before);
    after = read_side(sources, options.after);
  } else {
    const auto [base, head] = revisions(options.git);
    const auto path = options.before.empty() ? std::string(".") : options.before;
    before = read_revision(sources, base, path);
    after = read_revision(sources, head, path);
  }
  if (before.empty() && after.empty()) {
    fail_usage("neither state holds anything that pgleast knows");
  }
  auto changes = compared(before, after, auditor);
  take_expected(auditor.policy(), changes);
  write_output(options.output, change_report(changes, options.output.format));
  const auto any = [&](bool (ClusterChange::*what)() const) {
    return std::any_of(changes.begin(), changes.end(),
                       [&](const ClusterChange& change) { return (change.*what)(); });
  };
  if (any(&ClusterChange::gained)) return 1;
  return any(&ClusterChange::possible) ? 3 : 0;
}

int diff(const DiffOptions& options) {
  if (!options.git.empty()) {
    if (!options.after.empty()) fail_usage("--git goes with one PATH: both states are in git");
    return diff_of_clusters(options);
  }
  if (options.before.empty() || options.after.empty()) {
    fail_usage("diff needs OLD and NEW, or --git BASE..HEAD");
  }
  const bool records = may_be_hba(options.before) && may_be_hba(options.after);
  return records && options.output.format != "markdown" ? diff_of_records(options)
                                                        : diff_of_clusters(options);
}

}  // namespace

void add_diff(CLI::App& app, Run& run) {
  const auto options = std::make_shared<DiffOptions>();
  auto& command =
      add_command(app, run, "diff", "what access a change adds; exit code 1 when it adds some",
                  [options] { return diff(*options); });
  add_value(command, "OLD", options->before,
            "a file or folder of any kind that pgleast knows, or a connection string", "SOURCE");
  add_value(command, "NEW", options->after, "the one that is to replace it", "SOURCE");
  add_value(command, "--git", options->git,
            "two states of the repository of this folder; OLD, if given, is a path in it",
            "BASE..HEAD");
  add_values(command, "--policy", options->policies,
             "policy file or pack whose findings are compared (repeatable; default: baseline)",
             "FILE|PACK");
  add_fact_options(command, options->sources);
  add_output_options(command, options->output, {"text", "json", "markdown"});
}

}  // namespace pgleast
