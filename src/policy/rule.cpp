#include "policy/rule.hpp"

#include <fmt/format.h>

#include "text/display.hpp"

namespace pgleast {

Severity read_severity(const YamlNode& node) {
  const auto name = scalar_text(node);
  const auto severity = severity_named(name);
  if (!severity) {
    const std::vector<std::string> known(severity_names.begin(), severity_names.end());
    fail_policy(node, fmt::format("unknown severity `{}`; it is one of {}", displayed(name),
                                  listed(known)));
  }
  return *severity;
}

Rule read_rule(const YamlNode& node, const std::string& pack) {
  MapReader map(node, "a rule");
  Rule rule;
  rule.pack = pack;
  rule.id = map.text("id");
  rule.title = map.text("title");
  rule.severity = read_severity(map.need("severity"));
  rule.why = map.text("why");
  while (!rule.why.empty() && rule.why.back() == '\n') rule.why.pop_back();
  rule.check_node = map.need("check");
  rule.check = scalar_text(rule.check_node);
  if (const auto* const with = map.find("with")) rule.with = *with;
  if (const auto* const fix = map.find("fix")) rule.fix = *fix;
  rule.remediation = map.text("remediation", "");
  while (!rule.remediation.empty() && rule.remediation.back() == '\n') rule.remediation.pop_back();
  if (const auto* const controls = map.find("controls")) {
    const MapReader reader(*controls, "controls");
    for (const auto& [framework, numbers] : controls->entries) {
      rule.controls[framework.text] = scalar_texts(numbers);
    }
  }
  rule.references = map.texts("references");
  MapReader examples(map.need("examples"), "examples");
  rule.bad = examples.texts("bad");
  rule.good = examples.texts("good");
  examples.finish();
  map.finish();
  return rule;
}

}  // namespace pgleast
