#include "report/change_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/shown.hpp"
#include "text/display.hpp"
#include "text/json.hpp"

namespace pgleast {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_closes = 12;

std::string place_of(const std::string& file, std::size_t line) {
  if (file.empty()) return "";
  return line == 0 ? displayed(file) : fmt::format("{}:{}", displayed(file), line);
}

void add_line(std::string& text, std::string_view heading, const std::string& words) {
  text += fmt::format("{:<9}{}\n", heading, words);
}

std::string_view heading_of(const Gain& gain) {
  if (!gain.expected.empty()) return "expected";
  return gain.possible ? "may open" : "opens";
}

void add_gain(std::string& text, const Gain& gain) {
  add_line(text, heading_of(gain), gain.text);
  const auto at = place_of(gain.file, gain.line);
  if (!at.empty()) text += fmt::format("  {}\n", at);
  for (const auto& line : gain.detail) text += fmt::format("  {}\n", line);
}

std::string finding_words(const Finding& finding) {
  return fmt::format("{} {}: {}", finding.rule, to_string(finding.severity), finding.message);
}

void add_finding(std::string& text, std::string_view heading, const Finding& finding) {
  add_line(text, heading, finding_words(finding));
  if (!finding.location) return;
  const auto at = place_of(finding.location->file, finding.location->line);
  if (!at.empty()) text += fmt::format("  {}\n", at);
}

// What is taken away: of one kind each, without details.
void add_closes(std::string& text, const ClusterChange& change) {
  if (change.closes.empty() && change.solved.empty()) return;
  if (!text.empty()) text += '\n';
  for (std::size_t i = 0; i < change.closes.size() && i < most_closes; ++i) {
    auto words = change.closes[i].text;
    const std::string newly = "newly ";
    const auto at = words.find(newly);
    if (at != std::string::npos) words.replace(at, newly.size(), "no longer ");
    add_line(text, "closes", words);
  }
  if (change.closes.size() > most_closes) {
    text += fmt::format("and {}\n", counted(change.closes.size() - most_closes, "more"));
  }
  for (const auto& finding : change.solved) add_line(text, "solved", finding_words(finding));
}

std::string text_of(const ClusterChange& change) {
  std::string text;
  for (const auto& gain : change.opens) add_gain(text, gain);
  for (const auto& finding : change.found) add_finding(text, "new", finding);
  for (const auto& why : change.unseen) add_line(text, "unseen", displayed(why));
  for (const auto& what : change.missed) add_line(text, "missed", displayed(what));
  add_closes(text, change);
  return text;
}

Json gain_json(const Gain& gain) {
  Json result{{"kind", to_string(gain.what)}, {"text", gain.text}};
  result["certain"] = !gain.possible;
  if (!gain.expected.empty()) result["expected"] = gain.expected;
  if (!gain.file.empty()) {
    result["file"] = gain.file;
    if (gain.line != 0) result["line"] = gain.line;
  }
  if (!gain.detail.empty()) result["detail"] = gain.detail;
  return result;
}

Json finding_json(const Finding& finding) {
  Json result{{"rule", finding.rule},
              {"severity", to_string(finding.severity)},
              {"fingerprint", fingerprint(finding)},
              {"message", finding.message}};
  if (finding.location) {
    result["file"] = finding.location->file;
    result["line"] = finding.location->line;
  }
  return result;
}

template <typename T, typename F>
Json list_json(const std::vector<T>& all, F one) {
  auto result = Json::array();
  for (const auto& item : all) result.push_back(one(item));
  return result;
}

std::string json_of(const std::vector<ClusterChange>& changes) {
  auto result = Json::array();
  for (const auto& change : changes) {
    Json one{{"cluster", change.cluster}};
    one["opens"] = list_json(change.opens, gain_json);
    one["closes"] = list_json(change.closes, gain_json);
    one["found"] = list_json(change.found, finding_json);
    one["solved"] = list_json(change.solved, finding_json);
    one["unseen"] = change.unseen;
    one["missed"] = change.missed;
    result.push_back(std::move(one));
  }
  return json_text(Json{{"clusters", std::move(result)}}) + '\n';
}

void add_row(std::string& text, std::string_view what, const std::string& words,
             const std::string& at) {
  text += fmt::format("| {} | {} | {} |\n", what, markdown_text(words), markdown_text(at));
}

std::string markdown_of(const std::vector<ClusterChange>& changes) {
  std::string text;
  for (const auto& change : changes) {
    const bool anything = change.gained() || change.possible();
    const bool rows = anything || !change.opens.empty() || !change.missed.empty();
    text += fmt::format("**pgleast** {}{}\n", anything ? "access opens" : "no access opens",
                        change.cluster.empty() ? "" : " in " + markdown_text(change.cluster));
    if (rows) text += "\n| | what | where |\n|---|---|---|\n";
    for (const auto& gain : change.opens) {
      add_row(text, heading_of(gain), gain.text, place_of(gain.file, gain.line));
    }
    for (const auto& finding : change.found) {
      const auto& at = finding.location;
      add_row(text, "new", finding_words(finding), at ? place_of(at->file, at->line) : "");
    }
    for (const auto& why : change.unseen) add_row(text, "unseen", why, "");
    for (const auto& what : change.missed) add_row(text, "missed", what, "");
    const auto closed = change.closes.size() + change.solved.size();
    if (closed > 0) text += fmt::format("\n{} closed or solved.\n", closed);
  }
  return text;
}

}  // namespace

bool ClusterChange::gained() const {
  return !found.empty() || std::any_of(opens.begin(), opens.end(), [](const Gain& gain) {
    return !gain.possible && gain.expected.empty();
  });
}

bool ClusterChange::possible() const {
  return !unseen.empty() || !missed.empty() ||
         std::any_of(opens.begin(), opens.end(),
                     [](const Gain& gain) { return gain.possible && gain.expected.empty(); });
}

std::string change_report(const std::vector<ClusterChange>& changes, const std::string& format) {
  if (format == "json") return json_of(changes);
  if (format == "markdown") return markdown_of(changes);
  std::string text;
  for (const auto& change : changes) {
    const auto words = text_of(change);
    if (words.empty()) continue;
    if (!change.cluster.empty()) {
      text += fmt::format("{}cluster {}\n\n", text.empty() ? "" : "\n", displayed(change.cluster));
    }
    text += words;
  }
  return text;
}

}  // namespace pgleast
