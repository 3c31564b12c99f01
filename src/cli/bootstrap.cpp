// pgleast bootstrap: role bootstrap SQL from the policy's access model.

#include "bootstrap/bootstrap.hpp"

#include <memory>

#include "audit/audit.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "policy/loader.hpp"
#include "text/diagnostic.hpp"

namespace pgleast {
namespace {

struct BootstrapOptions {
  std::vector<std::string> policies;
  std::string database;
  OutputOptions output;
};

int bootstrap(const BootstrapOptions& options) {
  const Auditor auditor(load_policy(options.policies), today());
  const auto& policy = auditor.policy();
  if (policy.classes.empty() && policy.memberships.empty() && policy.grants.empty()) {
    fail_usage("the policy has no access model (classes, memberships, grants): nothing to make");
  }
  write_output(options.output, bootstrap_sql(policy, options.database));
  return 0;
}

}  // namespace

void add_bootstrap(CLI::App& app, Run& run) {
  const auto options = std::make_shared<BootstrapOptions>();
  auto& command = add_command(app, run, "bootstrap", "write the SQL that makes a policy's roles",
                              [options] { return bootstrap(*options); });
  add_values(command, "--policy", options->policies, "policy file or pack (repeatable)",
             "FILE|PACK");
  add_value(command, "--database", options->database, "where the script is meant to be run", "D");
  add_output_options(command, options->output, {"sql"});
}

}  // namespace pgleast
