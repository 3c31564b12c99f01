// The kinds of statements by their first words, and what they may change.
#include "input/replay/statement_kind.hpp"

#include <algorithm>
#include <array>

namespace pgleast {
namespace {

using namespace touches;

// The first row that fits counts. No row: it is no SQL.
constexpr std::array kinds{
    StatementKind{"create role", Followed::by_action, roles},
    StatementKind{"create user mapping", Followed::by_tree, objects},
    StatementKind{"create user", Followed::by_action, roles},
    StatementKind{"create group", Followed::by_action, roles},
    StatementKind{"create database", Followed::by_action, objects},
    StatementKind{"create", Followed::by_tree, objects},
    StatementKind{"alter role", Followed::by_action, role_settings},
    StatementKind{"alter user mapping", Followed::by_tree, objects},
    StatementKind{"alter user", Followed::by_action, role_settings},
    StatementKind{"alter group", Followed::by_action, roles},
    StatementKind{"alter database", Followed::by_action, role_settings},
    StatementKind{"alter system", Followed::no, settings},
    StatementKind{"alter", Followed::by_tree, objects},
    StatementKind{"drop role", Followed::by_action, roles},
    StatementKind{"drop user mapping", Followed::by_tree, objects},
    StatementKind{"drop user", Followed::by_action, roles},
    StatementKind{"drop group", Followed::by_action, roles},
    StatementKind{"drop database", Followed::by_action, objects},
    StatementKind{"drop owned", Followed::by_tree, roles | objects},
    StatementKind{"drop", Followed::by_tree, objects},
    StatementKind{"grant", Followed::by_action, objects},
    StatementKind{"revoke", Followed::by_action, objects},
    StatementKind{"reassign", Followed::by_tree, objects},
    StatementKind{"import", Followed::no, objects},
    StatementKind{"do", Followed::no, anything},
    StatementKind{"call", Followed::no, nothing},
    StatementKind{"begin", Followed::by_action, nothing},
    StatementKind{"start", Followed::by_action, nothing},
    StatementKind{"commit", Followed::by_action, nothing},
    StatementKind{"end", Followed::by_action, nothing},
    StatementKind{"rollback", Followed::by_action, nothing},
    StatementKind{"abort", Followed::by_action, nothing},
    StatementKind{"savepoint", Followed::by_action, nothing},
    StatementKind{"release", Followed::by_action, nothing},
    StatementKind{"set role none", Followed::by_tree, nothing},
    StatementKind{"set role", Followed::by_tree, roles | objects},
    StatementKind{"set local role", Followed::by_tree, roles | objects},
    StatementKind{"set session role", Followed::by_tree, roles | objects},
    StatementKind{"set session authorization default", Followed::by_tree, nothing},
    StatementKind{"set session authorization", Followed::by_tree, roles | objects},
    StatementKind{"set local session authorization", Followed::by_tree, roles | objects},
    StatementKind{"set", Followed::by_action, nothing},
    StatementKind{"reset", Followed::by_action, nothing},
    StatementKind{"analyse", Followed::no, nothing},
    StatementKind{"analyze", Followed::no, nothing},
    StatementKind{"checkpoint", Followed::no, nothing},
    StatementKind{"close", Followed::no, nothing},
    StatementKind{"cluster", Followed::no, nothing},
    StatementKind{"comment", Followed::no, nothing},
    StatementKind{"copy", Followed::no, nothing},
    StatementKind{"deallocate", Followed::no, nothing},
    StatementKind{"declare", Followed::no, nothing},
    StatementKind{"delete", Followed::no, nothing},
    StatementKind{"discard", Followed::by_tree, nothing},
    StatementKind{"execute", Followed::no, nothing},
    StatementKind{"explain", Followed::no, nothing},
    StatementKind{"fetch", Followed::no, nothing},
    StatementKind{"insert", Followed::no, nothing},
    StatementKind{"listen", Followed::no, nothing},
    StatementKind{"load", Followed::no, nothing},
    StatementKind{"lock", Followed::no, nothing},
    StatementKind{"merge", Followed::no, nothing},
    StatementKind{"move", Followed::no, nothing},
    StatementKind{"notify", Followed::no, nothing},
    StatementKind{"prepare", Followed::no, nothing},
    StatementKind{"refresh", Followed::no, nothing},
    StatementKind{"reindex", Followed::no, nothing},
    StatementKind{"repack", Followed::no, nothing},
    StatementKind{"security", Followed::no, nothing},
    StatementKind{"select", Followed::no, nothing},
    StatementKind{"show", Followed::no, nothing},
    StatementKind{"table", Followed::no, nothing},
    StatementKind{"truncate", Followed::no, nothing},
    StatementKind{"unlisten", Followed::no, nothing},
    StatementKind{"update", Followed::no, nothing},
    StatementKind{"vacuum", Followed::no, nothing},
    StatementKind{"values", Followed::no, nothing},
    StatementKind{"wait", Followed::no, nothing},
    StatementKind{"with", Followed::no, nothing},
};

}  // namespace

bool begins_with(const PsqlItem& s, std::string_view words) {
  for (const auto& token : s.tokens) {
    const auto word = words.substr(0, words.find(' '));
    if (!token.is(word)) return false;
    if (word.size() == words.size()) return true;
    words.remove_prefix(word.size() + 1);
  }
  return false;
}

const StatementKind* kind_of(const PsqlItem& s) {
  const bool in_parentheses = s.tokens.front().kind == SqlToken::Kind::symbol;
  const auto* const found = std::find_if(kinds.begin(), kinds.end(), [&](const StatementKind& k) {
    return in_parentheses ? k.words == "select" : begins_with(s, k.words);
  });
  return found == kinds.end() ? nullptr : found;
}

Touched touched_by(const PsqlItem& s, const StatementKind& kind) {
  constexpr std::array<std::string_view, 5> changing{"create", "alter", "drop", "grant", "revoke"};
  const auto& first = s.tokens.front();
  const bool changes = std::any_of(changing.begin(), changing.end(),
                                   [&](std::string_view word) { return first.is(word); });
  if (!changes) return kind.touched;
  const bool said = s.tokens.size() > 1 && (s.tokens[1].kind == SqlToken::Kind::word ||
                                            s.tokens[1].kind == SqlToken::Kind::quoted);
  return said ? kind.touched : anything;
}

bool runs_code(const PsqlItem& s, const StatementKind& kind) {
  if (kind.followed == Followed::by_action) return is_on_objects(s);
  return !begins_with(s, "set") && !begins_with(s, "reset") && !begins_with(s, "discard") &&
         !begins_with(s, "alter system");
}

namespace {

template <std::size_t count>
bool is_one_of(const SqlToken& token, const std::array<std::string_view, count>& words) {
  return std::any_of(words.begin(), words.end(), [&](auto word) { return token.is(word); });
}

template <std::size_t count>
bool has_any(const PsqlItem& s, const std::array<std::string_view, count>& words) {
  return std::any_of(words.begin(), words.end(), [&](auto word) { return s.has_word(word); });
}

bool creates_quietly(std::string_view script, const PsqlItem& s) {
  constexpr std::array<std::string_view, 6> tables{"table",    "temp",   "temporary",
                                                   "unlogged", "global", "local"};
  constexpr std::array<std::string_view, 14> others{
      "role",     "user",      "group",   "schema", "sequence", "type", "domain",
      "function", "procedure", "trigger", "rule",   "view",     "or",   "policy"};
  constexpr std::array<std::string_view, 3> queries{"select", "values", "execute"};
  const auto& second = s.tokens[1];
  if (is_one_of(second, tables)) {
    return !s.has_word("as") || (s.has_word("identity") && !has_any(s, queries));
  }
  if (is_one_of(second, others)) return true;
  if (!second.is("index") && !second.is("unique")) return false;
  const auto parentheses = std::count_if(s.tokens.begin(), s.tokens.end(), [&](const SqlToken& t) {
    return t.kind == SqlToken::Kind::symbol && script[t.span.begin] == '(';
  });
  return parentheses == 1 && !s.has_word("where");
}

bool alters_quietly(const PsqlItem& s) {
  constexpr std::array<std::string_view, 10> others{"role",    "user",     "group",     "schema",
                                                    "policy",  "function", "procedure", "view",
                                                    "default", "database"};
  constexpr std::array<std::string_view, 7> numbers{"restart", "increment", "minvalue", "maxvalue",
                                                    "start",   "cycle",     "as"};
  constexpr std::array<std::string_view, 8> computing{"check",    "using", "attach",    "inherit",
                                                      "validate", "type",  "generated", "identity"};
  const auto& second = s.tokens[1];
  if (is_one_of(second, others)) return true;
  if (second.is("sequence")) {
    return (s.has_word("owned") || s.has_word("owner")) && !has_any(s, numbers);
  }
  const bool computes_default = s.has_word("add") && s.has_word("default");
  return second.is("table") && !has_any(s, computing) && !computes_default;
}

}  // namespace

bool runs_no_code(std::string_view script, const PsqlItem& s, bool has_triggers) {
  constexpr std::array<std::string_view, 16> quiet{
      "begin", "start",  "savepoint", "release", "rollback", "abort",  "reset",    "show",
      "grant", "revoke", "comment",   "lock",    "listen",   "notify", "unlisten", "drop"};
  const auto& first = s.tokens.front();
  if (is_one_of(first, quiet)) return true;
  const bool sets = first.is("set") && !begins_with(s, "set constraints");
  if (sets || first.is("set") || first.is("commit") || first.is("end"))
    return sets || !has_triggers;
  if (s.tokens.size() < 2) return false;
  if (first.is("create")) return creates_quietly(script, s);
  return first.is("alter") && alters_quietly(s);
}

bool is_of_roles(const PsqlItem& s) {
  const auto& first = s.tokens.front();
  if (first.is("grant") || first.is("revoke")) return !is_on_objects(s);
  const bool changes = first.is("create") || first.is("alter") || first.is("drop");
  const auto second = s.tokens.size() > 1 ? s.tokens[1].text : std::string();
  return changes && (second == "role" || second == "user" || second == "group");
}

bool is_on_objects(const PsqlItem& s) {
  return (s.tokens.front().is("grant") || s.tokens.front().is("revoke")) && s.has_word("on");
}

bool is_by_tree(const PsqlItem& s, const StatementKind& kind) {
  return kind.followed != Followed::by_action || is_on_objects(s);
}

bool is_for_effect(const PsqlItem& s) {
  if (!s.tokens.front().is("select")) return false;
  return s.has_word("into") || s.has_word("set_config") || s.has_word("lo_create") ||
         s.has_word("lo_from_bytea");
}

std::string called(const PsqlItem& s) {
  if (s.kind == PsqlItem::Kind::command) return '\\' + s.command;
  if (s.executes_rows) return "\\gexec";
  std::string words;
  for (std::size_t i = 0; i < std::min<std::size_t>(2, s.tokens.size()); ++i) {
    const auto& t = s.tokens[i];
    const auto& first = s.tokens.front();
    const bool two = first.is("create") || first.is("alter") || first.is("drop") ||
                     first.is("set") || first.is("import") || first.is("reassign");
    if (t.kind != SqlToken::Kind::word || (i == 1 && !two)) break;
    words += (i == 0 ? "" : " ") + t.text;
  }
  for (char& c : words) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return words;
}

}  // namespace pgleast
