#include "pg/identifier.hpp"

#include <algorithm>
#include <array>

namespace pgleast {
namespace {

struct Keyword {
  std::string_view word;
  int since;  // first major version that quotes it; 0: all of them
};

// Every word that pg_get_keywords() does not call unreserved, asked of servers 12 to 19.
// INVARIANT: sorted by word.
constexpr std::array<Keyword, 164> keywords{{
    // clang-format off
    {"all", 0}, {"analyse", 0}, {"analyze", 0}, {"and", 0}, {"any", 0}, {"array", 0}, {"as", 0},
    {"asc", 0}, {"asymmetric", 0}, {"authorization", 0}, {"between", 0}, {"bigint", 0},
    {"binary", 0}, {"bit", 0}, {"boolean", 0}, {"both", 0}, {"case", 0}, {"cast", 0}, {"char", 0},
    {"character", 0}, {"check", 0}, {"coalesce", 0}, {"collate", 0}, {"collation", 0},
    {"column", 0}, {"concurrently", 0}, {"constraint", 0}, {"create", 0}, {"cross", 0},
    {"current_catalog", 0}, {"current_date", 0}, {"current_role", 0}, {"current_schema", 0},
    {"current_time", 0}, {"current_timestamp", 0}, {"current_user", 0}, {"dec", 0},
    {"decimal", 0}, {"default", 0}, {"deferrable", 0}, {"desc", 0}, {"distinct", 0}, {"do", 0},
    {"else", 0}, {"end", 0}, {"except", 0}, {"exists", 0}, {"extract", 0}, {"false", 0},
    {"fetch", 0}, {"float", 0}, {"for", 0}, {"foreign", 0}, {"freeze", 0}, {"from", 0},
    {"full", 0}, {"grant", 0}, {"greatest", 0}, {"group", 0}, {"grouping", 0}, {"having", 0},
    {"ilike", 0}, {"in", 0}, {"initially", 0}, {"inner", 0}, {"inout", 0}, {"int", 0},
    {"integer", 0}, {"intersect", 0}, {"interval", 0}, {"into", 0}, {"is", 0}, {"isnull", 0},
    {"join", 0}, {"json", 17}, {"json_array", 16}, {"json_arrayagg", 16}, {"json_exists", 17},
    {"json_object", 16}, {"json_objectagg", 16}, {"json_query", 17}, {"json_scalar", 17},
    {"json_serialize", 17}, {"json_table", 17}, {"json_value", 17}, {"lateral", 0},
    {"leading", 0}, {"least", 0}, {"left", 0}, {"like", 0}, {"limit", 0}, {"localtime", 0},
    {"localtimestamp", 0}, {"merge_action", 17}, {"national", 0}, {"natural", 0}, {"nchar", 0},
    {"none", 0}, {"normalize", 13}, {"not", 0}, {"notnull", 0}, {"null", 0}, {"nullif", 0},
    {"numeric", 0}, {"offset", 0}, {"on", 0}, {"only", 0}, {"or", 0}, {"order", 0}, {"out", 0},
    {"outer", 0}, {"overlaps", 0}, {"overlay", 0}, {"placing", 0}, {"position", 0},
    {"precision", 0}, {"primary", 0}, {"real", 0}, {"references", 0}, {"returning", 0},
    {"right", 0}, {"row", 0}, {"select", 0}, {"session_user", 0}, {"setof", 0}, {"similar", 0},
    {"smallint", 0}, {"some", 0}, {"substring", 0}, {"symmetric", 0}, {"system_user", 16},
    {"table", 0}, {"tablesample", 0}, {"then", 0}, {"time", 0}, {"timestamp", 0}, {"to", 0},
    {"trailing", 0}, {"treat", 0}, {"trim", 0}, {"true", 0}, {"union", 0}, {"unique", 0},
    {"user", 0}, {"using", 0}, {"values", 0}, {"varchar", 0}, {"variadic", 0}, {"verbose", 0},
    {"when", 0}, {"where", 0}, {"window", 0}, {"with", 0}, {"xmlattributes", 0}, {"xmlconcat", 0},
    {"xmlelement", 0}, {"xmlexists", 0}, {"xmlforest", 0}, {"xmlnamespaces", 0}, {"xmlparse", 0},
    {"xmlpi", 0}, {"xmlroot", 0}, {"xmlserialize", 0}, {"xmltable", 0},
    // clang-format on
}};

static_assert(std::is_sorted(keywords.begin(), keywords.end(),
                             [](const Keyword& a, const Keyword& b) { return a.word < b.word; }));

bool is_keyword(std::string_view name, int major) {
  const auto* const found =
      std::lower_bound(keywords.begin(), keywords.end(), name,
                       [](const Keyword& k, std::string_view word) { return k.word < word; });
  return found != keywords.end() && found->word == name && found->since <= major;
}

std::string doubled(std::string_view text, char quote) {
  std::string result;
  result.reserve(text.size() + 2);
  for (const char c : text) result.append(c == quote ? 2 : 1, c);
  return result;
}

}  // namespace

std::string quote_identifier(std::string_view name) { return '"' + doubled(name, '"') + '"'; }

std::string quote_literal(std::string_view text) {
  if (text.find('\\') == std::string_view::npos) return '\'' + doubled(text, '\'') + '\'';
  return "E'" + doubled(doubled(text, '\''), '\\') + '\'';
}

std::string shown_identifier(std::string_view name, int major) {
  const auto starts = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  const auto goes_on = [&](char c) { return starts(c) || (c >= '0' && c <= '9'); };
  const bool safe = !name.empty() && starts(name.front()) &&
                    std::all_of(name.begin(), name.end(), goes_on) && !is_keyword(name, major);
  return safe ? std::string(name) : quote_identifier(name);
}

std::string dollar_quote(std::string_view body) {
  std::string tag = "$pgleast$";
  while (body.find(tag) != std::string_view::npos) tag.insert(tag.size() - 1, "_");
  return tag + std::string(body) + tag;
}

}  // namespace pgleast
