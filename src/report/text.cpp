// The report that a person reads: most severe first, the place and the proof before the advice.
//
//   high      ROL-002  broken: applications are not superusers
//     app_user is superuser
//     path: app_user (login, pg_hba.conf:12) is SUPERUSER
//     fix: ALTER ROLE "app_user" NOSUPERUSER;

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <utility>

#include "audit/tally.hpp"
#include "report/report.hpp"
#include "report/shown.hpp"
#include "text/display.hpp"
#include "text/wrap.hpp"

namespace pgleast {
namespace {

// More findings of one rule, or rules with one cause, are counted unless --verbose asks for them.
constexpr std::size_t most_of_a_rule = 25;
constexpr std::size_t most_ids = 12;

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// INVARIANT: all text comes in through displayed(), so a line that was written is one line, and
// no escape sequence is in it but those of `colour`.
class Page {
 public:
  Page(bool colour, std::size_t width) : colour_(colour), width_(width) {}

  void blank() {
    if (!text_.empty()) text_ += '\n';
  }
  void line(std::size_t indent, std::string_view text) {
    text_.append(indent, ' ').append(displayed(text, Tabs::kept)).append("\n");
  }
  /// What may be broken between words: no excerpt, nothing to paste.
  void prose(std::size_t indent, std::string_view text) {
    auto margin = indent;
    for (const auto& part : wrapped(displayed(text, Tabs::kept), room_for(indent + 2))) {
      text_.append(margin, ' ').append(part).append("\n");
      margin = indent + 2;
    }
  }
  /// "critical  HBA-001  title"
  void heading(std::string_view word, std::string_view id, std::string_view title) {
    text_ +=
        styled(word, style_of(word)) + std::string(word.size() < 10 ? 10 - word.size() : 1, ' ');
    text_ += styled(displayed(id), "1");
    if (!title.empty()) text_ += "  " + displayed(title);
    text_ += '\n';
  }
  /// "  fix: first" and the others below the first.
  void labelled(std::string_view label, const std::vector<std::string>& texts) {
    auto margin = fmt::format("  {}: ", label);
    for (const auto& text : texts) {
      text_ += margin + displayed(text, Tabs::kept) + '\n';
      margin.assign(margin.size(), ' ');
    }
  }
  void labelled_prose(std::string_view label, const std::vector<std::string>& texts) {
    auto margin = fmt::format("  {}: ", label);
    for (const auto& text : texts) {
      for (const auto& part : wrapped(displayed(text, Tabs::kept), room_for(margin.size()))) {
        text_ += margin + part + '\n';
        margin.assign(margin.size(), ' ');
      }
    }
  }
  std::string take() { return std::move(text_); }

 private:
  static constexpr std::size_t least_room = 20;
  std::size_t room_for(std::size_t margin) const {
    if (width_ == 0) return 0;
    return width_ > margin + least_room ? width_ - margin : least_room;
  }

  static std::string_view style_of(std::string_view word) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> styles{{
        {"critical", "1;31"},
        {"high", "31"},
        {"medium", "33"},
        {"low", "36"},
        {"unseen", "35"},
    }};
    for (const auto& [name, style] : styles) {
      if (name == word) return style;
    }
    return "2";
  }
  std::string styled(std::string_view text, std::string_view style) const {
    return colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", style, text) : std::string(text);
  }

  bool colour_;
  std::size_t width_;
  std::string text_;
};

std::string place_of(const Location& location) {
  auto place = displayed(location.file);
  if (location.line > 0) place += fmt::format(":{}", location.line);
  if (location.line > 0 && location.column > 0) place += fmt::format(":{}", location.column);
  return place;
}

// The statements, then the new lines of files; what a line becomes may be several.
std::vector<std::string> fix_lines(const FindingFix& fix) {
  auto lines = fix.sql;
  for (const auto& edit : fix.edits) {
    auto label = fmt::format("{} ({} {}): ", displayed(edit.file),
                             edit.before.empty() ? "new line" : "line", edit.line);
    for (const auto& text : split_lines(edit.after)) {
      lines.push_back(label + text);
      label.assign(character_count(label), ' ');
    }
  }
  return lines;
}

class TextReport {
 public:
  explicit TextReport(const ReportInput& input)
      : input_(input), tally_(tally(input.audit)), page_(input.colour, input.width) {
    const auto read = std::count_if(input.cluster.databases.begin(), input.cluster.databases.end(),
                                    [](const DatabaseDetail& d) { return d.read; });
    several_databases_ = read > 1;
  }

