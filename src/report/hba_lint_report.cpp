#include "report/hba_lint_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

#include "connections/wording.hpp"
#include "input/config/auth_remarks.hpp"
#include "report/part_json.hpp"
#include "text/display.hpp"
#include "text/json.hpp"

namespace pgleast {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_parts_in_text = 3;

enum class Kind {
  never_decides,    // all of it is decided before, some of it in another way
  tls_not_needed,   // a later record lets the same in without TLS
  matches_nobody,   // what it names does not exist, or the server offers no such connection
  lets_nobody_in,   // what it matches is turned away, whatever its method
  redundant,        // all of it is decided before, in the same way
  name_is_missing,  // one of its names matches nobody
  families_differ,  // IPv4 and IPv6 are not let in alike
  swallowed_line,   // a comment goes on with it
  comment_in_word,  // a `#` where more of a word was meant
  partly_covered,
};

struct KindInfo {
  std::string_view name;
  Severity severity;
  std::string_view message;
};

constexpr std::array<KindInfo, 10> kinds{{
    {"never-decides", Severity::high, "never decides, and what it is for ends otherwise"},
    {"tls-not-needed", Severity::high, "demands TLS, and the same is let in without it"},
    {"matches-nobody", Severity::medium, "matches no connection"},
    {"lets-nobody-in", Severity::medium, "turns away all that it matches, whatever its method"},
    {"redundant", Severity::low, "never decides: the same is said before"},
    {"name-is-missing", Severity::low, "names what does not exist"},
    {"families-differ", Severity::low, "IPv4 and IPv6 are not let in alike"},
    {"swallowed-line", Severity::medium, "is part of a comment"},
    {"comment-in-word", Severity::medium, "a comment begins within a word"},
    {"partly-covered", Severity::info, "decides only a part of what it is for"},
}};

const KindInfo& info(Kind kind) { return kinds[static_cast<std::size_t>(kind)]; }

struct LintFinding {
  Kind kind{};
  std::optional<std::uint32_t> record;
  RecordNumbers others;             // the records that are to blame
  std::vector<std::string> detail;  // what is more to say
  std::vector<Part> left;           // what remains of it
  bool more_left = false;
  RecordNumbers also;               // other records of which the same is to be said
  std::optional<HbaPlace> at = {};  // where it is no record
};

// One cause is said once, however many records it concerns.
bool is_about_many(Kind kind) {
  return kind == Kind::matches_nobody || kind == Kind::lets_nobody_in ||
         kind == Kind::name_is_missing;
}

std::vector<LintFinding> findings_of(const RecordLint& lint) {
  std::vector<LintFinding> result;
  const auto add = [&](Kind kind) -> LintFinding& {
    return result.emplace_back(LintFinding{kind, lint.record, {}, {}, {}, false, {}, {}});
  };
  if (lint.never_decides()) {
    add(lint.other_outcome ? Kind::never_decides : Kind::redundant).others = lint.covered_by;
  }
  if (!lint.takes_something || !lint.no_transport.empty()) {
    auto& finding = add(Kind::matches_nobody);
    finding.detail = lint.no_transport;
    finding.detail.insert(finding.detail.end(), lint.no_name.begin(), lint.no_name.end());
  } else if (!lint.no_name.empty()) {
    add(Kind::name_is_missing).detail = lint.no_name;
  }
  if (lint.no_map) add(Kind::lets_nobody_in).detail.push_back(*lint.no_map);
  if (!lint.without_tls.empty()) {
    auto& finding = add(Kind::tls_not_needed);
    finding.others = lint.without_tls;
    if (!lint.wholly_without_tls) finding.detail.emplace_back("of a part of it");
  }
  if (!lint.left.empty() && !lint.covered_by.empty()) {
    auto& finding = add(Kind::partly_covered);
    finding.others = lint.covered_by;
    finding.left = lint.left;
    finding.more_left = lint.more_left;
  }
  return result;
}

std::string place(const HbaRecord& record) {
  return fmt::format("{}:{}", displayed(record.at.file), record.at.line);
}

class Writer {
 public:
  explicit Writer(const Cluster& cluster)
      : cluster_(cluster),
        records_(cluster.hba.records),
        graph_(cluster),
        lint_(cluster, graph_),
        wording_(lint_.classes()) {}
  virtual ~Writer() = default;
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  LintReport write() {
    for (std::uint32_t i = 0; i < records_.size(); ++i) {
      auto lint = lint_.record(i);
      for (auto& finding : findings_of(lint)) keep(std::move(finding));
      if (!admits(records_[i]) || lint.no_map || !lint.no_transport.empty()) continue;
      lint.left = lint_.offered(std::move(lint.left));
      if (!lint.left.empty()) admitted(lint);
    }
    add_families();
    add_remarks();
    for (const auto& finding : kept_) note(finding);
    return {finish(), worst_};
  }

