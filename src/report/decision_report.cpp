#include "report/decision_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "text/display.hpp"
#include "text/json.hpp"

namespace pgleast {
namespace {

using nlohmann::ordered_json;

std::vector<std::string> options_of(const HbaRecord& record) {
  std::vector<std::string> result;
  for (const auto* list : {&record.options, &record.unshown}) {
    for (const auto& [name, value] : *list) {
      result.push_back(name + '=' + (is_secret_option(name) ? "********" : value));
    }
  }
  return result;
}

/// The place is that of the record that decides, none where it may be one of several.
std::string json(const Decision& decision, const HbaFile& hba) {
  ordered_json result{{"decision", to_string(decision.kind)},
                      {"method", nullptr},
                      {"file", nullptr},
                      {"line", nullptr},
                      {"options", ordered_json::array()},
                      {"why", decision.why}};
  if (!decision.records.empty() && decision.kind != DecisionKind::unknown) {
    const auto& record = hba.records[decision.records.back()];
    result["method"] = record.method;
    result["options"] = options_of(record);
    if (decision.records.size() == 1) {
      result["file"] = record.at.file;
      result["line"] = record.at.line;
      if (!record.at.added_by.empty()) result["added_by"] = record.at.added_by;
    }
  }
  return json_text(result) + '\n';
}

std::string text(const Decision& decision, const HbaFile& hba) {
  const auto kind = to_string(decision.kind);
  if (decision.kind == DecisionKind::unknown || decision.records.size() != 1) {
    return fmt::format("{}: {}\n", kind, decision.why);
  }
  const auto& at = hba.records[decision.records.front()].at;
  const auto added = at.added_by.empty() ? "" : fmt::format(" ({})", displayed(at.added_by));
  return fmt::format("{} by {}:{}{}, {}\n", kind, displayed(at.file), at.line, added, decision.why);
}

}  // namespace

std::string decision_report(const Decision& decision, const HbaFile& hba,
                            const std::string& format) {
  return format == "json" ? json(decision, hba) : text(decision, hba);
}

}  // namespace pgleast