  std::string write() {
    const auto& findings = input_.findings;
    const auto first_waived =
        std::find_if(findings.begin(), findings.end(),
                     [](const FixedFinding& f) { return f.finding.waived.has_value(); });
    const std::span all(findings);
    const auto split = static_cast<std::size_t>(first_waived - findings.begin());
    groups(all.first(split));
    if (input_.verbose) groups(all.subspan(split));
    unseen_rules();
    if (input_.verbose) holding_rules();
    remarks();
    summary(all.first(split));
    return page_.take();
  }

 private:
  const Judgement* judgement_of(std::string_view rule) const {
    for (const auto& judgement : input_.audit.judgements) {
      if (judgement.rule == rule) return &judgement;
    }
    return nullptr;
  }

  // INVARIANT: findings of one rule are neighbours, as sorted_findings leaves them.
  void groups(std::span<const FixedFinding> findings) {
    while (!findings.empty()) {
      std::size_t size = 1;
      while (size < findings.size() && findings[size].finding.rule == findings.front().finding.rule)
        ++size;
      group(findings.first(size));
      findings = findings.subspan(size);
    }
  }

  void group(std::span<const FixedFinding> findings) {
    const auto& first = findings.front().finding;
    const auto* const judgement = judgement_of(first.rule);
    const bool waived = first.waived.has_value();
    page_.blank();
    page_.heading(waived ? "waived" : to_string(first.severity), first.rule,
                  judgement == nullptr ? "" : (waived ? "" : "broken: ") + judgement->title);
    const auto shown = input_.verbose ? findings.size() : std::min(findings.size(), most_of_a_rule);
    for (std::size_t i = 0; i < shown; ++i) {
      if (i > 0) page_.blank();
      finding(findings[i]);
    }
    for (const auto& f : findings) fixable_ += waived || f.fix.empty() ? 0U : 1U;
    if (judgement != nullptr && !waived) footer(*judgement, findings.size() - shown);
  }

  void footer(const Judgement& judgement, std::size_t hidden) {
    const auto& verdict = judgement.verdict;
    const auto waived =
        static_cast<std::size_t>(std::count_if(verdict.findings.begin(), verdict.findings.end(),
                                               [](const auto& f) { return f.waived.has_value(); }));
    if (hidden == 0 && waived == 0 && verdict.why.empty()) return;
    page_.blank();
    if (hidden > 0) {
      page_.line(2, fmt::format("and {}, which --verbose lists", counted(hidden, "more finding")));
    }
    if (waived > 0) page_.line(2, counted(waived, "other finding") + " waived");
    if (!verdict.why.empty()) {
      page_.prose(2, "not seen: " + with_remedy(verdict.why, verdict.remedy));
    }
  }

  void finding(const FixedFinding& fixed) {
    const auto& f = fixed.finding;
    if (f.location) {
      page_.line(2, place_of(*f.location));
      for (const auto& text : split_lines(f.location->excerpt)) {
        page_.line(text.starts_with(' ') ? 0 : 4, text);  // indented as it is
      }
    }
    page_.prose(2, f.message);
    if (several_databases_ && !f.subject.database.empty()) {
      page_.labelled("database", {f.subject.database});
    }
    page_.labelled_prose("path", path_texts(f));
    for (const auto& text : f.detail) detail(text);
    f.waived ? waiver(*f.waived) : advice(f, fixed.fix);
  }

  void advice(const Finding& f, const FindingFix& fix) {
    if (!fix.empty()) {
      page_.labelled("fix", fix_lines(fix));
    } else if (const auto* const rule = input_.policy.find_rule(f.rule);
               f.decision.empty() && rule != nullptr && !rule->remediation.empty()) {
      page_.labelled_prose("fix", split_lines(rule->remediation));
    }
    if (!f.decision.empty()) page_.labelled_prose("decide", {f.decision});
  }

