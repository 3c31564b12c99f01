#include "fix/script.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "fix/held_back.hpp"
#include "fix/null_list.hpp"
#include "fix/plain_sql.hpp"
#include "input/config/secrets.hpp"
#include "pg/identifier.hpp"
#include "text/display.hpp"
#include "text/utf8.hpp"

namespace pgleast {
namespace {

constexpr const char* transaction =
    "BEGIN;\n"
    "SET LOCAL search_path = pg_catalog;\n"
    "SET LOCAL lock_timeout = '5s';\n"
    "SET LOCAL client_min_messages = error;\n\n";

// The name goes through a variable: a psql command ends at a line break, a constant does not.
// The new session has the encoding of its own database, or of PGCLIENTENCODING.
std::string connect(const std::string& database, const std::string& encoding) {
  return fmt::format("SELECT {} AS pgleast_database \\gset\n\\connect :\"pgleast_database\"\n{}",
                     plain_sql(quote_literal(database)), encoding);
}

// Names of a database without an encoding come as they are.
std::string encoding_of(const Plan& plan) {
  const auto all_utf8 = [](const std::vector<std::string>& statements) {
    return std::all_of(statements.begin(), statements.end(), is_utf8);
  };
  const bool utf8 = std::all_of(plan.sections.begin(), plan.sections.end(), [&](const auto& s) {
    return all_utf8(s.sql) && all_utf8(s.undo) && is_utf8(s.database);
  });
  return fmt::format("SET client_encoding = '{}';\n", utf8 ? "UTF8" : "SQL_ASCII");
}

std::string script(const Plan& plan, const Cluster& cluster, const char* what, bool undo) {
  auto sections = undo ? with_null_lists(plan, cluster) : plan.sections;
  std::set<std::string> databases;
  for (const auto& s : sections) {
    if (!s.database.empty()) databases.insert(s.database);
  }
  const auto home = databases.size() == 1 ? *databases.begin() : cluster.name;
  std::string text = fmt::format(
      "-- {}, written by pgleast.\n-- Run it as a superuser: psql -v ON_ERROR_STOP=1 -d {} -f {}\n",
      what, home.empty() ? "DATABASE" : displayed(home), undo ? "undo.sql" : "fix.sql");
  const auto encoding = encoding_of(plan);
  text += encoding;
  const auto& system = undo ? plan.system_undo : plan.system;
  const auto add_system = [&] {
    for (const auto& statement : system) text += "\n" + plain_sql(statement) + "\n";
    if (!system.empty()) text += "SELECT pg_reload_conf();\n";
  };
  if (undo) add_system();
  bool first = true;
  const auto add_section = [&](const PlanSection& section) {
    const auto& statements = undo ? section.undo : section.sql;
    if (statements.empty()) return;
    // One database is where the script is run; of several each is connected to.
    const bool elsewhere = databases.size() > 1 && !section.database.empty();
    text += "\n";
    if (elsewhere) text += connect(section.database, encoding);
    text += transaction;
    for (const auto& statement : statements) text += plain_sql(statement) + "\n";
    text += "\nCOMMIT;\n";
    first = false;
  };
  if (databases.size() <= 1) {
    // Everything in one transaction.
    PlanSection whole;
    if (undo) std::reverse(sections.begin(), sections.end());
    for (const auto& s : sections) {
      whole.sql.insert(whole.sql.end(), s.sql.begin(), s.sql.end());
      whole.undo.insert(whole.undo.end(), s.undo.begin(), s.undo.end());
    }
    add_section(whole);
  } else {
    for (const auto& s : sections) add_section(s);
  }
  if (!undo) add_system();
  if (!undo) text += held_back_comments(plan);
  if (first && system.empty()) text += "\n-- There is nothing to do.\n";
  return text;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = text.find('\n', begin);
    const auto stop = end == std::string::npos ? text.size() : end + 1;
    lines.push_back(text.substr(begin, stop - begin));
    begin = stop;
  }
  return lines;
}

// Lines that both have in order, by the longest common subsequence between what is left
// after the same beginning and the same end are set aside.
std::vector<std::pair<std::size_t, std::size_t>> common_lines(const std::vector<std::string>& a,
                                                              const std::vector<std::string>& b) {
  std::vector<std::pair<std::size_t, std::size_t>> result;
  std::size_t head = 0, tail = 0;
  while (head < a.size() && head < b.size() && a[head] == b[head]) {
    result.emplace_back(head, head);
    ++head;
  }
  while (tail < a.size() - head && tail < b.size() - head &&
         a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) {
    ++tail;
  }
  const auto n = a.size() - head - tail;
  const auto m = b.size() - head - tail;
  constexpr std::size_t most_cells = std::size_t{16} << 20U;
  if (n > 0 && m > 0 && n * m <= most_cells) {
    std::vector<std::vector<std::uint32_t>> best(n + 1, std::vector<std::uint32_t>(m + 1));
    for (std::size_t i = n; i-- > 0;) {
      for (std::size_t j = m; j-- > 0;) {
        best[i][j] = a[head + i] == b[head + j] ? best[i + 1][j + 1] + 1
                                                : std::max(best[i + 1][j], best[i][j + 1]);
      }
    }
    for (std::size_t i = 0, j = 0; i < n && j < m;) {
      if (a[head + i] == b[head + j]) {
        result.emplace_back(head + i++, head + j++);
      } else {
        best[i + 1][j] >= best[i][j + 1] ? ++i : ++j;
      }
    }
  }
  for (std::size_t t = tail; t > 0; --t) result.emplace_back(a.size() - t, b.size() - t);
  return result;
}

struct DiffLine {
  char mark;
  const std::string* text;
  std::size_t a, b;  // lines before it in each file
};

std::vector<DiffLine> diff_lines(const std::vector<std::string>& a,
                                 const std::vector<std::string>& b) {
  std::vector<DiffLine> lines;
  std::size_t i = 0, j = 0;
  auto common = common_lines(a, b);
  common.emplace_back(a.size(), b.size());
  for (const auto& [ca, cb] : common) {
    for (; i < ca; ++i) lines.push_back({'-', &a[i], i, j});
    for (; j < cb; ++j) lines.push_back({'+', &b[j], i, j});
    if (i < a.size() && ca < a.size()) lines.push_back({' ', &a[i], i, j});
    ++i;
    ++j;
  }
  return lines;
}

}  // namespace

