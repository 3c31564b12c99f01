// pgleast policy check FILE: says whether a policy is valid.

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "audit/audit.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "policy/loader.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

struct PolicyOptions {
  std::vector<std::string> files;
};

int check(const PolicyOptions& options) {
  const Auditor auditor(load_policy(options.files), today());
  const auto& policy = auditor.policy();
  const auto disabled = std::count_if(policy.rules.begin(), policy.rules.end(),
                                      [](const Rule& r) { return !r.enabled; });
  const auto text = fmt::format(
      "{} {} valid: {} of {} ({} switched off), {}, {}, {}, {}\n", displayed(listed(options.files)),
      options.files.size() == 1 ? "is" : "are", counted(policy.rules.size(), "rule"),
      listed(policy.packs), disabled, counted(policy.classes.size(), "role class"),
      counted(policy.memberships.size(), "membership"), counted(policy.grants.size(), "grant"),
      counted(policy.waivers.size(), "waiver"));
  write_output({}, text);
  return 0;
}

}  // namespace

void add_policy(CLI::App& app, Run& run) {
  const auto options = std::make_shared<PolicyOptions>();
  auto& command =
      add_command(add_parent(app, "policy", "look into a policy"), run, "check",
                  "say whether a policy is valid", [options] { return check(*options); });
  add_words(command, "file", options->files, "policy file or pack", "FILE");
}

}  // namespace pgleast
