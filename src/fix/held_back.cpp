#include "fix/held_back.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "fix/plain_sql.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

std::vector<std::string> changes_of(const HeldBack& held) {
  std::vector<std::string> lines;
  for (const auto& statement : held.sql) lines.push_back(plain_sql(statement));
  for (const auto& edit : held.edits) {
    auto after = edit.after;
    std::replace(after.begin(), after.end(), '\t', ' ');
    lines.push_back(fmt::format("{}:{}: {}", displayed(edit.file), edit.line,
                                after.empty() ? "(nothing)" : displayed(after)));
  }
  return lines;
}

std::string heading(const HeldBack& held) {
  const auto where = held.database.empty()
                         ? std::string()
                         : fmt::format(" (database {})", displayed(held.database));
  return fmt::format("{}: {} {}{}", held.word.kind, held.rule, displayed(held.subject), where);
}

std::string stops(const HeldBack& held) {
  return fmt::format("{} ({})", word_kind(held.word.kind).stops, held.word.why);
}

}  // namespace

std::string held_back_comments(const Plan& plan) {
  if (plan.held_back.empty()) return "";
  std::string text =
      "\n-- What follows may stop what works, and waits for your word: `pgleast fix --accept "
      "KIND`,\n"
      "-- or `accept: [KIND]` in the policy.\n";
  for (const auto& held : plan.held_back) {
    text += fmt::format("\n-- {}\n--   may stop: {}\n--   look at: {}\n", heading(held),
                        stops(held), word_kind(held.word.kind).check);
    for (const auto& line : changes_of(held)) {
      std::string_view rest = line;
      while (!rest.empty()) {
        const auto end = rest.find('\n');
        text += fmt::format("-- {}\n", rest.substr(0, end));
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      }
    }
  }
  return text;
}

std::string held_back_notes(const Plan& plan) {
  if (plan.held_back.empty()) return "";
  std::string text =
      "\n# What waits for your word\n\nIt may stop what works: `pgleast fix --accept KIND` makes "
      "it "
      "part of the fix.\n";
  std::string_view kind;
  for (const auto& held : plan.held_back) {
    if (kind != held.word.kind) {
      kind = held.word.kind;
      text += fmt::format("\n## {}\n\nMay stop {}. Look at this first: {}.\n", kind,
                          word_kind(kind).stops, word_kind(kind).check);
    }
    text += fmt::format("\n- {} {}: {}\n", held.rule, displayed(held.subject), held.word.why);
    for (const auto& line : changes_of(held)) text += "\n      " + displayed(line) + "\n";
  }
  return text;
}

std::string held_back_counts(const Plan& plan) {
  std::map<std::string_view, std::size_t> counts;
  for (const auto& held : plan.held_back) ++counts[held.word.kind];
  std::string text;
  for (const auto& [kind, count] : counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", kind, count);
  }
  return text;
}

}  // namespace pgleast