 protected:
  virtual void add(const LintFinding& finding) = 0;
  virtual void admitted(const RecordLint& lint) = 0;
  virtual std::vector<std::string> finish() = 0;

  std::string ending(std::optional<std::uint32_t> record) const {
    return record ? fmt::format("{} ({})", displayed(records_[*record].method),
                                place(records_[*record]))
                  : "no record";
  }

  const Cluster& cluster_;
  const std::vector<HbaRecord>& records_;
  const Graph graph_;
  const HbaLint lint_;
  const Wording wording_;
  std::array<std::size_t, kinds.size()> counts_{};

 private:
  void note(const LintFinding& finding) {
    ++counts_[static_cast<std::size_t>(finding.kind)];
    const auto severity = info(finding.kind).severity;
    if (!worst_ || *worst_ < severity) worst_ = severity;
    add(finding);
  }

  void keep(LintFinding finding) {
    const auto same = std::find_if(kept_.begin(), kept_.end(), [&](const LintFinding& other) {
      return is_about_many(finding.kind) && !finding.detail.empty() && other.kind == finding.kind &&
             other.detail == finding.detail;
    });
    if (same == kept_.end()) {
      kept_.push_back(std::move(finding));
    } else {
      same->also.push_back(*finding.record);
    }
  }

  // A family of which no record speaks is one cause, whatever the other one is let in by.
  void add_families() {
    std::map<std::tuple<bool, bool, bool>, LintFinding> by_cause;
    std::vector<LintFinding> single;
    for (const auto& d : lint_.families()) {
      LintFinding finding{Kind::families_differ, std::nullopt, {}, lines_of(d), {}, false, {}, {}};
      if (d.v4 && d.v6) {
        single.push_back(std::move(finding));
        continue;
      }
      const auto [place, added] = by_cause.try_emplace({d.loopback, !d.v4, !d.v6}, finding);
      if (added) continue;
      auto& detail = place->second.detail;
      detail.insert(detail.end(), finding.detail.begin(), finding.detail.end());
    }
    for (auto& [cause, finding] : by_cause) kept_.push_back(std::move(finding));
    for (auto& finding : single) kept_.push_back(std::move(finding));
  }

  std::vector<std::string> lines_of(const FamilyDifference& d) const {
    const auto& region = d.part.region;
    return {fmt::format("{}, as {}, to {}", Wording::transports(d.part.transports),
                        wording_.roles(region.roles), wording_.databases(region.databases)),
            fmt::format("from {}: {}; from {}: {}", d.loopback ? "127.0.0.1" : "any IPv4 address",
                        ending(d.v4), d.loopback ? "::1" : "any IPv6 address", ending(d.v6))};
  }

  void add_remarks() {
    for (const auto& file : cluster_.files) {
      if (file.kind != ConfigKind::hba) continue;
      for (const auto& remark : auth_remarks(file.text, cluster_.version_num)) {
        HbaPlace at;
        at.file = file.path;
        at.line = remark.line;
        const auto kind = remark.kind == AuthRemark::Kind::swallowed_line ? Kind::swallowed_line
                                                                          : Kind::comment_in_word;
        kept_.push_back({kind, std::nullopt, {}, {remark.message}, {}, false, {}, at});
      }
    }
  }

  std::vector<LintFinding> kept_;
  std::optional<Severity> worst_;
};

// --- Text ---------------------------------------------------------------------------------------

class TextWriter : public Writer {
 public:
  using Writer::Writer;

 private:
  void add(const LintFinding& finding) override {
    auto& text = findings_[static_cast<std::size_t>(finding.kind)];
    const auto& kind = info(finding.kind);
    text += fmt::format("{:<8}{}{}\n", to_string(kind.severity), start_of(finding), kind.message);
    if (finding.record) text += "  " + to_string(records_[*finding.record]) + '\n';
    for (const auto& line : finding.detail) text += "  " + line + '\n';
    if (!finding.others.empty()) {
      std::vector<std::string> others;
      for (const auto other : finding.others) others.push_back(ending(other));
      text += fmt::format("  by {}\n", listed(others));
    }
    if (!finding.also.empty()) {
      std::vector<std::string> also;
      for (const auto other : finding.also) also.push_back(place(records_[other]));
      text += fmt::format("  the same of {}\n", listed(also));
    }
    add_parts(finding, text);
    text += '\n';
  }

  std::string start_of(const LintFinding& finding) const {
    if (finding.record) return place(records_[*finding.record]) + "  ";
    if (!finding.at) return "";
    return fmt::format("{}:{}  ", displayed(finding.at->file), finding.at->line);
  }

