// What an expression gives in a row: constants, columns, operators, functions, subqueries. What is
// not known throws, but where AND and OR are decided without it.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "input/replay/query/catalog_rows.hpp"
#include "input/replay/query/evaluator.hpp"
#include "input/replay/query/value.hpp"

namespace pgleast {
namespace {

constexpr std::size_t most_steps = 2000000;  // values and rows that one query may look at

}  // namespace

void SqlEvaluator::step(std::size_t count) {
  steps_ += count;
  if (steps_ > most_steps) throw Undecidable{"a query that looks at too much"};
}

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
