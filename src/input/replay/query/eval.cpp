// SELECT over the catalogs, row by row: FROM, joins, WHERE, expressions, aggregates.
#include "input/replay/query/eval.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "input/replay/query/catalog_rows.hpp"
#include "input/replay/query/query.hpp"

namespace pgleast {
namespace {

constexpr std::size_t most_steps = 2000000;  // values and rows that one query may look at
constexpr int deepest_expression = 200;

std::string alias_of(const SqlNode& node, const std::string& otherwise) {
  const auto alias = text_at(node_at(node, "alias"), "aliasname");
  return alias.empty() ? otherwise : alias;
}

bool is_aggregate(const SqlNode& value) {
  constexpr std::array<std::string_view, 6> names{"count",   "string_agg", "array_agg",
                                                  "bool_or", "max",        "min"};
  if (!value.contains("FuncCall")) return false;
  const auto name = qualified_name_of(list_at(value["FuncCall"], "funcname")).name;
  return std::find(names.begin(), names.end(), name) != names.end();
}

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

void SqlEvaluator::step(std::size_t count) {
  steps_ += count;
  if (steps_ > most_steps) throw Undecidable{"a query that looks at too much"};
}

// --- Queries ------------------------------------------------------------------------------------

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

// --- FROM ---------------------------------------------------------------------------------------

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

// --- Expressions --------------------------------------------------------------------------------

std::vector<SqlNode> SqlEvaluator::values(const SqlNode& list) {
  std::vector<SqlNode> result;
  for (const auto& item : list) result.push_back(value(item));
  return result;
}

SqlNode SqlEvaluator::value(const SqlNode& node) {
  step();
  if (!node.is_object() || node.empty()) throw Undecidable{"an expression"};
  if (++depth_ > deepest_expression) throw Undecidable{"an expression that is too deep"};
  const auto& kind = node.begin().key();
  const auto& inner = node.begin().value();
  const auto result = [&]() -> SqlNode {
    if (kind == "A_Const") return constant(inner);
    if (kind == "ColumnRef") return column(list_at(inner, "fields"));
    if (kind == "A_Expr") return operation(inner);
    if (kind == "BoolExpr") return boolean(inner);
    if (kind == "NullTest") return null_test(inner);
    if (kind == "FuncCall") return call(inner);
    if (kind == "TypeCast") return cast(inner);
    if (kind == "SubLink") return sublink(inner);
    if (kind == "CaseExpr") return case_value(inner);
    if (kind == "SQLValueFunction") return session_value(inner);
    if (kind == "A_ArrayExpr") return values(list_at(inner, "elements"));
    if (kind == "CollateClause") return value(node_at(inner, "arg"));
    if (kind == "CoalesceExpr") {
      for (const auto& item : list_at(inner, "args")) {
        auto one = value(item);
        if (!one.is_null()) return one;
      }
      return nullptr;
    }
    throw Undecidable{fmt::format("an expression ({})", kind)};
  };
  auto found = result();
  --depth_;
  if (is_unseen(found)) throw Undecidable{"what the server has itself"};
  return found;
}

/// It may be unseen.
SqlNode SqlEvaluator::operand(const SqlNode& node) {
  if (node.contains("ColumnRef")) return column(list_at(node["ColumnRef"], "fields"));
  const auto& inner = node_at(node_at(node, "TypeCast"), "arg");
  const bool of_column = inner.contains("ColumnRef");
  if (of_column && is_unseen(operand(inner))) return operand(inner);
  return value(node);
}

/// `=` or `<>` of what is unseen, where its kind decides.
SqlNode SqlEvaluator::compared(const std::string& name, const SqlNode& left, const SqlNode& right) {
  const bool texts = left.is_string() && right.is_string();
  const auto length = [](const SqlNode& text) { return text.get_ref<const std::string&>().size(); };
  if (texts && name.find('~') != std::string::npos) step(length(left) * length(right) / 64);
  if (!is_unseen(left)) return operated(name, left, right);
  const bool known = (name == "=" || name == "<>") && right.is_string() &&
                     !may_be(left, right.get<std::string>(), catalog_.major());
  if (!known) throw Undecidable{"what the server has itself"};
  return name == "<>";
}

SqlNode SqlEvaluator::constant(const SqlNode& node) const {
  if (truth_at(node, "isnull") || node.value("val", SqlNode()).contains("Null")) return nullptr;
  const auto& old = node_at(node, "val");
  if (node.contains("sval") || old.contains("String")) {
    return word_of({{"A_Const", node}});
  }
  if (node.contains("boolval")) return truth_at(node["boolval"], "boolval");
  const auto at = node.value("location", std::size_t{0});
  const auto written = text_.substr(std::min(at, text_.size()));
  std::int64_t number = 0;
  const auto read = std::from_chars(written.data(), written.data() + written.size(), number);
  if (read.ec != std::errc()) throw Undecidable{"a number"};
  if (read.ptr != written.data() + written.size() && (*read.ptr == '.' || *read.ptr == 'e')) {
    throw Undecidable{"a number with a fraction"};
  }
  return number;
}

SqlNode SqlEvaluator::column(const SqlNode& fields) const {
  auto names = strings_of(fields);
  while (names.size() > 2) names.erase(names.begin());
  if (names.empty()) throw Undecidable{"*"};
  for (auto frame = scopes_.rbegin(); frame != scopes_.rend(); ++frame) {
    for (const auto& range : **frame) {
      const bool here = names.size() == 1 || range.alias == names.front();
      if (here && range.row.is_null() && names.size() == 2) return nullptr;
      if (here && range.row.contains(names.back())) return range.row[names.back()];
    }
    for (const auto& range : **frame) {
      if (names.size() == 1 && range.alias == names.front()) return range.row;
    }
  }
  const auto variable = variables_.find(names.front());
  if (variable != variables_.end()) {
    if (names.size() == 1) return variable->second;
    if (variable->second.is_object() && variable->second.contains(names.back())) {
      return variable->second[names.back()];
    }
  }
  throw Undecidable{fmt::format("column {}", names.back())};
}

SqlNode SqlEvaluator::operation(const SqlNode& node) {
  const auto kind = text_at(node, "kind");
  const auto name = qualified_name_of(list_at(node, "name")).name;
  if (kind == "AEXPR_IN" || kind == "AEXPR_OP_ANY" || kind == "AEXPR_OP_ALL") return in_list(node);
  if (!node.contains("lexpr")) {
    const auto only = value(node_at(node, "rexpr"));
    if (name == "-" && only.is_number()) return -only.get<std::int64_t>();
    throw Undecidable{"operator " + name};
  }
  const auto left = operand(node["lexpr"]);
  if (kind == "AEXPR_BETWEEN" || kind == "AEXPR_NOT_BETWEEN") {
    const auto& ends = items_of(node_at(node, "rexpr"));
    const auto least = value(ends.at(0));
    const auto most = value(ends.at(1));
    if (left.is_null() || least.is_null() || most.is_null()) return nullptr;
    const bool between = operated(">=", left, least) == true && operated("<=", left, most) == true;
    return between == (kind == "AEXPR_BETWEEN");
  }
  const auto right = value(node_at(node, "rexpr"));
  if (kind == "AEXPR_DISTINCT" || kind == "AEXPR_NOT_DISTINCT") {
    const bool nulls = left.is_null() || right.is_null();
    const bool same =
        nulls ? left.is_null() == right.is_null() : operated("=", left, right) == true;
    return same == (kind == "AEXPR_NOT_DISTINCT");
  }
  if (left.is_null() || right.is_null()) return nullptr;
  if (kind == "AEXPR_NULLIF") return compared("=", left, right) == true ? SqlNode() : left;
  return compared(name, left, right);
}

SqlNode SqlEvaluator::in_list(const SqlNode& node) {
  const bool in = text_at(node, "kind") == "AEXPR_IN";
  const bool all = text_at(node, "kind") == "AEXPR_OP_ALL";
  const auto name = qualified_name_of(list_at(node, "name")).name;
  const auto left = operand(node_at(node, "lexpr"));
  auto list =
      in ? SqlNode(values(items_of(node_at(node, "rexpr")))) : value(node_at(node, "rexpr"));
  if (left.is_null() || list.is_null()) return nullptr;
  if (!list.is_array()) throw Undecidable{"a list"};
  const bool every = all || (in && name == "<>");
  bool null = false;
  for (const auto& item : list) {
    if (item.is_null()) {
      null = true;
    } else if ((compared(name, left, item) == true) != every) {
      return !every;
    }
  }
  return null ? SqlNode() : SqlNode(every);
}

/// What decides by itself decides, whatever the rest would be.
SqlNode SqlEvaluator::boolean(const SqlNode& node) {
  const auto kind = text_at(node, "boolop");
  const auto& arguments = list_at(node, "args");
  if (kind == "NOT_EXPR") {
    const auto inner = value(arguments.at(0));
    return inner.is_null() ? inner : SqlNode(inner != true);
  }
  const bool decisive = kind == "OR_EXPR";
  bool null = false;
  std::optional<Undecidable> unknown;
  for (const auto& item : arguments) {
    const auto scopes = scopes_.size();
    const auto depth = depth_;
    try {
      const auto one = value(item);
      if (one == decisive) return decisive;
      null = null || one.is_null();
    } catch (const Undecidable& e) {
      scopes_.resize(scopes);
      depth_ = depth;
      unknown = e;
    }
  }
  if (unknown) throw Undecidable(*unknown);
  return null ? SqlNode() : SqlNode(!decisive);
}

SqlNode SqlEvaluator::null_test(const SqlNode& node) {
  const bool null = value(node_at(node, "arg")).is_null();
  return null == (text_at(node, "nulltesttype") != "IS_NOT_NULL");
}

SqlNode SqlEvaluator::call(const SqlNode& node) {
  const auto name = qualified_name_of(list_at(node, "funcname"));
  if (is_aggregate({{"FuncCall", node}})) throw Undecidable{"an aggregate in an expression"};
  bool of_server = name.schema.empty() || name.schema == "pg_catalog";
  if (name.schema.empty()) {
    for (const auto id : catalog_.find_functions(name)) {
      of_server = of_server && catalog_.at(catalog_.at(id).schema).name == "pg_catalog";
    }
  }
  if (!of_server) {
    throw Undecidable{fmt::format("what {}() does", name.name)};
  }
  return called(catalog_, name.name, values(list_at(node, "args")));
}

SqlNode SqlEvaluator::cast(const SqlNode& node) {
  const auto& type = node_at(node, "typeName");
  const auto name = qualified_name_of(list_at(type, "names")).name;
  auto inner = value(node_at(node, "arg"));
  if (inner.is_null()) return inner;
  if (!list_at(type, "arrayBounds").empty()) {
    if (inner.is_array()) return inner;
    throw Undecidable{"an array in a text"};
  }
  return cast_to(catalog_, name, inner);
}

SqlNode SqlEvaluator::sublink(const SqlNode& node) {
  const auto type = text_at(node, "subLinkType");
  const auto& select = node_at(node, "subselect");
  const auto rows = query(select);
  if (type == "EXISTS_SUBLINK") return !rows.rows.empty();
  auto list = SqlNode::array();
  for (const auto& row : rows.rows) list.push_back(row.empty() ? SqlNode() : row.front());
  if (type == "ARRAY_SUBLINK") return list;
  if (type == "EXPR_SUBLINK") {
    if (list.size() > 1) {
      throw Refused(Condition::cardinality_violation,
                    "more than one row returned by a subquery used as an expression");
    }
    return list.empty() ? SqlNode() : list.front();
  }
  if (type != "ANY_SUBLINK" || node.contains("operName")) throw Undecidable{"a subquery"};
  const auto left = value(node_at(node, "testexpr"));
  bool null = false;
  for (const auto& item : list) {
    null = null || item.is_null();
    if (!item.is_null() && operated("=", left, item) == true) return true;
  }
  return null ? SqlNode() : SqlNode(false);
}

SqlNode SqlEvaluator::case_value(const SqlNode& node) {
  const bool simple = node.contains("arg");
  const auto tested = simple ? value(node["arg"]) : SqlNode();
  for (const auto& item : list_at(node, "args")) {
    const auto& when = inside(item, "CaseWhen");
    const auto test = value(node_at(when, "expr"));
    const bool fits =
        simple ? !tested.is_null() && !test.is_null() && operated("=", tested, test) == true
               : test == true;
    if (fits) return value(node_at(when, "result"));
  }
  return node.contains("defresult") ? value(node["defresult"]) : SqlNode();
}

SqlNode SqlEvaluator::session_value(const SqlNode& node) const {
  const auto operation = text_at(node, "op");
  const auto& session = catalog_.session();
  const auto& cluster = catalog_.cluster();
  if (operation == "SVFOP_SESSION_USER") return cluster.role_name(session.session_user);
  if (operation == "SVFOP_CURRENT_CATALOG") return called(catalog_, "current_database", {});
  if (operation == "SVFOP_CURRENT_SCHEMA") return called(catalog_, "current_schema", {});
  const bool user = operation == "SVFOP_CURRENT_USER" || operation == "SVFOP_CURRENT_ROLE" ||
                    operation == "SVFOP_USER";
  if (!user) throw Undecidable{"the time"};
  return cluster.role_name(session.current_user);
}

}  // namespace pgleast
