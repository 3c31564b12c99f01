// pgleast graph: roles, memberships, grants and steps up as a picture.

#include "privileges/graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "access/assumed_holders.hpp"
#include "audit/audit.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "escalation/unread_databases.hpp"
#include "model/named_object.hpp"
#include "model/named_role.hpp"
#include "policy/loader.hpp"
#include "report/finding_picture.hpp"
#include "report/graphviz.hpp"
#include "report/picture.hpp"
#include "text/diagnostic.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

struct GraphOptions {
  SourceOptions sources;
  OutputOptions output;
  std::string role, object, finding;
  std::vector<std::string> policies;
};

ObjectId object_asked_for(const Cluster& cluster, const std::string& name) {
  return objects_named(cluster, name, {}).front().object;
}

Drawing finding_asked_for(const Graph& graph, const GraphOptions& options, const Grounds& grounds) {
  Auditor auditor(load_policy(options.policies), today());
  auditor.rest_on(grounds.assumptions, grounds.platform);
  for (const auto& finding : sorted_findings(auditor.audit(graph.cluster()))) {
    if (fingerprint(finding) == options.finding) return picture_of_finding(graph, finding);
  }
  fail_usage(fmt::format("there is no finding `{}`; `pgleast audit --format json` names them",
                         displayed(options.finding)));
}

void mark_assumed(Drawing& drawing, const Assumptions& assumptions) {
  for (auto& box : drawing.boxes) {
    const bool role = box.kind != Box::Kind::object && box.lines.size() == 2;
    if (role && assumptions.has_role(box.lines[0])) box.lines[1] = "assumed role";
  }
}

int draw_graph(const GraphOptions& options) {
  const auto asked = !options.role.empty() + !options.object.empty() + !options.finding.empty();
  if (asked > 1) fail_usage("one of --role, --object and --finding");
  Timings timings;
  Grounds grounds;
  const auto cluster = read_sources(options.sources, timings, &grounds);
  print_version_note(cluster);
  need(cluster, Fact::roles, "nothing can be drawn");
  if (!options.object.empty()) need(cluster, Fact::objects, "privileges cannot be told");
  if (const auto unread = unread_databases(cluster)) {
    std::fputs(fmt::format("pgleast: note: {}; {}\n", unread->why, unread->remedy).c_str(), stderr);
  }
  print_note(unknown_beyond(grounds.assumptions));
  const Graph graph(cluster);
  auto drawing = !options.role.empty() ? picture_of(graph, role_asked_for(cluster, options.role))
                 : !options.object.empty()
                     ? picture_of(graph, object_asked_for(cluster, options.object))
                 : !options.finding.empty() ? finding_asked_for(graph, options, grounds)
                                            : picture_of(graph);
  mark_assumed(drawing, grounds.assumptions);
  const auto text = dot(drawing);
  write_output(options.output, options.output.format == "svg" ? svg_of(text) : text);
  return 0;
}

}  // namespace

void add_graph(CLI::App& app, Run& run) {
  const auto options = std::make_shared<GraphOptions>();
  auto& command = add_command(app, run, "graph", "draw who is a member of whom and holds what",
                              [options] { return draw_graph(*options); });
  add_value(command, "--role", options->role, "around this role", "R");
  add_value(command, "--object", options->object, "around this one: public.orders", "O");
  add_value(command, "--finding", options->finding, "around what this fingerprint is about", "F");
  add_values(command, "--policy", options->policies, "policy of the finding", "FILE");
  add_source_options(command, options->sources);
  add_output_options(command, options->output, {"dot", "svg"});
}

}  // namespace pgleast