  // A command is one line, to be pasted.
  void detail(const std::string& text) {
    text.starts_with("for example: ") ? page_.line(2, text) : page_.prose(2, text);
  }

  void waiver(const Waiver& w) {
    const auto line = fmt::format("waived{}{}", w.owner.empty() ? "" : " by " + w.owner,
                                  w.expires.empty() ? "" : " until " + w.expires);
    page_.prose(2, w.reason.empty() ? line : line + ": " + w.reason);
  }

  // What is unseen for one reason is one block, so that a reader without rights is not buried.
  void unseen_rules() {
    std::map<std::pair<std::string, std::string>, std::vector<const Judgement*>> causes;
    for (const auto& judgement : input_.audit.judgements) {
      const auto& [kind, why, remedy, findings] = judgement.verdict;
      const bool reported =
          std::any_of(findings.begin(), findings.end(), [](const Finding& f) { return !f.waived; });
      const bool in_part = kind == Verdict::Kind::broken && !why.empty() && !reported;
      if (kind == Verdict::Kind::unseen || in_part) causes[{why, remedy}].push_back(&judgement);
    }
    std::vector<std::pair<std::vector<const Judgement*>, std::string>> blocks;
    blocks.reserve(causes.size());
    for (const auto& [cause, rules] : causes) {
      blocks.emplace_back(rules, with_remedy(cause.first, cause.second));
    }
    std::stable_sort(blocks.begin(), blocks.end(), [](const auto& a, const auto& b) {
      return a.first.front()->rule < b.first.front()->rule;
    });
    for (const auto& [rules, text] : blocks) unseen_block(rules, text);
  }

  void unseen_block(const std::vector<const Judgement*>& rules, const std::string& text) {
    page_.blank();
    if (rules.size() == 1 || input_.verbose) {
      for (const auto* rule : rules) page_.heading("unseen", rule->rule, rule->title);
    } else {
      std::vector<std::string> ids;
      ids.reserve(rules.size());
      for (const auto* rule : rules) ids.push_back(rule->rule);
      page_.heading("unseen", listed(ids, most_ids), "");
    }
    page_.prose(2, text);
  }

  void holding_rules() {
    if (tally_.holds == 0) return;
    page_.blank();
    for (const auto& judgement : input_.audit.judgements) {
      if (judgement.verdict.kind != Verdict::Kind::holds) continue;
      page_.heading("holds", judgement.rule, judgement.title);
    }
  }

  void remarks() {
    if (input_.audit.remarks.empty()) return;
    page_.blank();
    for (const auto& remark : input_.audit.remarks) {
      page_.prose(0, "note      " + with_remedy(remark.why, remark.remedy));
    }
  }

  void summary(std::span<const FixedFinding> findings) {
    page_.blank();
    page_.prose(0, summary_text(input_));
    if (!findings.empty()) page_.prose(0, hint(findings));
  }

  std::string hint(std::span<const FixedFinding> findings) const {
    auto explains =
        fmt::format("`pgleast rules {}` explains a rule", findings.front().finding.rule);
    if (fixable_ == 0) return explains;
    const auto all = counted(findings.size(), "finding");
    const auto some =
        fixable_ == findings.size() ? all : fmt::format("{} of the {}", fixable_, all);
    return fmt::format("`pgleast fix` has a fix for {}; {}", some, explains);
  }

  const ReportInput& input_;
  Tally tally_;
  Page page_;
  bool several_databases_ = false;
  std::size_t fixable_ = 0;
};

}  // namespace

std::string text_report(const ReportInput& input) { return TextReport(input).write(); }

std::string join_text(const std::vector<NamedReport>& reports) {
  std::string text;
  for (const auto& [cluster, report] : reports) {
    text += fmt::format("{}cluster {}\n\n{}", text.empty() ? "" : "\n", displayed(cluster), report);
  }
  return text;
}

}  // namespace pgleast
