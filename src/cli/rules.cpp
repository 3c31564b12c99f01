// pgleast rules [ID]: list the rules, or one rule's whole page.

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "audit/audit.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "policy/loader.hpp"
#include "report/rows.hpp"
#include "text/diagnostic.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

struct RulesOptions {
  std::string id;
  std::vector<std::string> policies;
  OutputOptions output;
};

Table rule_table(const Policy& policy) {
  Table table{{"id", "severity", "pack", "title"}, {}};
  for (const auto& rule : policy.rules) {
    table.rows.push_back({rule.id, std::string(to_string(rule.severity)), rule.pack, rule.title});
  }
  return table;
}

std::string page(const Rule& rule) {
  std::string text = fmt::format("{}  {}\nseverity: {}   pack: {}   check: {}\n\n{}\n", rule.id,
                                 displayed(rule.title), to_string(rule.severity),
                                 displayed(rule.pack), displayed(rule.check), displayed(rule.why));
  if (!rule.remediation.empty()) text += "\nfix: " + displayed(rule.remediation) + '\n';
  const auto list = [&](const char* heading, const std::vector<std::string>& items) {
    if (items.empty()) return;
    text += fmt::format("\n{}\n", heading);
    for (const auto& item : items) {
      std::size_t begin = 0;
      while (begin < item.size()) {
        const auto end = std::min(item.find('\n', begin), item.size());
        text += "  " + displayed(item.substr(begin, end - begin)) + '\n';
        begin = end + 1;
      }
    }
  };
  list("bad", rule.bad);
  list("good", rule.good);
  std::vector<std::string> controls;
  for (const auto& [framework, numbers] : rule.controls) {
    controls.push_back(fmt::format("{}: {}", framework, listed(numbers, numbers.size())));
  }
  list("controls", controls);
  list("references", rule.references);
  return text;
}

// Without a choice of packs: every rule that the binary has.
std::vector<std::string> chosen_packs(const RulesOptions& options) {
  return options.policies.empty() ? pack_names() : options.policies;
}

int rules(const RulesOptions& options) {
  const Auditor auditor(load_policy(chosen_packs(options)), today());
  const auto& policy = auditor.policy();
  if (options.id.empty()) {
    write_output(options.output, write_table(rule_table(policy), options.output.format));
    return 0;
  }
  const auto* const rule = policy.find_rule(options.id);
  if (rule == nullptr) {
    std::vector<std::string> ids;
    for (const auto& r : policy.rules) ids.push_back(r.id);
    fail_usage(fmt::format("there is no rule `{}`{}", displayed(options.id),
                           did_you_mean(options.id, ids)));
  }
  write_output(options.output, page(*rule));
  return 0;
}

}  // namespace

void add_rules(CLI::App& app, Run& run) {
  const auto options = std::make_shared<RulesOptions>();
  auto& command = add_command(app, run, "rules", "list the rules, or one rule's whole page",
                              [options] { return rules(*options); });
  add_value(command, "id", options->id, "a rule's id", "ID");
  add_values(command, "--policy", options->policies, "policy file or pack (repeatable)",
             "FILE|PACK");
  add_output_options(command, options->output, {"text", "json", "csv"});
}

}  // namespace pgleast
