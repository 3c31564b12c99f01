// The door to libpg_query: statements to trees, and what its grammar does not take of them.
#include "input/sql/parser.hpp"

#include <fmt/format.h>
#include <pg_query.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "input/sql/node.hpp"
#include "pg/refused.hpp"
#include "pg/setting_value.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

using Json = SqlNode;
using Token = SqlToken::Kind;

// --- The library --------------------------------------------------------------------------------

std::string statement_text(std::string_view script, const PsqlItem& s) {
  std::string text(script.substr(s.span.begin, s.span.end - s.span.begin));
  // What psql fills in after PASSWORD is some string.
  for (const auto& token : s.tokens) {
    if (token.kind == Token::variable) text[token.span.begin - s.span.begin] = ' ';
  }
  return text;
}

/// The byte at which character number `character` (from 1) starts.
std::size_t byte_of(std::string_view text, int character) {
  std::size_t at = 0;
  for (int n = 1; at < text.size(); ++at) {
    const bool starts = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    if (starts && n++ == character) break;
  }
  return at;
}

/// Its words without ` at or near "..."`: the place is shown in our own way, secrets starred.
SqlSyntaxError made_ours(const PgQueryError& error, std::string_view text, const PsqlItem& s) {
  const std::string_view said = error.message;
  SqlSyntaxError result{std::string(said.substr(0, said.find(" at or near "))), {}};
  result.message = result.message.substr(0, result.message.find(" at end of input"));
  const auto at = s.span.begin + byte_of(text, error.cursorpos);
  for (const auto& token : s.tokens) {
    if (token.span.begin <= at && at < token.span.end) result.span = token.span;
  }
  return result;
}

void refuse_nul(std::string_view text, const PsqlItem& s) {
  const auto nul = text.find('\0');
  if (nul == std::string_view::npos) return;
  const auto at = s.span.begin + nul;
  throw SqlSyntaxError{"a NUL byte", {at, at + 1}};
}

/// `-5` that stands there; empty: it is 0, or nothing that can be told.
std::optional<std::string> number_at(std::string_view text, std::size_t at) {
  if (at >= text.size() || text[at] != '-') return "0";
  const auto begin = text.find_first_not_of(" \t\r\n\f\v", at + 1);
  const auto end = std::min(text.find_first_not_of("0123456789", begin), text.size());
  if (begin >= end) return std::nullopt;
  return "-" + std::string(text.substr(begin, end - begin));
}

/// Version 15 of the library leaves out a number that is negative as it leaves out 0: the text has
/// it. A number that cannot be told there is no constant.
std::string with_negative_numbers(std::string_view tree, std::string_view text) {
  constexpr std::string_view lost = R"("ival":{},"location":)";
  std::string result;
  std::size_t done = 0;
  for (auto at = tree.find(lost); at < tree.size(); at = tree.find(lost, done)) {
    std::size_t location = 0;
    std::from_chars(tree.data() + at + lost.size(), tree.data() + tree.size(), location);
    const auto number = number_at(text, location);
    result += tree.substr(done, at - done);
    if (number) result += fmt::format(R"("ival":{{"ival":{}}},)", *number);
    done = at + lost.size() - std::string_view(R"("location":)").size();
  }
  result += tree.substr(done);
  return result;
}

Json tree_of(const std::string& text, const PsqlItem& s) {
  refuse_nul(text, s);
  const auto result = pg_query_parse(text.c_str());
  std::optional<SqlSyntaxError> error;
  Json tree;
  if (result.error != nullptr) {
    error = made_ours(*result.error, text, s);
  } else {
    tree = Json::parse(with_negative_numbers(result.parse_tree, text), nullptr, false);
  }
  pg_query_free_parse_result(result);
  if (error) throw SqlSyntaxError(*error);
  if (tree.is_discarded()) throw SqlSyntaxError{"a byte that is no UTF-8", s.tokens.front().span};
  return tree;
}

// --- What is new in version 16 ------------------------------------------------------------------

void blank(std::string& text, const PsqlItem& s, Span span) {
  for (auto at = span.begin; at < span.end; ++at) text[at - s.span.begin] = ' ';
}

struct TakenOptions {
  MembershipOptions options;
  std::string unknown;  // one that no version knows: refused once the rest has been parsed
};

