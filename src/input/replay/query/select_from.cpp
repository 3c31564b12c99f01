// What SELECT reads from: catalogs, joins, functions, subqueries, and WHERE.
#include <fmt/format.h>

#include <string>
#include <utility>

#include "input/replay/query/catalog_rows.hpp"
#include "input/replay/query/evaluator.hpp"

namespace pgleast {
namespace {

std::string alias_of(const SqlNode& node, const std::string& otherwise) {
  const auto alias = text_at(node_at(node, "alias"), "aliasname");
  return alias.empty() ? otherwise : alias;
}

SqlNode record_row(const SqlRows& rows, std::size_t at) {
  auto row = SqlNode::object();
  for (std::size_t i = 0; i < rows.names.size(); ++i) row[rows.names[i]] = rows.rows[at][i];
  return row;
}

void rename_columns(SqlRows& rows, const SqlNode& alias) {
  const auto names = strings_of(list_at(alias, "colnames"));
  for (std::size_t i = 0; i < names.size() && i < rows.names.size(); ++i) rows.names[i] = names[i];
}

}  // namespace

SqlEvaluator::Frames SqlEvaluator::times(const Frames& left, const Frames& right) {
  Frames result;
  for (const auto& a : left) {
    for (const auto& b : right) {
      step();
      result.push_back(a);
      result.back().insert(result.back().end(), b.begin(), b.end());
    }
  }
  return result;
}

/// One frame without any range where there is no FROM.
SqlEvaluator::Frames SqlEvaluator::from(const SqlNode& items) {
  Frames result(1);
  for (const auto& item : items) {
    if (!item.contains("RangeFunction")) {
      result = times(result, range(item));
      continue;
    }
    Frames next;
    for (const auto& frame : result) {  // its arguments may be columns of what stands before it
      scopes_.push_back(&frame);
      const auto rows = times({frame}, range(item));
      scopes_.pop_back();
      next.insert(next.end(), rows.begin(), rows.end());
    }
    result = std::move(next);
  }
  return result;
}

SqlEvaluator::Frames SqlEvaluator::range(const SqlNode& item) {
  if (item.contains("RangeVar")) return relation(item["RangeVar"]);
  if (item.contains("JoinExpr")) return joined(item["JoinExpr"]);
  if (item.contains("RangeFunction")) return function_rows(item["RangeFunction"]);
  if (item.contains("RangeSubselect")) return subquery_rows(item["RangeSubselect"]);
  throw Undecidable{"what a query reads from"};
}

SqlEvaluator::Frames SqlEvaluator::relation(const SqlNode& range_var) {
  const auto name = relation_name(range_var);
  // A script's own table of that name hides none of pg_catalog.
  auto rows = catalog_rows(catalog_, name);
  if (!rows) throw Undecidable{fmt::format("what {} holds", name.name)};
  const auto alias = alias_of(range_var, name.name);
  Frames result;
  for (auto& row : *rows) {
    step();
    result.push_back({{alias, std::move(row)}});
  }
  return result;
}

SqlEvaluator::Frames SqlEvaluator::subquery_rows(const SqlNode& range_subselect) {
  auto rows = query(node_at(range_subselect, "subquery"));
  rename_columns(rows, node_at(range_subselect, "alias"));
  Frames result;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    result.push_back({{alias_of(range_subselect, ""), record_row(rows, i)}});
  }
  return result;
}

SqlEvaluator::Frames SqlEvaluator::function_rows(const SqlNode& range_function) {
  const auto& functions = list_at(range_function, "functions");
  if (functions.size() != 1 || truth_at(range_function, "ordinality")) {
    throw Undecidable{"functions in FROM"};
  }
  const auto& items = items_of(functions.front());
  const auto& node = items.empty() ? SqlNode() : items.front();
  if (!node.is_object() || !node.contains("FuncCall")) throw Undecidable{"what stands in FROM"};
  const auto& function = node["FuncCall"];
  const auto name = qualified_name_of(list_at(function, "funcname")).name;
  const auto arguments = values(list_at(function, "args"));
  const auto alias = alias_of(range_function, name);
  const auto names = strings_of(list_at(node_at(range_function, "alias"), "colnames"));
  const auto column_name = names.empty() ? alias : names.front();
  auto list = SqlNode::array();
  if (name == "generate_series" && arguments.size() == 2 && arguments[0].is_number() &&
      arguments[1].is_number()) {
    const auto last = arguments[1].get<std::int64_t>();
    for (auto i = arguments[0].get<std::int64_t>(); i <= last; ++i) {
      step();
      list.push_back(i);
    }
  } else if ((name == "unnest" || name == "aclexplode") && arguments.size() == 1) {
    if (is_unseen(arguments[0])) throw Undecidable{"what the server has itself"};
    if (arguments[0].is_array()) list = arguments[0];
  } else {
    throw Undecidable{fmt::format("{}() in FROM", name)};
  }
  Frames result;
  for (const auto& item : list) {
    result.push_back({{alias, name == "aclexplode" ? item : SqlNode{{column_name, item}}}});
  }
  return result;
}

SqlEvaluator::Frames SqlEvaluator::joined(const SqlNode& join) {
  const auto type = text_at(join, "jointype");
  const bool keeps = type == "JOIN_LEFT";
  const bool known = keeps || type == "JOIN_INNER" || type.empty();
  if (!known || truth_at(join, "isNatural")) throw Undecidable{"a join of another kind"};
  const auto merged = strings_of(list_at(join, "usingClause"));
  const auto left = range(node_at(join, "larg"));
  const auto& right_item = node_at(join, "rarg");
  const bool lateral = right_item.contains("RangeFunction");
  const auto right = lateral ? Frames() : range(right_item);
  Frames result;
  for (const auto& frame : left) {
    scopes_.push_back(&frame);
    const auto rows = lateral ? range(right_item) : right;
    scopes_.pop_back();
    bool any = false;
    for (const auto& both : times({frame}, rows)) {
      bool fits = !join.contains("quals") || matches(both, join["quals"]);
      for (const auto& name : merged) {
        fits = fits &&
               both.front().row.value(name, SqlNode()) == both.back().row.value(name, SqlNode());
      }
      if (fits) result.push_back(both);
      any = any || fits;
    }
    if (any || !keeps) continue;
    result.push_back(frame);
    result.back().push_back({alias_of(right_item.value("RangeVar", SqlNode::object()), ""), {}});
  }
  return result;
}

bool SqlEvaluator::matches(const Frame& frame, const SqlNode& condition) {
  scopes_.push_back(&frame);
  const auto depth = scopes_.size();
  const bool result = [&] {
    try {
      return holds(condition);
    } catch (const Undecidable&) {
      scopes_.resize(depth - 1);
      throw;
    }
  }();
  scopes_.pop_back();
  return result;
}

bool SqlEvaluator::holds(const SqlNode& condition) {
  const auto result = value(condition);
  return result.is_boolean() && result.get<bool>();
}

}  // namespace pgleast
