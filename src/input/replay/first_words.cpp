// First words of statements, and what may change where they are not followed.
#include "input/replay/first_words.hpp"

#include <algorithm>
#include <array>

namespace pgleast {
namespace {

using namespace touches;

// The first row that fits counts. No row: it is no SQL.
constexpr std::array kinds{
    FirstWords{"create role", Followed::by_action, roles},
    FirstWords{"create user mapping", Followed::by_tree, objects},
    FirstWords{"create user", Followed::by_action, roles},
    FirstWords{"create group", Followed::by_action, roles},
    FirstWords{"create database", Followed::by_action, objects},
    FirstWords{"create", Followed::by_tree, objects},
    FirstWords{"alter role", Followed::by_action, role_settings},
    FirstWords{"alter user mapping", Followed::by_tree, objects},
    FirstWords{"alter user", Followed::by_action, role_settings},
    FirstWords{"alter group", Followed::by_action, roles},
    FirstWords{"alter database", Followed::by_action, role_settings},
    FirstWords{"alter system", Followed::no, settings},
    FirstWords{"alter", Followed::by_tree, objects},
    FirstWords{"drop role", Followed::by_action, roles},
    FirstWords{"drop user mapping", Followed::by_tree, objects},
    FirstWords{"drop user", Followed::by_action, roles},
    FirstWords{"drop group", Followed::by_action, roles},
    FirstWords{"drop database", Followed::by_action, objects},
    FirstWords{"drop owned", Followed::by_tree, roles | objects},
    FirstWords{"drop", Followed::by_tree, objects},
    FirstWords{"grant", Followed::by_action, objects},
    FirstWords{"revoke", Followed::by_action, objects},
    FirstWords{"reassign", Followed::by_tree, objects},
    FirstWords{"import", Followed::no, objects},
    FirstWords{"do", Followed::no, anything},
    FirstWords{"call", Followed::no, nothing},
    FirstWords{"begin", Followed::by_action, nothing},
    FirstWords{"start", Followed::by_action, nothing},
    FirstWords{"commit", Followed::by_action, nothing},
    FirstWords{"end", Followed::by_action, nothing},
    FirstWords{"rollback", Followed::by_action, nothing},
    FirstWords{"abort", Followed::by_action, nothing},
    FirstWords{"savepoint", Followed::by_action, nothing},
    FirstWords{"release", Followed::by_action, nothing},
    FirstWords{"set role none", Followed::by_tree, nothing},
    FirstWords{"set role", Followed::by_tree, roles | objects},
    FirstWords{"set local role", Followed::by_tree, roles | objects},
    FirstWords{"set session role", Followed::by_tree, roles | objects},
    FirstWords{"set session authorization default", Followed::by_tree, nothing},
    FirstWords{"set session authorization", Followed::by_tree, roles | objects},
    FirstWords{"set local session authorization", Followed::by_tree, roles | objects},
    FirstWords{"set", Followed::by_action, nothing},
    FirstWords{"reset", Followed::by_action, nothing},
    FirstWords{"analyse", Followed::no, nothing},
    FirstWords{"analyze", Followed::no, nothing},
    FirstWords{"checkpoint", Followed::no, nothing},
    FirstWords{"close", Followed::no, nothing},
    FirstWords{"cluster", Followed::no, nothing},
    FirstWords{"comment", Followed::no, nothing},
    FirstWords{"copy", Followed::no, nothing},
    FirstWords{"deallocate", Followed::no, nothing},
    FirstWords{"declare", Followed::no, nothing},
    FirstWords{"delete", Followed::no, nothing},
    FirstWords{"discard", Followed::by_tree, nothing},
    FirstWords{"execute", Followed::no, nothing},
    FirstWords{"explain", Followed::no, nothing},
    FirstWords{"fetch", Followed::no, nothing},
    FirstWords{"insert", Followed::no, nothing},
    FirstWords{"listen", Followed::no, nothing},
    FirstWords{"load", Followed::no, nothing},
    FirstWords{"lock", Followed::no, nothing},
    FirstWords{"merge", Followed::no, nothing},
    FirstWords{"move", Followed::no, nothing},
    FirstWords{"notify", Followed::no, nothing},
    FirstWords{"prepare", Followed::no, nothing},
    FirstWords{"refresh", Followed::no, nothing},
    FirstWords{"reindex", Followed::no, nothing},
    FirstWords{"repack", Followed::no, nothing},
    FirstWords{"security", Followed::no, nothing},
    FirstWords{"select", Followed::no, nothing},
    FirstWords{"show", Followed::no, nothing},
    FirstWords{"table", Followed::no, nothing},
    FirstWords{"truncate", Followed::no, nothing},
    FirstWords{"unlisten", Followed::no, nothing},
    FirstWords{"update", Followed::no, nothing},
    FirstWords{"vacuum", Followed::no, nothing},
    FirstWords{"values", Followed::no, nothing},
    FirstWords{"wait", Followed::no, nothing},
    FirstWords{"with", Followed::no, nothing},
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

const FirstWords* first_words_of(const PsqlItem& s) {
  const bool in_parentheses = s.tokens.front().kind == SqlToken::Kind::symbol;
  const auto* const found = std::find_if(kinds.begin(), kinds.end(), [&](const FirstWords& k) {
    return in_parentheses ? k.words == "select" : begins_with(s, k.words);
  });
  return found == kinds.end() ? nullptr : found;
}

bool names_no_kind(const PsqlItem& s) {
  constexpr std::array<std::string_view, 51> known{
      "access",       "aggregate",    "cast",     "collation",   "constraint", "conversion",
      "database",     "default",      "domain",   "event",       "extension",  "foreign",
      "function",     "global",       "group",    "index",       "language",   "large",
      "local",        "materialized", "operator", "or",          "owned",      "policy",
      "procedural",   "procedure",    "property", "publication", "recursive",  "role",
      "routine",      "rule",         "schema",   "sequence",    "server",     "statistics",
      "subscription", "system",       "table",    "tablespace",  "temp",       "temporary",
      "text",         "transform",    "trigger",  "trusted",     "type",       "unique",
      "unlogged",     "user",         "view"};
  const auto& t = s.tokens;
  const bool names = t.front().is("create") || t.front().is("alter") || t.front().is("drop");
  if (!names || t.size() < 2 || t[1].kind != SqlToken::Kind::word) return false;
  return std::none_of(known.begin(), known.end(), [&](auto word) { return t[1].is(word); });
}

Touched touched_by(const PsqlItem& s, const FirstWords& kind) {
  constexpr std::array<std::string_view, 5> changing{"create", "alter", "drop", "grant", "revoke"};
  const auto& first = s.tokens.front();
  const bool changes = std::any_of(changing.begin(), changing.end(),
                                   [&](std::string_view word) { return first.is(word); });
  if (!changes) return kind.touched;
  const bool said = s.tokens.size() > 1 && (s.tokens[1].kind == SqlToken::Kind::word ||
                                            s.tokens[1].kind == SqlToken::Kind::quoted);
  return said ? kind.touched : anything;
}

bool runs_code(const PsqlItem& s, const FirstWords& kind) {
  if (kind.followed == Followed::by_action) return is_on_objects(s);
  return !begins_with(s, "set") && !begins_with(s, "reset") && !begins_with(s, "discard") &&
         !begins_with(s, "alter system");
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

bool is_by_tree(const PsqlItem& s, const FirstWords& kind) {
  return kind.followed != Followed::by_action || is_on_objects(s);
}

bool is_for_effect(const PsqlItem& s) {
  if (!s.tokens.front().is("select")) return false;
  return s.has_word("into") || s.has_word("set_config") || s.has_word("lo_create") ||
         s.has_word("lo_from_bytea");
}

bool only_adds_objects(const PsqlItem& s) {
  constexpr std::array<std::string_view, 16> adding{
      "create table",      "create unlogged table", "create temporary table",
      "create temp table", "create foreign table",  "create index",
      "create unique",     "create view",           "create or replace view",
      "create sequence",   "create materialized",   "create type",
      "create domain",     "create schema",         "create extension",
      "create policy"};
  constexpr std::array<std::string_view, 6> changing{"drop",   "rename", "owner",
                                                     "schema", "attach", "inherit"};
  const auto has_any = [&](const auto& words) {
    return std::any_of(words.begin(), words.end(), [&](auto word) { return s.has_word(word); });
  };
  if (begins_with(s, "alter table")) return !has_any(changing);
  if (s.tokens.front().is("grant")) return is_on_objects(s);
  return std::any_of(adding.begin(), adding.end(),
                     [&](std::string_view words) { return begins_with(s, words); });
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