void set_option(TakenOptions& taken, const SqlToken& name, bool value, int major) {
  auto& options = taken.options;
  auto* const slot = name.text == "admin"     ? &options.admin
                     : name.text == "inherit" ? &options.inherit
                     : name.text == "set"     ? &options.set
                                              : nullptr;
  if (major < 16 && (name.text != "admin" || !value)) {
    throw SqlSyntaxError{"syntax error", name.span};
  }
  if (slot != nullptr) {
    *slot = value;
  } else if (taken.unknown.empty()) {
    taken.unknown = name.text;
  }
}

/// Reads `WITH ADMIN OPTION, INHERIT FALSE` of a GRANT of roles and blanks it in `text`.
TakenOptions take_granted_options(std::string& text, const PsqlItem& s, int major) {
  TakenOptions options;
  const auto& t = s.tokens;
  auto at = static_cast<std::size_t>(
      std::find_if(t.begin(), t.end(), [](const auto& token) { return token.is("with"); }) -
      t.begin());
  const auto first = at;
  while (at + 2 < t.size() && (t[at + 1].kind == Token::word || t[at + 1].kind == Token::quoted)) {
    const auto& value = t[at + 2];
    if (!value.is("true") && !value.is("false") && !value.is("option")) break;
    if (major < 16 && !value.is("option")) throw SqlSyntaxError{"syntax error", value.span};
    set_option(options, t[at + 1], !value.is("false"), major);
    at += 3;
    const bool more = at < t.size() && text[t[at].span.begin - s.span.begin] == ',';
    if (more && major < 16) throw SqlSyntaxError{"syntax error", t[at].span};
    if (!more) {
      blank(text, s, {t[first].span.begin, t[at - 1].span.end});
      break;
    }
  }
  return options;
}

/// Reads `INHERIT OPTION FOR` of a REVOKE of roles and blanks it in `text`.
TakenOptions take_revoked_option(std::string& text, const PsqlItem& s, int major) {
  TakenOptions options;
  const auto& t = s.tokens;
  const bool has = t.size() > 3 && t[2].is("option") && t[3].is("for") && !t[1].is("grant");
  if (!has) return options;
  set_option(options, t[1], true, major);
  blank(text, s, {t[1].span.begin, t[3].span.end});
  return options;
}

/// The grammar before version 16 forgets who granted what is revoked, as the server did: read
/// once more as what a GRANT says. A statement that is none any more was none before.
std::string as_grant(const std::string& text, const PsqlItem& s) {
  const auto& t = s.tokens;
  for (auto i = t.size(); i-- > 2;) {
    if (!t[i - 2].is("granted") || !t[i - 1].is("by")) continue;
    const auto end = t[i].span.end - s.span.begin;
    const auto begin = t[i - 2].span.begin - s.span.begin;
    return "GRANT a TO b " + text.substr(begin, end - begin);
  }
  return "";
}

// --- What is new in version 18 ------------------------------------------------------------------

/// Writes SCHEMAS where ALTER DEFAULT PRIVILEGES says LARGE OBJECTS.
bool take_large_objects(std::string& text, const PsqlItem& s) {
  const auto& t = s.tokens;
  if (t.size() < 3 || !t[0].is("alter") || !t[1].is("default") || !t[2].is("privileges")) {
    return false;
  }
  for (std::size_t i = 3; i + 2 < t.size(); ++i) {
    if (!t[i].is("on") || !t[i + 1].is("large") || !t[i + 2].is("objects")) continue;
    const Span words{t[i + 1].span.begin, t[i + 2].span.end};
    blank(text, s, words);
    text.replace(words.begin - s.span.begin, 7, "SCHEMAS");
    return true;
  }
  return false;
}

// --- Parse trees --------------------------------------------------------------------------------

const Json& only_statement(const Json& tree) {
  static const Json nothing = Json::object();
  const auto& statements = list_at(tree, "stmts");
  return statements.empty() ? nothing : statements.front().at("stmt");
}

std::optional<RoleName> grantor_of(const Json& node) {
  const auto grant = node.find("GrantRoleStmt");
  if (grant == node.end() || !grant->contains("grantor")) return std::nullopt;
  return role_name((*grant)["grantor"]);
}

SqlTree tree_or_error(const char* tree, const PgQueryError* error) {
  if (error == nullptr) return {tree, ""};
  const std::string_view said = error->message;
  return {"", std::string(said.substr(0, said.find(" at ")))};
}

}  // namespace

