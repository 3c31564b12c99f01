#include "fix/script.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "fix/held_back.hpp"
#include "fix/null_list.hpp"
#include "fix/plain_sql.hpp"
#include "pg/identifier.hpp"
#include "pg/psql_command.hpp"
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

// What is changed in one transaction. The changes of one database, and those of none with them;
// of several databases each has its own, after that of what is the cluster's.
struct Part {
  std::string database;  // empty: any
  std::vector<std::string> statements;
};

std::vector<std::string> databases_of(const Plan& plan) {
  std::vector<std::string> result;
  for (const auto& section : plan.sections) {
    if (!section.database.empty()) result.push_back(section.database);
  }
  return result;
}

// In the order in which they run; what is the cluster's is undone last.
std::vector<Part> parts_of(const Plan& plan, const Cluster& cluster, bool undo) {
  auto sections = undo ? with_null_lists(plan, cluster) : plan.sections;
  if (undo) std::reverse(sections.begin(), sections.end());
  const bool several = databases_of(plan).size() > 1;
  std::vector<Part> parts{{}};
  for (const auto& section : sections) {
    const auto& statements = undo ? section.undo : section.sql;
    if (several && !section.database.empty()) {
      parts.push_back({section.database, statements});
    } else {
      auto& first = parts.front().statements;
      first.insert(first.end(), statements.begin(), statements.end());
    }
  }
  if (undo) std::rotate(parts.begin(), parts.begin() + 1, parts.end());
  return parts;
}

// Where that without a database runs: in the only one that is changed, or any.
std::string home_of(const Plan& plan, const Cluster& cluster) {
  const auto databases = databases_of(plan);
  const bool any = databases.empty() || (databases.size() > 1 && !cluster.name.empty());
  return any ? cluster.name : databases.front();
}

std::string transaction_of(const Part& part) {
  if (part.statements.empty()) return "";
  std::string text = transaction;
  for (const auto& statement : part.statements) text += plain_sql(statement) + "\n";
  return text + "\nCOMMIT;\n";
}

std::string system_of(const Plan& plan, bool undo) {
  std::string text;
  for (const auto& statement : undo ? plan.system_undo : plan.system) {
    text += "\n" + plain_sql(statement) + "\n";
  }
  return text.empty() ? text : text + "SELECT pg_reload_conf();\n";
}

std::string headed(const std::string& commands, const std::string& encoding,
                   const std::string& body, bool undo) {
  return fmt::format("-- {}, written by pgleast.\n-- {}{}{}",
                     undo ? "Undoes what fix.sql did"
                          : "Takes what the audit found too much, gives what is required",
                     commands, encoding, body.empty() ? "\n-- There is nothing to do.\n" : body);
}

// What waits for the user's word stands in one file, whatever its database.
std::string waiting(const Plan& plan, bool undo) { return undo ? "" : held_back_comments(plan); }

// Everything in one file: of several databases each is connected to.
std::string script(const Plan& plan, const Cluster& cluster, bool undo) {
  const auto encoding = encoding_of(plan);
  std::string body;
  for (const auto& part : parts_of(plan, cluster, undo)) {
    const auto statements = transaction_of(part);
    if (statements.empty()) continue;
    body += "\n" + (part.database.empty() ? "" : connect(part.database, encoding)) + statements;
  }
  const auto system = system_of(plan, undo);
  return headed(fmt::format("Run it as a superuser: {}\n",
                            psql_command(home_of(plan, cluster), undo ? "undo.sql" : "fix.sql")),
                encoding, undo ? system + body : body + system, undo) +
         waiting(plan, undo);
}

bool stays_in_file_name(char c) {
  return c == '-' || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z');
}

// fix.sql, fix-2-my_shop.sql, in the order in which they run.
std::string file_name(const std::string& database, std::size_t number, bool undo) {
  const std::string what = undo ? "undo" : "fix";
  if (database.empty()) return what + ".sql";
  auto safe = database;
  std::replace_if(
      safe.begin(), safe.end(), [](char c) { return !stays_in_file_name(c); }, '_');
  return fmt::format("{}-{}-{}.sql", what, number, safe);
}

// What its path leaves open is said of what is found afterwards: another statement may close it.
bool pins_a_path(const Finding& finding) {
  return std::any_of(finding.remedies.begin(), finding.remedies.end(), [](const Remedy& remedy) {
    return std::holds_alternative<PinSearchPath>(remedy);
  });
}

std::vector<ScriptFile> files(const Plan& plan, const Cluster& cluster, bool undo) {
  const auto parts = parts_of(plan, cluster, undo);
  const auto home = home_of(plan, cluster);
  std::vector<ScriptFile> result;
  if (parts.size() == 1)
    return {{undo ? "undo.sql" : "fix.sql", home, script(plan, cluster, undo)}};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto& database = parts[i].database;
    result.push_back(
        {file_name(database, undo ? i + 1 : i, undo), database.empty() ? home : database, ""});
  }
  const auto order =
      "Run these as a superuser, in this order:\n" + commands_of(result, "", "--   ");
  const auto encoding = encoding_of(plan);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto statements = transaction_of(parts[i]);
    auto body = statements.empty() ? "" : "\n" + statements;
    const auto system = parts[i].database.empty() ? system_of(plan, undo) : "";
    result[i].text = headed(order, encoding, undo ? system + body : body + system, undo);
    if (parts[i].database.empty()) result[i].text += waiting(plan, undo);
  }
  return result;
}

}  // namespace

std::string fix_script(const Plan& plan, const Cluster& cluster) {
  return script(plan, cluster, false);
}

std::string undo_script(const Plan& plan, const Cluster& cluster) {
  return script(plan, cluster, true);
}

std::vector<ScriptFile> fix_files(const Plan& plan, const Cluster& cluster) {
  return files(plan, cluster, false);
}

std::vector<ScriptFile> undo_files(const Plan& plan, const Cluster& cluster) {
  return files(plan, cluster, true);
}

std::string commands_of(const std::vector<ScriptFile>& files, const std::string& folder,
                        const std::string& indent) {
  std::string text;
  for (const auto& file : files) {
    const auto path = folder.empty() ? file.name : folder + "/" + file.name;
    text += fmt::format("{}{}\n", indent, psql_command(file.database, path));
  }
  return text;
}

std::string notes(const Plan& plan, const Cluster& cluster) {
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
    if (finding.waived || finding.decision.empty() || pins_a_path(finding)) continue;
    add(finding, finding.decision);
  }
  for (const auto& contradiction : plan.contradictions) {
    text += fmt::format("\n- the policy contradicts itself: {}\n", contradiction);
    said.insert(contradiction);
  }
  if (said.empty()) text += "\nNothing.\n";
  text += held_back_notes(plan);
  const auto fixing = fix_files(plan, cluster);
  if (fixing.size() == 1) return text;
  const auto undoing = undo_files(plan, cluster);
  return text + "\n# In which order the files are run\n\n" + commands_of(fixing, "", "    ") +
         "\nWhat undoes them:\n\n" + commands_of(undoing, "", "    ");
}

}  // namespace pgleast
