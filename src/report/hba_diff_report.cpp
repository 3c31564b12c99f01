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

std::string heading(const HbaChange& change) {
  const auto kind = kinds[static_cast<std::size_t>(change.kind)];
  return change.certain ? std::string(kind) : fmt::format("possibly {}", kind);
}

std::string joined(const std::vector<std::string>& texts, std::string_view with) {
  std::string result;
  for (const auto& text : texts) result += (result.empty() ? "" : std::string(with)) + text;
  return result;
}

// ", if the role is a member of staff", ", but not from samenet".
std::string condition(const HbaChange& change) {
  if (!change.certain) {
    return fmt::format(", {} {}", change.unless ? "unless" : "if",
                       joined(facts_of(change.when), " and "));
  }
  if (change.but.empty()) return "";
  return ", but not those that " + displayed(joined(change.but, " or ")) + " takes";
}

// What is possible names whom it hangs on itself: the words leave nobody out.
Part worded(const ConnectionClasses& classes, const HbaChange& change) {
  auto part = change.part;
  if (change.certain) return part;
  for (const auto& role : classes.roles()) {
    if (!role.token || !part.region.roles.inverted()) continue;
    part.region.roles = part.region.roles.united(classes.role_token(role.name));
  }
  for (const auto& database : classes.databases()) {
    if (!database.token || !part.region.databases.inverted()) continue;
    part.region.databases = part.region.databases.united(classes.database_token(database.name));
  }
  return part;
}

Json change_json(const HbaChange& change, const HbaFile& before, const HbaFile& after) {
  Json result{{"kind", kind_keys[static_cast<std::size_t>(change.kind)]},
              {"gained", gains(change, before.records, after.records)}};
  if (!change.certain) result["certain"] = false;
  if (!change.certain) result[change.unless ? "unless" : "if"] = facts_of(change.when);
  if (!change.but.empty()) result["but"] = change.but;
  result["before"] = record_json(change.before, before.records);
  result["after"] = record_json(change.after, after.records);
  return result;
}

constexpr std::string_view incomplete =
    "more may change: it hangs on more than could be looked at here; give the roles (--dsn, "
    "--snapshot)";

}  // namespace

DiffReport hba_diff_report(const Cluster& facts, const HbaFile& before, const HbaFile& after,
                           const std::string& format) {
  const Graph graph(facts);
  const ConnectionClasses classes(facts, graph, {&before.records, &after.records});
  const Wording wording(classes);
  DiffReport report;
  auto changes = Json::array();
  const auto found = hba_changes(classes, before.records, after.records);
  report.possible = !found.complete;
  for (const auto& change : found.list) {
    if (change.certain) {
      report.gained = report.gained || gains(change, before.records, after.records);
    } else {
      report.possible = true;
    }
    if (format == "json") {
      changes.push_back(change_json(change, before, after));
      changes.back()["part"] = parts_json(wording, classes, {worded(classes, change)}).front();
      continue;
    }
    report.text +=
        fmt::format("{}: {}{}\n  was {}, is {}\n  for example: {}\n", heading(change),
                    wording.part(worded(classes, change)), condition(change),
                    ending(change.before, before.records), ending(change.after, after.records),
                    to_string(wording.witness(change.part)));
  }
  if (format == "json") {
    Json all{{"schema", "pgleast-diff/1"}, {"gained", report.gained}};
    if (report.possible) all["possible"] = true;
    if (!found.complete) all["complete"] = false;
    all["changes"] = std::move(changes);
    report.text = json_text(all) + '\n';
  } else if (!found.complete) {
    report.text += fmt::format("{}\n", incomplete);
  }
  return report;
}

}  // namespace pgleast
