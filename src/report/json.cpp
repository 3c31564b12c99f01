// The report for scripts: the shape is src/report/report.schema.json. Names stand in it as they
// are, and all that is not ASCII is escaped, so that it cannot drive a terminal either.

#include <algorithm>
#include <nlohmann/json.hpp>

#include "audit/tally.hpp"
#include "report/report.hpp"
#include "text/json.hpp"
#include "version.hpp"

namespace pgleast {
namespace {

using Json = nlohmann::ordered_json;

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }
Json number_or_null(std::size_t number) { return number == 0 ? Json() : Json(number); }

Json cluster_json(const Cluster& cluster) {
  std::vector<std::string> databases;
  for (const auto& object : cluster.objects) {
    if (object.kind != ObjectKind::database || object.detail == no_detail) continue;
    if (cluster.databases[object.detail].read) databases.push_back(object.name);
  }
  std::sort(databases.begin(), databases.end());
  return {{"name", text_or_null(cluster.name)},
          {"server", text_or_null(cluster.server)},
          {"version", cluster.version_num},
          {"reader", text_or_null(cluster.reader)},
          {"databases", std::move(databases)}};
}

Json summary_json(const Tally& tally) {
  Json findings = Json::object();
  for (std::size_t i = severity_names.size(); i-- > 0;) {
    findings[std::string(severity_names[i])] = tally.findings[i];
  }
  return {{"rules", tally.rules},   {"holds", tally.holds},   {"broken", tally.broken},
          {"unseen", tally.unseen}, {"waived", tally.waived}, {"findings", std::move(findings)}};
}

Json verdict_json(const Judgement& judgement) {
  return {{"rule", judgement.rule},
          {"title", judgement.title},
          {"severity", to_string(judgement.severity)},
          {"verdict", to_string(judgement.verdict.kind)},
          {"why", text_or_null(judgement.verdict.why)},
          {"remedy", text_or_null(judgement.verdict.remedy)}};
}

Json location_json(const std::optional<Location>& location) {
  if (!location) return {};
  return {{"file", location->file},
          {"line", number_or_null(location->line)},
          {"column", number_or_null(location->column)}};
}

Json waiver_json(const std::optional<Waiver>& waiver) {
  if (!waiver) return {};
  return {{"reason", waiver->reason},
          {"owner", text_or_null(waiver->owner)},
          {"expires", text_or_null(waiver->expires)}};
}

Json fix_json(const FindingFix& fix) {
  if (fix.empty()) return {};
  auto edits = Json::array();
  for (const auto& edit : fix.edits) {
    edits.push_back({{"file", edit.file},
                     {"line", number_or_null(edit.line)},
                     {"before", text_or_null(edit.before)},
                     {"after", edit.after}});
  }
  return {{"sql", fix.sql}, {"undo", fix.undo}, {"edits", std::move(edits)}};
}

Json finding_json(const Finding& finding, const FindingFix& fix) {
  return {{"rule", finding.rule},
          {"severity", to_string(finding.severity)},
          {"fingerprint", fingerprint(finding)},
          {"subject",
           {{"kind", finding.subject.kind},
            {"name", finding.subject.name},
            {"database", text_or_null(finding.subject.database)}}},
          {"message", finding.message},
          {"location", location_json(finding.location)},
          {"path", path_texts(finding)},
          {"detail", finding.detail},
          {"decision", text_or_null(finding.decision)},
          {"waived", waiver_json(finding.waived)},
          {"fix", fix_json(fix)}};
}

void add_counts(Json& to, const Json& more) {
  for (const auto& [key, value] : more.items()) {
    if (value.is_object()) {
      add_counts(to[key], value);
    } else {
      to[key] = to[key].get<std::size_t>() + value.get<std::size_t>();
    }
  }
}

}  // namespace

std::string json_report(const ReportInput& input) {
  auto verdicts = Json::array();
  for (const auto& judgement : input.audit.judgements) verdicts.push_back(verdict_json(judgement));
  auto findings = Json::array();
  for (const auto& [finding, fix] : input.findings) findings.push_back(finding_json(finding, fix));
  auto remarks = Json::array();
  for (const auto& remark : input.audit.remarks) {
    remarks.push_back({{"why", remark.why}, {"remedy", text_or_null(remark.remedy)}});
  }
  const Json report = {
      {"schema", "pgleast-report/1"},
      {"pgleast", version},
      {"cluster", cluster_json(input.cluster)},
      {"policy", {{"name", text_or_null(input.policy.name)}, {"packs", input.policy.packs}}},
      {"summary", summary_json(tally(input.audit))},
      {"verdicts", std::move(verdicts)},
      {"findings", std::move(findings)},
      {"remarks", std::move(remarks)}};
  return json_text(report) + '\n';
}

// The same shape: `cluster` of the whole is null, and each entry has its own.
std::string join_json(const std::vector<NamedReport>& reports) {
  Json all;
  auto clusters = Json::array();
  for (const auto& [name, text] : reports) {
    auto report = Json::parse(text);
    clusters.push_back({{"called", name}, {"cluster", report["cluster"]}});
    for (const auto* const list : {"verdicts", "findings", "remarks"}) {
      for (auto& entry : report[list]) entry["cluster"] = name;
    }
    if (all.is_null()) {
      all = std::move(report);
      continue;
    }
    add_counts(all["summary"], report["summary"]);
    for (const auto* const list : {"verdicts", "findings", "remarks"}) {
      for (auto& entry : report[list]) all[list].push_back(std::move(entry));
    }
  }
  all["cluster"] = nullptr;
  all["clusters"] = std::move(clusters);
  return json_text(all) + '\n';
}

}  // namespace pgleast
