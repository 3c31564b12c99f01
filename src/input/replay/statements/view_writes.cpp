#include "input/replay/statements/view_writes.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace pgleast {
namespace {

// Functions that make a query one of groups, or of more rows than there are. What others are is not
// known here.
constexpr std::array<std::string_view, 22> of_groups_or_sets{
    "array_agg",       "avg",        "bit_and",    "bit_or",        "bool_and", "bool_or",
    "count",           "every",      "json_agg",   "jsonb_agg",     "max",      "min",
    "stddev",          "string_agg", "sum",        "variance",      "xmlagg",   "generate_series",
    "json_object_agg", "unnest",     "jsonb_each", "regexp_matches"};

// Which leave the query as it is.
constexpr std::array<std::string_view, 12> plain{"abs",   "btrim",     "concat",  "length",
                                                 "lower", "md5",       "now",     "replace",
                                                 "round", "substring", "to_char", "upper"};

template <typename Names>
bool has(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

enum class Calls { none, known, not_known, grouping };

// Of a target list: subqueries in it do not count.
Calls calls_in(const SqlNode& node) {
  auto worst = Calls::none;
  if (node.is_object() && node.contains("SubLink")) return worst;
  if (node.is_object() && node.contains("FuncCall")) {
    const auto& call = node.at("FuncCall");
    if (call.contains("over") || call.contains("agg_star") || call.contains("agg_distinct") ||
        call.contains("agg_filter")) {
      return Calls::grouping;
    }
    const auto& name = call.at("funcname").back();
    const auto text = text_at(inside(name, "String"), "sval");
    worst = has(of_groups_or_sets, text) ? Calls::grouping
            : has(plain, text)           ? Calls::known
                                         : Calls::not_known;
  }
  if (node.is_structured()) {
    for (const auto& part : node) worst = std::max(worst, calls_in(part));
  }
  return worst;
}

bool has_plain_column(const SqlNode& targets) {
  return std::any_of(targets.begin(), targets.end(), [](const SqlNode& item) {
    return node_at(inside(item, "ResTarget"), "val").contains("ColumnRef");
  });
}

}  // namespace

std::optional<PrivilegeSet> passed_on_by(const SqlNode& query) {
  const auto& select = inside(query, "SelectStmt");
  for (const auto* const part :
       {"distinctClause", "groupClause", "havingClause", "withClause", "limitCount", "limitOffset",
        "windowClause", "valuesLists", "larg"}) {
    if (select.contains(part)) return PrivilegeSet();
  }
  const auto& from = list_at(select, "fromClause");
  if (from.size() != 1 || !from.front().contains("RangeVar")) return PrivilegeSet();
  const auto& targets = list_at(select, "targetList");
  switch (calls_in(targets)) {
    case Calls::grouping:
      return PrivilegeSet();
    case Calls::not_known:
      return std::nullopt;
    default:
      break;
  }
  const PrivilegeSet deleted(Privilege::delete_);
  return has_plain_column(targets) ? deleted | Privilege::insert | Privilege::update : deleted;
}

}  // namespace pgleast