std::optional<SqlSyntaxError> sql_syntax_error(std::string_view script, const PsqlItem& s) {
  const auto text = statement_text(script, s);
  if (text.find('\0') != std::string::npos) return SqlSyntaxError{"a NUL byte", {}};
  const auto result = pg_query_split_with_parser(text.c_str());
  std::optional<SqlSyntaxError> error;
  if (result.error != nullptr) error = made_ours(*result.error, text, s);
  pg_query_free_split_result(result);
  return error;
}

SqlNode statement_tree(std::string_view script, const PsqlItem& s, int major) {
  auto text = statement_text(script, s);
  const bool of_large_objects = major >= 18 && take_large_objects(text, s);
  auto tree = only_statement(tree_of(text, s));
  if (of_large_objects && tree.contains("AlterDefaultPrivilegesStmt")) {
    tree["AlterDefaultPrivilegesStmt"]["action"]["objtype"] = "OBJECT_LARGEOBJECT";
  }
  return tree;
}

// What stands in a level of parentheses without a comma may be one chain of operators.
bool is_shallow(std::string_view script, const PsqlItem& s) {
  constexpr std::size_t deepest = 3000;
  std::vector<std::size_t> levels(1);
  std::size_t depth = 0;
  for (const auto& token : s.tokens) {
    const char c = token.kind == Token::symbol ? script[token.span.begin] : ' ';
    if (c == '(' || c == '[') {
      levels.push_back(0);
    } else if ((c == ')' || c == ']') && levels.size() > 1) {
      depth -= levels.back();
      levels.pop_back();
    } else if (c == ',') {
      depth -= levels.back();
      levels.back() = 0;
      continue;
    }
    ++levels.back();
    if (++depth > deepest) return false;
  }
  return true;
}

SqlStatement parse_sql(std::string_view script, const PsqlItem& s, int major) {
  auto text = statement_text(script, s);
  TakenOptions taken;
  const bool of_roles = !s.has_word("on");
  const bool revokes = of_roles && s.tokens.front().is("revoke");
  if (revokes) taken = take_revoked_option(text, s, major);
  if (of_roles && s.tokens.front().is("grant")) taken = take_granted_options(text, s, major);
  SqlStatement result{only_statement(tree_of(text, s)), taken.options, std::nullopt};
  result.grantor = grantor_of(result.tree);
  if (!taken.unknown.empty()) {
    throw Refused(Condition::syntax_error,
                  fmt::format("unrecognized role option `{}`", taken.unknown), taken.unknown);
  }
  if (revokes) {
    const auto grant = major < 16 ? "" : as_grant(text, s);
    result.grantor = grant.empty() ? std::nullopt : grantor_of(only_statement(tree_of(grant, s)));
  }
  return result;
}

bool has_unknown_parts(std::string_view script, const PsqlItem& s) {
  for (std::size_t i = 0; i < s.tokens.size(); ++i) {
    if (s.tokens[i].kind != Token::variable) continue;
    const bool string = script[s.tokens[i].span.begin + 1] == '\'';
    if (!string || i == 0 || !s.tokens[i - 1].is("password")) return true;
  }
  return false;
}

// Expressions nest as deep as half their length, and the library calls itself for each: it stands
// almost three times this on the usual stack of 8 MiB.
constexpr std::size_t longest_code = std::size_t{1} << 16U;

SqlTree sql_tree(const std::string& text) {
  if (text.size() > longest_code) return {"", "is longer than is followed"};
  if (text.find('\0') != std::string::npos) return {"", "a NUL byte"};
  const auto result = pg_query_parse(text.c_str());
  auto tree = tree_or_error(result.parse_tree, result.error);
  pg_query_free_parse_result(result);
  tree.json = with_negative_numbers(tree.json, text);
  return tree;
}

SqlTree plpgsql_tree(const std::string& create_function) {
  if (create_function.find('\0') != std::string::npos) return {"", "a NUL byte"};
  const auto result = pg_query_parse_plpgsql(create_function.c_str());
  auto tree = tree_or_error(result.plpgsql_funcs, result.error);
  pg_query_free_plpgsql_parse_result(result);
  return tree;
}

bool is_newer_than_grammar(int major) { return major > PG_VERSION_NUM / 10000; }

}  // namespace pgleast
