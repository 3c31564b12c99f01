// pgleast access: effective privileges, exactly as has_*_privilege answers.

#include "access/access_answer.hpp"

#include <memory>

#include "access/assumed_holders.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "report/access_report.hpp"
#include "text/diagnostic.hpp"

namespace pgleast {
namespace {

constexpr int exit_unseen = 3;

struct AccessOptions {
  SourceOptions sources;
  OutputOptions output;
  AccessQuestion question;
  bool explain = false;
  bool timings = false;
};

// What is not known may be there.
AccessAnswer answer_to(const AccessQuestion& question, const Cluster& cluster,
                       const Assumptions& assumptions) {
  try {
    return AccessAnswer(cluster, question, assumptions);
  } catch (const Error&) {
    print_note(unknown_beyond(assumptions));
    throw;
  }
}

int access(const AccessOptions& options) {
  Timings timings;
  Grounds grounds;
  const auto cluster = read_sources(options.sources, timings, &grounds);
  print_version_note(cluster);
  need(cluster, Fact::roles, "privileges cannot be told");
  need(cluster, Fact::objects, "privileges cannot be told");
  auto answer = answer_to(options.question, cluster, grounds.assumptions);
  write_output(options.output, [&](const Write& write) {
    (options.explain ? write_explanations : write_access)(answer, options.output.format, write);
  });
  timings.phase("access");
  if (options.timings) timings.print();
  print_note(answer.unknown());
  return answer.unknown() ? exit_unseen : 0;
}

}  // namespace

void add_access(CLI::App& app, Run& run) {
  const auto options = std::make_shared<AccessOptions>();
  auto& question = options->question;
  auto& command = add_command(app, run, "access", "effective privileges, and why they are held",
                              [options] { return access(*options); });
  add_value(command, "--role", question.role, "of this role only", "R");
  add_value(command, "--object", question.object, "on this one: public.orders, table:public.orders",
            "O");
  add_value(command, "--privilege", question.privilege, "this one only: SELECT", "P");
  add_flag(command, "--explain", options->explain,
           "print every path that gives it, and what cuts it");
  add_flag(command, "--system", question.system, "system schemas, too");
  add_source_options(command, options->sources);
  add_output_options(command, options->output, {"text", "csv", "json"});
  add_timings(command, options->timings);
}

}  // namespace pgleast
