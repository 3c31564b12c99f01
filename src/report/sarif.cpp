// SARIF 2.1.0 as code scanning takes it. What that service does shapes three things here:
//
// - It drops a result without a physical location. A finding of the catalogs has none, so it
//   points at the user's policy, which says what should be, or else at the first configuration
//   file; its logical location says what it is really about.
// - It does not know `kind` and does not honour `suppressions`. A rule that could not be checked
//   is therefore no result, which would be an alert nobody can close, but a notification of the
//   run, and the exit code is 3; a waived finding is left out unless --verbose asks for it.
// - It takes results with one rule and one fingerprint for one alert (see fingerprints()).
//
// It reads 25,000 results of a run and keeps the 5,000 gravest: ours are sorted that way.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "report/report.hpp"
#include "report/shown.hpp"
#include "text/display.hpp"
#include "text/json.hpp"
#include "version.hpp"

namespace pgleast {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view schema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
constexpr std::size_t longest_description = 1024;  // characters
constexpr std::size_t most_tags = 20;

struct Grade {
  std::string_view level;
  std::string_view score;  // of the rule, as CVSS counts; none for info
};
/// INVARIANT: row n is of severity n.
constexpr std::array<Grade, severity_names.size()> grades{{
    {"note", ""},
    {"note", "2.0"},
    {"warning", "5.5"},
    {"error", "8.0"},
    {"error", "9.5"},
}};
const Grade& grade_of(Severity severity) { return grades[static_cast<std::size_t>(severity)]; }

// Line breaks are ours; all else that could not be seen is shown. Never empty: that is not valid.
std::string shown_lines(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    result += displayed(text.substr(0, end), Tabs::kept);
    if (end < text.size()) result += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result.empty() ? "-" : result;
}

// Braces are doubled, for a single one begins a placeholder; `](` would make a link of what
// stands in brackets before it (2.1.0, sections 3.11.5 and 3.11.6).
Json message(std::string_view text) {
  std::string escaped;
  for (const char c : shown_lines(text)) {
    if (c == '(' && escaped.ends_with(']')) escaped.insert(escaped.size() - 1, 1, '\\');
    if (c == '{' || c == '}') escaped += c;
    escaped += c;
  }
  return {{"text", std::move(escaped)}};
}

Json description(std::string_view text) {
  auto shown = shown_lines(text);
  if (character_count(shown) > longest_description) {
    std::size_t end = 0;
    for (std::size_t count = 0; count + 3 < longest_description; ++count) {
      do ++end;
      while (character_count(std::string_view(shown).substr(end, 1)) == 0);
    }
    shown.replace(end, std::string::npos, "...");
  }
  return {{"text", std::move(shown)}};
}

// --- Rules -----------------------------------------------------------------------------------

// "nobody logs in" -> "NobodyLogsIn": what the format wants for a name.
std::string pascal_case(const std::string& title) {
  std::string name;
  bool begins = true;
  for (const char c : title) {
    const bool lower = c >= 'a' && c <= 'z';
    const bool plain = lower || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (plain) name += begins && lower ? static_cast<char>(c - 'a' + 'A') : c;
    begins = !plain;
  }
  return name;
}

Json help(const Rule& rule) {
  auto text = rule.why;
  auto markdown = rule.why;
  if (!rule.remediation.empty()) {
    text += "\n\nRemediation: " + rule.remediation;
    markdown += "\n\n**Remediation**: " + rule.remediation;
  }
  if (!rule.references.empty()) {
    text += "\n\nReferences:";
    markdown += "\n\n**References**\n";
  }
  for (const auto& reference : rule.references) {
    text += '\n' + reference;
    const bool link = reference.starts_with("https://");
    markdown += link ? fmt::format("\n- <{}>", reference) : "\n- " + reference;
  }
  return {{"text", shown_lines(text)}, {"markdown", shown_lines(markdown)}};
}

Json properties(const Rule* rule, Severity severity) {
  std::vector<std::string> tags{"security"};
  if (rule != nullptr) {
    for (const auto& [framework, numbers] : rule->controls) {
      for (const auto& number : numbers)
        tags.push_back(displayed(fmt::format("{}/{}", framework, number)));
    }
  }
  std::sort(tags.begin() + 1, tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  if (tags.size() > most_tags) tags.resize(most_tags);
  Json result = {{"tags", std::move(tags)}, {"precision", "high"}};
  if (const auto score = grade_of(severity).score; !score.empty()) {
    result["security-severity"] = score;
  }
  return result;
}

Json rule_json(const Judgement& judgement, const Rule* rule) {
  Json result = {{"id", judgement.rule}};
  if (auto name = pascal_case(judgement.title); !name.empty()) result["name"] = std::move(name);
  result["shortDescription"] = description(judgement.title);
  const bool says_why = rule != nullptr && !rule->why.empty();
  result["fullDescription"] = description(says_why ? rule->why : judgement.title);
  result["help"] = says_why ? help(*rule) : description(judgement.title);
  result["defaultConfiguration"] = {{"level", grade_of(judgement.severity).level}};
  result["properties"] = properties(rule, judgement.severity);
  return result;
}

// --- Places ----------------------------------------------------------------------------------

std::string percent_encoded(std::string_view path) {
  std::string result;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    result += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return result;
}

// `./a/b` is `a/b`: paths are compared as they stand.
Json artifact(std::string_view path) {
  if (path.starts_with('/')) return {{"uri", "file://" + percent_encoded(path)}};
  return {{"uri", percent_encoded(in_folder(path))}, {"uriBaseId", "%SRCROOT%"}};
}

Json physical_location(const std::optional<Location>& location, const std::string& instead) {
  if (!location || location->file.empty()) {
    return {{"artifactLocation", artifact(instead)}, {"region", {{"startLine", 1}}}};
  }
  Json region = {{"startLine", std::max<std::size_t>(location->line, 1)}};
  if (location->line > 0 && location->column > 0) region["startColumn"] = location->column;
  return {{"artifactLocation", artifact(location->file)}, {"region", std::move(region)}};
}

Json logical_location(const Subject& subject) {
  const auto name = displayed(subject.name);
  const auto full = subject.database.empty() ? name : displayed(subject.database) + "." + name;
  Json result = {{"name", name}, {"fullyQualifiedName", full}};
  if (!subject.kind.empty()) result["kind"] = subject.kind;
  return result;
}

// --- Results ---------------------------------------------------------------------------------

// The service makes `primaryLocationLineHash` itself, from the text of the line. That tells records
// and settings apart, each being a line; anything else may share its line with others of its rule.
Json fingerprints(const Finding& finding) {
  const auto own = fingerprint(finding);
  Json result = {{"pgleastFingerprint/v1", own}};
  const bool is_a_line = finding.subject.kind == "record" || finding.subject.kind == "setting";
  if (!finding.location || !is_a_line) result["primaryLocationLineHash"] = own + ":1";
  return result;
}

Json suppression(const Waiver& waiver) {
  auto text = waiver.reason;
  if (!waiver.owner.empty()) text += " (" + waiver.owner + ")";
  if (!waiver.expires.empty()) text += ", until " + waiver.expires;
  return {{"kind", "external"}, {"status", "accepted"}, {"justification", shown_lines(text)}};
}

// Where nobody knows of any step where it was said, there is nothing to go along.
Json code_flows(const Finding& finding) {
  auto steps = Json::array();
  bool placed = false;
  for (const auto& step : finding.path) {
    Json location = {{"message", message(step.text)}};
    if (step.said) location["physicalLocation"] = physical_location(step.said, "");
    placed = placed || step.said.has_value();
    steps.push_back({{"location", std::move(location)}});
  }
  if (!placed) return Json::array();
  const Json flow = {{"locations", std::move(steps)}};
  return Json::array({{{"threadFlows", Json::array({flow})}}});
}

Json result_json(const Finding& finding, const FindingFix& fix, std::size_t rule_index,
                 const std::string& instead) {
  Json location = {{"physicalLocation", physical_location(finding.location, instead)}};
  location["logicalLocations"] = Json::array({logical_location(finding.subject)});
  Json result = {{"ruleId", finding.rule},
                 {"ruleIndex", rule_index},
                 {"level", grade_of(finding.severity).level},
                 {"message", message(whole_text(finding, fix))},
                 {"locations", Json::array({std::move(location)})},
                 {"partialFingerprints", fingerprints(finding)}};
  if (auto flows = code_flows(finding); !flows.empty()) result["codeFlows"] = std::move(flows);
  if (finding.waived) result["suppressions"] = Json::array({suppression(*finding.waived)});
  return result;
}

Json results(const ReportInput& input) {
  std::map<std::string, std::size_t, std::less<>> index;
  for (const auto& judgement : input.audit.judgements) {
    index.emplace(judgement.rule, index.size());
  }
  const auto instead = stand_in(input);
  auto list = Json::array();
  for (const auto& [finding, fix] : input.findings) {
    if (finding.waived && !input.verbose) continue;
    list.push_back(result_json(finding, fix, index.at(finding.rule), instead));
  }
  return list;
}

// --- The run ---------------------------------------------------------------------------------

// A broken rule may have seen only a part, too.
Json notifications(const Audit& audit) {
  auto list = Json::array();
  for (std::size_t i = 0; i < audit.judgements.size(); ++i) {
    const auto& judgement = audit.judgements[i];
    const auto& verdict = judgement.verdict;
    const bool unseen = verdict.kind == Verdict::Kind::unseen;
    if (!unseen && (verdict.kind == Verdict::Kind::holds || verdict.why.empty())) continue;
    const auto text = fmt::format("{}{}: {}", judgement.rule, unseen ? " is unseen" : " in part",
                                  with_remedy(verdict.why, verdict.remedy));
    list.push_back({{"level", judgement.severity >= Severity::medium ? "warning" : "note"},
                    {"message", message(text)},
                    {"associatedRule", {{"id", judgement.rule}, {"index", i}}}});
  }
  for (const auto& remark : audit.remarks) {
    list.push_back(
        {{"level", "note"}, {"message", message(with_remedy(remark.why, remark.remedy))}});
  }
  return list;
}

Json driver(const ReportInput& input) {
  auto rules = Json::array();
  for (const auto& judgement : input.audit.judgements) {
    rules.push_back(rule_json(judgement, input.policy.find_rule(judgement.rule)));
  }
  return {{"name", "pgleast"},
          {"version", version},
          {"semanticVersion", version},
          {"rules", std::move(rules)}};
}

}  // namespace

std::string sarif_report(const ReportInput& input) {
  Json run;
  run["tool"] = {{"driver", driver(input)}};
  run["invocations"] = Json::array({{{"executionSuccessful", true},
                                     {"toolExecutionNotifications", notifications(input.audit)}}});
  run["originalUriBaseIds"]["%SRCROOT%"]["description"]["text"] = "the folder that pgleast ran in";
  run["columnKind"] = "unicodeCodePoints";
  run["results"] = results(input);
  const Json log = {
      {"$schema", schema}, {"version", "2.1.0"}, {"runs", Json::array({std::move(run)})}};
  return json_text(log) + '\n';
}

// A service takes one run of a tool. All have the rules of one policy, in the same order.
std::string join_sarif(const std::vector<NamedReport>& reports) {
  Json all;
  for (const auto& [cluster, text] : reports) {
    auto log = Json::parse(text);
    auto& run = log["runs"][0];
    for (auto& result : run["results"]) {
      result["properties"]["cluster"] = displayed(cluster);
      for (auto& print : result["partialFingerprints"]) {
        print = print.get<std::string>() + '@' + displayed(cluster);
      }
    }
    auto& notes = run["invocations"][0]["toolExecutionNotifications"];
    for (auto& note : notes) {
      auto& words = note["message"]["text"];
      words = displayed(cluster) + ": " + words.get<std::string>();
    }
    if (all.is_null()) {
      all = std::move(log);
      continue;
    }
    auto& first = all["runs"][0];
    for (auto& result : run["results"]) first["results"].push_back(std::move(result));
    auto& all_notes = first["invocations"][0]["toolExecutionNotifications"];
    for (auto& note : notes) all_notes.push_back(std::move(note));
  }
  return json_text(all) + '\n';
}

}  // namespace pgleast