std::string fix_script(const Plan& plan, const Cluster& cluster) {
  return script(plan, cluster, "Takes what the audit found too much, gives what is required",
                false);
}

std::string undo_script(const Plan& plan, const Cluster& cluster) {
  return script(plan, cluster, "Undoes what fix.sql did", true);
}

std::string unified_diff(const FilePatch& patch, ConfigKind kind, int version_num) {
  const auto before = lines_of(starred(kind, patch.before, version_num));
  const auto after = lines_of(starred(kind, patch.after, version_num));
  const auto lines = diff_lines(before, after);
  constexpr std::size_t context = 3;
  auto text = fmt::format("--- {}\n+++ {}\n", displayed(patch.path), displayed(patch.path));
  for (std::size_t at = 0; at < lines.size();) {
    if (lines[at].mark == ' ') {
      ++at;
      continue;
    }
    const auto begin = at - std::min(at, context);
    auto end = at;
    for (std::size_t same = 0; end < lines.size() && same <= 2 * context; ++end) {
      same = lines[end].mark == ' ' ? same + 1 : 0;
    }
    while (end > at && lines[end - 1].mark == ' ') --end;
    end = std::min(end + context, lines.size());
    std::size_t old_count = 0, new_count = 0;
    std::string body;
    for (auto i = begin; i < end; ++i) {
      old_count += lines[i].mark != '+' ? 1U : 0U;
      new_count += lines[i].mark != '-' ? 1U : 0U;
      body += lines[i].mark + *lines[i].text;
      if (lines[i].text->back() != '\n') body += "\n\\ No newline at end of file\n";
    }
    text += fmt::format("@@ -{},{} +{},{} @@\n{}", lines[begin].a + (old_count > 0 ? 1 : 0),
                        old_count, lines[begin].b + (new_count > 0 ? 1 : 0), new_count, body);
    at = end;
  }
  return text;
}

std::string notes(const Plan& plan) {
  std::string text = "# What is left to decide\n";
  std::set<std::string> said;
  const auto add = [&](const Finding& finding, const std::string& decision) {
    const auto line = fmt::format("\n- {} {}: {}\n", finding.rule, displayed(finding.subject.name),
                                  displayed(decision));
    if (said.insert(line).second) text += line;
  };
  for (const auto& finding : sorted_findings(plan.after)) {
    if (!finding.waived) {
      add(finding, finding.decision.empty() ? finding.message : finding.decision);
    }
  }
  for (const auto& finding : sorted_findings(plan.before)) {
    if (!finding.waived && !finding.decision.empty()) add(finding, finding.decision);
  }
  for (const auto& contradiction : plan.contradictions) {
    text += fmt::format("\n- the policy contradicts itself: {}\n", contradiction);
    said.insert(contradiction);
  }
  if (said.empty()) text += "\nNothing.\n";
  return text + held_back_notes(plan);
}

}  // namespace pgleast
