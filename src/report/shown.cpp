#include "report/shown.hpp"

#include <fmt/format.h>

#include "audit/tally.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

std::string cluster_text(const Cluster& cluster) {
  if (cluster.server.empty()) {
    return fmt::format("{} read as PostgreSQL {}", cluster.name.empty() ? "files" : cluster.name,
                       cluster.major());
  }
  return cluster.name.empty() ? cluster.server : cluster.name + " on " + cluster.server;
}

std::string broken_text(const Tally& tally) {
  if (tally.broken == 0) return ", none broken";
  std::string parts;
  for (std::size_t i = severity_names.size(); i-- > 0;) {
    if (tally.broken_rules[i] == 0) continue;
    parts +=
        fmt::format("{}{} {}", parts.empty() ? "" : ", ", tally.broken_rules[i], severity_names[i]);
  }
  return fmt::format(", {} broken ({})", tally.broken, parts);
}

// The file in which the user wrote classes, attributes, memberships or grants; empty: none.
std::string policy_file(const Policy& policy) {
  const auto file_of = [](const YamlNode& at) { return at.source ? at.source->name() : ""; };
  if (!policy.grants.empty()) return file_of(policy.grants.front().at);
  if (!policy.classes.empty()) return file_of(policy.classes.front().at);
  if (!policy.memberships.empty()) return file_of(policy.memberships.front().at);
  return policy.attributes.empty() ? "" : file_of(policy.attributes.front().at);
}

}  // namespace

std::string stand_in(const ReportInput& input) {
  if (auto file = policy_file(input.policy); !file.empty()) return file;
  // Not in a repository: an alert without an excerpt.
  return input.cluster.files.empty() ? "postgresql-catalogs" : input.cluster.files.front().path;
}

std::string_view in_folder(std::string_view path) {
  while (path.starts_with("./")) path.remove_prefix(2);
  return path;
}

std::string with_remedy(const std::string& why, const std::string& remedy) {
  return remedy.empty() ? why : why + "; " + remedy;
}

std::string summary_text(const ReportInput& input) {
  const auto counts = tally(input.audit);
  auto text = fmt::format("{}: {} {}{}", cluster_text(input.cluster), counted(counts.holds, "rule"),
                          counts.holds == 1 ? "holds" : "hold", broken_text(counts));
  if (counts.unseen > 0) text += fmt::format(", {} unseen", counts.unseen);
  if (counts.waived > 0) text += fmt::format(", {} waived", counts.waived);
  return text;
}

std::string whole_text(const Finding& finding, const FindingFix& fix) {
  auto text = displayed(finding.message);
  const auto add = [&](std::string_view label, const std::string& line) {
    text += fmt::format("\n{}{}", label, displayed(line, Tabs::kept));
  };
  for (const auto& step : finding.path) add("path: ", step.text);
  for (const auto& detail : finding.detail) add("", detail);
  for (const auto& statement : fix.sql) add("fix: ", statement);
  for (const auto& edit : fix.edits) {
    add("fix: ", fmt::format("line {} of {}: {}", edit.line, edit.file, edit.after));
  }
  if (!finding.decision.empty()) add("decide: ", finding.decision);
  return text;
}

// Punctuation behind a backslash; what a service makes links, mentions or formulas of as entities.
std::string markdown_text(std::string_view text) {
  std::string result;
  for (const char c : displayed(text)) {
    if (std::string_view("<>&@#$:").find(c) != std::string_view::npos) {
      result += fmt::format("&#{};", static_cast<int>(c));
      continue;
    }
    if (std::string_view("\\`*_[]{}|~!").find(c) != std::string_view::npos) result += '\\';
    result += c == '.' && result.ends_with("www") ? "&#46;" : std::string(1, c);
  }
  return result;
}

}  // namespace pgleast
