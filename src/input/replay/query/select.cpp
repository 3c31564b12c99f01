// SELECT over the catalogs, row by row: UNION, VALUES, targets, aggregates, ORDER BY, LIMIT.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "input/replay/query/evaluator.hpp"
#include "input/replay/query/value.hpp"

namespace pgleast {
namespace {

const SqlNode& target_value(const SqlNode& item) {
  return node_at(inside(item, "ResTarget"), "val");
}

bool is_star(const SqlNode& value) {
  const auto& fields = list_at(node_at(value, "ColumnRef"), "fields");
  return !fields.empty() && fields.back().contains("A_Star");
}

/// FigureColname, of what is simple.
std::string name_of_target(const SqlNode& item) {
  const auto& target = inside(item, "ResTarget");
  auto given = text_at(target, "name");
  if (!given.empty()) return given;
  const auto& value = node_at(target, "val");
  if (value.contains("ColumnRef")) return string_of(list_at(value["ColumnRef"], "fields").back());
  if (value.contains("FuncCall")) {
    return qualified_name_of(list_at(value["FuncCall"], "funcname")).name;
  }
  if (value.contains("TypeCast")) {
    auto inner = SqlNode::object();
    inner["val"] = node_at(value["TypeCast"], "arg");
    return name_of_target(inner);
  }
  return "?column?";
}

}  // namespace

bool SqlEvaluator::is_aggregate(const SqlNode& value) {
  constexpr std::array<std::string_view, 6> names{"count",   "string_agg", "array_agg",
                                                  "bool_or", "max",        "min"};
  if (!value.contains("FuncCall")) return false;
  const auto name = qualified_name_of(list_at(value["FuncCall"], "funcname")).name;
  return std::find(names.begin(), names.end(), name) != names.end();
}

SqlRows SqlEvaluator::query(const SqlNode& node) {
  const auto& select = inside(node, "SelectStmt");
  for (const char* const part : {"withClause", "groupClause", "havingClause", "windowClause",
                                 "limitOffset", "intoClause", "lockingClause"}) {
    if (select.contains(part)) throw Undecidable{fmt::format("a query with {}", part)};
  }
  if (++depth_ > deepest_expression) throw Undecidable{"a query that is too deep"};
  const auto operation = text_at(select, "op");
  const bool united_queries = !operation.empty() && operation != "SETOP_NONE";
  auto result = united_queries ? united(select) : plain_query(select);
  --depth_;
  if (select.contains("distinctClause")) {
    std::sort(result.rows.begin(), result.rows.end());
    result.rows.erase(std::unique(result.rows.begin(), result.rows.end()), result.rows.end());
  }
  if (select.contains("limitCount")) {
    const auto most = value(select["limitCount"]);
    if (!most.is_number()) throw Undecidable{"LIMIT"};
    const auto count = std::max<std::int64_t>(0, most.get<std::int64_t>());
    if (result.rows.size() > static_cast<std::size_t>(count)) {
      result.rows.resize(static_cast<std::size_t>(count));
    }
  }
  return result;
}

SqlRows SqlEvaluator::united(const SqlNode& select) {
  if (text_at(select, "op") != "SETOP_UNION") throw Undecidable{"INTERSECT and EXCEPT"};
  auto result = query(node_at(select, "larg"));
  const auto other = query(node_at(select, "rarg"));
  result.rows.insert(result.rows.end(), other.rows.begin(), other.rows.end());
  if (!truth_at(select, "all")) {
    std::sort(result.rows.begin(), result.rows.end());
    result.rows.erase(std::unique(result.rows.begin(), result.rows.end()), result.rows.end());
  }
  return result;
}

SqlRows SqlEvaluator::values_lists(const SqlNode& lists) {
  SqlRows result;
  for (const auto& list : lists) {
    result.rows.push_back(values(items_of(list)));
    while (result.names.size() < result.rows.back().size()) {
      result.names.push_back(fmt::format("column{}", result.names.size() + 1));
    }
  }
  return result;
}

SqlRows SqlEvaluator::plain_query(const SqlNode& select) {
  const auto& lists = list_at(select, "valuesLists");
  if (!lists.empty()) return values_lists(lists);
  Frames frames;
  for (const auto& frame : from(list_at(select, "fromClause"))) {
    if (!select.contains("whereClause") || matches(frame, select["whereClause"])) {
      frames.push_back(frame);
    }
  }
  const auto& targets = list_at(select, "targetList");
  const bool aggregates = std::any_of(targets.begin(), targets.end(), [](const SqlNode& item) {
    return is_aggregate(target_value(item));
  });
  if (aggregates) return aggregated(targets, frames);
  SqlRows result;
  for (const auto& item : targets) {
    if (!is_star(target_value(item))) result.names.push_back(name_of_target(item));
  }
  for (const auto& frame : frames) add_row(targets, frame, result);
  sort(list_at(select, "sortClause"), frames, result);
  return result;
}

void SqlEvaluator::add_row(const SqlNode& targets, const Frame& frame, SqlRows& result) {
  std::vector<std::string> names;
  std::vector<SqlNode> row;
  scopes_.push_back(&frame);
  for (const auto& item : targets) {
    const auto& target = target_value(item);
    if (!is_star(target)) {
      names.push_back(name_of_target(item));
      row.push_back(value(target));
      continue;
    }
    const auto& fields = list_at(target["ColumnRef"], "fields");
    const auto of = fields.size() > 1 ? string_of(fields[fields.size() - 2]) : "";
    for (const auto& range : frame) {
      if (!of.empty() && range.alias != of) continue;
      for (const auto& [name, column_value] : range.row.items()) {
        names.push_back(name);
        row.push_back(column_value);
      }
    }
  }
  scopes_.pop_back();
  result.names = std::move(names);
  result.rows.push_back(std::move(row));
}

/// By what a key is: a number is a column of the result. Texts are put in the order of their
/// bytes, as nothing here hangs on more than that the order is always the same.
void SqlEvaluator::sort(const SqlNode& clause, const Frames& frames, SqlRows& result) {
  if (clause.empty()) return;
  std::vector<std::pair<std::vector<SqlNode>, std::size_t>> keys;
  for (std::size_t i = 0; i < result.rows.size(); ++i) {
    std::vector<SqlNode> key;
    scopes_.push_back(&frames[i]);
    for (const auto& item : clause) {
      const auto& node = node_at(inside(item, "SortBy"), "node");
      const auto given = node.contains("A_Const") ? value(node) : SqlNode();
      const auto place = given.is_number() ? given.get<std::size_t>() - 1 : result.names.size();
      const auto name = node.contains("ColumnRef") ? name_of_target({{"val", node}}) : "";
      const auto named = std::find(result.names.begin(), result.names.end(), name);
      if (place < result.names.size()) {
        key.push_back(result.rows[i][place]);
      } else if (named != result.names.end()) {
        key.push_back(result.rows[i][static_cast<std::size_t>(named - result.names.begin())]);
      } else {
        key.push_back(value(node));
      }
    }
    scopes_.pop_back();
    keys.emplace_back(std::move(key), i);
  }
  std::sort(keys.begin(), keys.end());
  std::vector<std::vector<SqlNode>> sorted;
  for (const auto& [key, at] : keys) sorted.push_back(std::move(result.rows[at]));
  result.rows = std::move(sorted);
}

SqlRows SqlEvaluator::aggregated(const SqlNode& targets, const Frames& frames) {
  SqlRows result;
  std::vector<SqlNode> row;
  for (const auto& item : targets) {
    const auto& target = target_value(item);
    if (!is_aggregate(target)) throw Undecidable{"GROUP BY"};
    result.names.push_back(name_of_target(item));
    row.push_back(aggregate(target["FuncCall"], frames));
  }
  result.rows.push_back(std::move(row));
  return result;
}

SqlNode SqlEvaluator::aggregate(const SqlNode& node, const Frames& frames) {
  for (const char* const part : {"agg_filter", "agg_distinct", "over"}) {
    if (node.contains(part)) throw Undecidable{"an aggregate with a condition"};
  }
  const auto name = qualified_name_of(list_at(node, "funcname")).name;
  std::vector<std::vector<SqlNode>> all;
  for (const auto& frame : frames) {
    scopes_.push_back(&frame);
    auto arguments = values(list_at(node, "args"));
    scopes_.pop_back();
    if (arguments.empty() || !arguments.front().is_null()) all.push_back(std::move(arguments));
  }
  if (name == "count") return all.size();
  std::sort(all.begin(), all.end());
  if (all.empty()) return nullptr;
  if (name == "min") return all.front().front();
  if (name == "max") return all.back().front();
  if (name == "bool_or") return all.back().front();
  if (name == "array_agg") {
    auto list = SqlNode::array();
    for (const auto& arguments : all) list.push_back(arguments.front());
    return list;
  }
  std::string text;
  for (const auto& arguments : all) {
    if (!text.empty()) text += text_of_value(arguments.at(1));
    text += text_of_value(arguments.front());
    text = short_text(std::move(text));
  }
  return text;
}

}  // namespace pgleast
