// pgleast reach: from a network to an object, each way in; or the picture of the cluster.

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>

#include "access/assumed_holders.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "escalation/unread_databases.hpp"
#include "fix/way_cuts.hpp"
#include "model/named_role.hpp"
#include "reach/cluster_reach.hpp"
#include "reach/ways.hpp"
#include "report/reach_report.hpp"
#include "text/diagnostic.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

struct ReachOptions {
  SourceOptions sources;
  OutputOptions output;
  std::string to, privilege;
  std::optional<std::string> from, user, database, tls;
  bool timings = false;
};

std::optional<bool> tls_of(const ReachOptions& options) {
  if (!options.tls) return std::nullopt;
  if (*options.tls != "yes" && *options.tls != "no") {
    fail_usage(fmt::format("--tls: `{}` is neither yes nor no", displayed(*options.tls)));
  }
  return *options.tls == "yes";
}

Question question_of(const ReachOptions& options) {
  Question question;
  if (options.from) question.from = origin_named(*options.from);
  question.tls = tls_of(options);
  question.user = options.user;
  question.database = options.database;
  return question;
}

void check_names(const Cluster& cluster, const Question& question) {
  if (question.user && cluster.seen(Fact::roles)) role_asked_for(cluster, *question.user);
  if (!question.database || !cluster.seen(Fact::objects)) return;
  std::vector<std::string> names{"replication"};
  for (const auto& object : cluster.objects) {
    if (object.kind == ObjectKind::database) names.push_back(object.name);
  }
  if (std::find(names.begin(), names.end(), *question.database) == names.end()) {
    fail_usage(fmt::format("there is no database `{}`{}", displayed(*question.database),
                           did_you_mean(*question.database, names)));
  }
}

std::vector<WaysReport> ways_to(const Cluster& cluster, const ReachOptions& options,
                                const Graph& graph, const Escalations& escalations,
                                const Doors& doors, const Question& question,
                                const std::optional<Unseen>& unseen) {
  need(cluster, Fact::roles, "ways cannot be told");
  if (!power_named(options.to)) need(cluster, Fact::objects, "ways to an object cannot be told");
  std::vector<WaysReport> reports;
  for (const auto& target : targets_named(cluster, options.to, options.privilege)) {
    auto found = ways_in(graph, doors, Routes(graph, escalations, target), question);
    auto cuts = cuts_of_ways(cluster, target, {today()}, question, found.ways);
    reports.push_back({target, std::move(found), std::move(cuts), unseen});
  }
  return reports;
}

// What was not seen makes no step up, and that must not read as if there were none.
void print_assumptions(const Doors& doors, const Cluster& cluster) {
  auto notes = doors.assumptions();
  std::map<Fact, std::vector<std::string>> blind;
  for (const auto& step : escalations()) {
    if (!cluster.seen(Fact::roles)) break;  // then nothing is said of what roles can do
    if (!step.versions.has(cluster.major())) continue;
    for (const auto fact : step.needs) {
      if (!cluster.seen(fact)) blind[fact].emplace_back(step.id);
    }
    const bool more = step.also_by_code && !cluster.seen(Fact::code) && cluster.seen(Fact::objects);
    if (more) blind[Fact::code].emplace_back(step.id);
  }
  for (const auto& [fact, steps] : blind) {
    const auto& unseen = cluster.unseen.at(fact);
    notes.push_back(fmt::format("ways up by {} are not known: {}; {}", listed(steps, 3),
                                displayed(unseen.why), displayed(unseen.remedy)));
  }
  for (const auto& note : notes) std::fputs(("pgleast: note: " + note + '\n').c_str(), stderr);
}

int reach(const ReachOptions& options) {
  if (!options.privilege.empty() && (options.to.empty() || power_named(options.to))) {
    fail_usage("--privilege says what is wanted of an object: give it with --to OBJECT");
  }
  const auto question = question_of(options);
  auto sources = options.sources;
  if (sources.is_live() && options.database && *options.database != "replication") {
    sources.databases.push_back(*options.database);
  }
  Timings timings;
  Grounds grounds;
  const auto cluster = read_sources(sources, timings, &grounds);
  need_records(cluster);
  print_notes(cluster);
  check_names(cluster, question);
  const Graph graph(cluster);
  const Connections connections(graph);
  const Escalations escalations(graph, connections);
  const Doors doors(graph, connections.decided(), {today()});
  print_assumptions(doors, cluster);
  timings.phase("doors");
  const bool json = options.output.format == "json";
  std::string text;
  // Only scripts take something for granted, and only of a server a database was not read.
  const auto assumed = unknown_beyond(grounds.assumptions);
  const auto not_looked_at = assumed ? assumed : unread_databases(cluster, question.database);
  bool unseen = assumed.has_value();
  if (!options.to.empty()) {
    const auto reports =
        ways_to(cluster, options, graph, escalations, doors, question, not_looked_at);
    const auto from = options.from ? displayed(*options.from) : "any origin";
    text = json ? ways_json(cluster, reports) : ways_text(cluster, from, reports);
    unseen = std::any_of(reports.begin(), reports.end(), may_be_more);
  } else {
    const auto reached = cluster_reach(graph, escalations, doors, question);
    if (json) print_note(assumed);
    text =
        json ? reach_json(cluster, reached) : reach_text(cluster, reached, not_looked_at, !assumed);
  }
  timings.phase("ways");
  write_output(options.output, text);
  timings.phase("write");
  if (options.timings) timings.print();
  constexpr int exit_unseen = 3;
  return unseen ? exit_unseen : 0;
}

}  // namespace

void add_reach(CLI::App& app, Run& run) {
  const auto options = std::make_shared<ReachOptions>();
  auto& command = add_command(app, run, "reach", "from a network to an object: each way in",
                              [options] { return reach(*options); });
  add_value(command, "--from", options->from,
            "clients from there: 203.0.113.0/24, local, loopback, private, anywhere", "ORIGIN");
  add_value(command, "--user", options->user, "that log in as this role", "U");
  add_value(command, "--database", options->database, "to this database", "D");
  add_value(command, "--tls", options->tls, "with or without TLS", "yes|no");
  add_value(command, "--to", options->to,
            "what they get at: table:public.orders, superuser, os, cluster", "OBJECT");
  add_value(command, "--privilege", options->privilege,
            "to do this with it (default: SELECT on tables, EXECUTE on functions, ...)", "P");
  add_source_options(command, options->sources, false);
  add_flag(command, "--all-databases", options->sources.all_databases,
           "read every database of the live server");
  add_output_options(command, options->output, {"text", "json"});
  add_timings(command, options->timings);
}

}  // namespace pgleast