  static std::string more(std::size_t parts, bool even_more) {
    const auto count = parts - std::min(parts, most_parts_in_text);
    if (even_more) return fmt::format("more than {} more", count);
    return count == 0 ? "" : fmt::format("{} more", count);
  }

  void add_parts(const LintFinding& finding, std::string& text) const {
    const auto& parts = finding.left;
    for (std::size_t i = 0; i < parts.size() && i < most_parts_in_text; ++i) {
      text += "  left: " + wording_.part(parts[i]) + '\n';
    }
    const auto rest = more(parts.size(), finding.more_left);
    if (!rest.empty()) text += "  left: " + rest + '\n';
  }

  void admitted(const RecordLint& lint) override {
    const auto& record = records_[lint.record];
    admitted_ += fmt::format("{}  {}\n", place(record), to_string(record));
    for (std::size_t i = 0; i < lint.left.size() && i < most_parts_in_text; ++i) {
      admitted_ += fmt::format("  {}\n    for example: {}\n", wording_.part(lint.left[i]),
                               to_string(wording_.witness(lint.left[i])));
    }
    const auto rest = more(lint.left.size(), lint.more_left);
    if (!rest.empty()) admitted_ += "  " + rest + '\n';
    ++admitting_;
  }

  std::vector<std::string> finish() override {
    std::vector<std::string> result;
    std::string summary = counted(records_.size(), "record");
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      result.push_back(std::move(findings_[i]));
      if (counts_[i] > 0) summary += fmt::format(", {} {}", counts_[i], kinds[i].name);
    }
    result.push_back("admitted, by " + counted(admitting_, "record") + ":\n");
    result.push_back(std::move(admitted_));
    const auto replication = lint_.replication();
    std::vector<std::string> by;
    for (const auto record : replication) by.push_back(ending(record));
    result.push_back(by.empty()
                         ? "\nreplication: let in by no record; `all` is no database for it\n"
                         : fmt::format("\nreplication: let in by {}\n", listed(by)));
    result.push_back(summary + '\n');
    return result;
  }

  std::array<std::string, kinds.size()> findings_;
  std::string admitted_;
  std::size_t admitting_ = 0;
};

// --- JSON ---------------------------------------------------------------------------------------

class JsonWriter : public Writer {
 public:
  using Writer::Writer;

 private:
  Json record_json(std::uint32_t number) const {
    const auto& record = records_[number];
    return {{"file", record.at.file},
            {"line", record.at.line},
            {"record", to_string(record)},
            {"method", record.method}};
  }

  Json records_json(const RecordNumbers& numbers) const {
    auto result = Json::array();
    for (const auto number : numbers) result.push_back(record_json(number));
    return result;
  }

  static Json place_json(const LintFinding& finding) {
    if (!finding.at) return {};
    return {{"file", finding.at->file}, {"line", finding.at->line}};
  }

  static void append(std::string& list, const Json& item) {
    list += (list.empty() ? "\n    " : ",\n    ") + json_text(item, -1);
  }

  void add(const LintFinding& finding) override {
    const auto& kind = info(finding.kind);
    Json item{{"kind", kind.name},
              {"severity", to_string(kind.severity)},
              {"record", finding.record ? record_json(*finding.record) : place_json(finding)},
              {"message", kind.message},
              {"detail", finding.detail},
              {"by", records_json(finding.others)},
              {"left", parts_json(wording_, lint_.classes(), finding.left)},
              {"more_left", finding.more_left}};
    if (!finding.also.empty()) item["also"] = records_json(finding.also);
    append(findings_[static_cast<std::size_t>(finding.kind)], item);
  }

  void admitted(const RecordLint& lint) override {
    auto item = record_json(lint.record);
    item["parts"] = parts_json(wording_, lint_.classes(), lint.left);
    item["more_parts"] = lint.more_left;
    append(admitted_, item);
  }

  std::vector<std::string> finish() override {
    std::string findings, replication;
    for (const auto& list : findings_) {
      if (!list.empty()) findings += (findings.empty() ? "" : ",") + list;
    }
    for (const auto record : lint_.replication()) append(replication, record_json(record));
    return {fmt::format("{{\n  \"schema\": \"pgleast-lint/1\",\n  \"records\": {},\n"
                        "  \"findings\": [",
                        records_.size()),
            std::move(findings),
            "\n  ],\n  \"admitted\": [",
            std::move(admitted_),
            "\n  ],\n  \"replication\": [",
            std::move(replication),
            "\n  ]\n}\n"};
  }

  std::array<std::string, kinds.size()> findings_;
  std::string admitted_;
};

}  // namespace

LintReport hba_lint_report(const Cluster& cluster, const std::string& format) {
  if (format == "json") return JsonWriter(cluster).write();
  return TextWriter(cluster).write();
}

}  // namespace pgleast
