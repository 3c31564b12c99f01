#include "report/hba_diff_report.hpp"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "connections/hba_diff.hpp"
#include "connections/wording.hpp"
#include "report/part_json.hpp"
#include "text/display.hpp"
#include "text/json.hpp"

namespace pgleast {
namespace {

using Json = nlohmann::ordered_json;
using Records = std::vector<HbaRecord>;

constexpr std::array<std::string_view, 3> kinds{"newly admitted", "no longer admitted",
                                                "admitted otherwise"};
constexpr std::array<std::string_view, 3> kind_keys{"gained", "lost", "changed"};

std::string ending(std::optional<std::uint32_t> number, const Records& records) {
  if (!number) return "no record";
  const auto& record = records[*number];
  return fmt::format("{} ({}:{})", displayed(record.method), displayed(record.at.file),
                     record.at.line);
}

Json record_json(std::optional<std::uint32_t> number, const Records& records) {
  if (!number) return {};
  const auto& record = records[*number];
  return {{"file", record.at.file},
          {"line", record.at.line},
          {"record", to_string(record)},
          {"method", record.method}};
}

}  // namespace

DiffReport hba_diff_report(const Cluster& facts, const HbaFile& before, const HbaFile& after,
                           const std::string& format) {
  const Graph graph(facts);
  const ConnectionClasses classes(facts, graph, {&before.records, &after.records});
  const Wording wording(classes);
  DiffReport report;
  auto changes = Json::array();
  for (const auto& change : hba_changes(classes, before.records, after.records)) {
    const auto kind = static_cast<std::size_t>(change.kind);
    const bool gained = gains(change, before.records, after.records);
    report.gained = report.gained || gained;
    if (format == "json") {
      changes.push_back({{"kind", kind_keys[kind]},
                         {"gained", gained},
                         {"before", record_json(change.before, before.records)},
                         {"after", record_json(change.after, after.records)},
                         {"part", parts_json(wording, classes, {change.part}).front()}});
      continue;
    }
    report.text +=
        fmt::format("{}: {}\n  was {}, is {}\n  for example: {}\n", kinds[kind],
                    wording.part(change.part), ending(change.before, before.records),
                    ending(change.after, after.records), to_string(wording.witness(change.part)));
  }
  if (format == "json") {
    report.text = json_text(Json({{"schema", "pgleast-diff/1"},
                                  {"gained", report.gained},
                                  {"changes", std::move(changes)}})) +
                  '\n';
  }
  return report;
}

}  // namespace pgleast
