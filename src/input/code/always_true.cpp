// Conditions that hold whatever is in the row, by the rules of SQL's three truths.

#include <nlohmann/json.hpp>

#include "input/code/code_reader.hpp"
#include "input/sql/code_text.hpp"
#include "input/sql/node.hpp"
#include "pg/setting_value.hpp"

namespace pgleast {
namespace {

using Tree = nlohmann::json;

/// What is known of a condition for every row: it may hang on the row.
enum class Truth { no, yes, null, unknown };

const Tree& part(const Tree& node, const char* key) {
  static const Tree nothing;
  const auto found = node.is_object() ? node.find(key) : node.end();
  return node.is_object() && found != node.end() ? *found : nothing;
}

/// Whether two trees are the same but for their places in the text. Not by calling itself, nor
/// by a copy, which does: trees nest deep.
bool same(const Tree& one, const Tree& two) {
  std::vector<std::pair<const Tree*, const Tree*>> todo{{&one, &two}};
  while (!todo.empty()) {
    const auto [a, b] = todo.back();
    todo.pop_back();
    if (a->type() != b->type() || a->size() != b->size()) return false;
    if (!a->is_structured()) {
      if (*a != *b) return false;
      continue;
    }
    if (a->is_array()) {
      for (std::size_t i = 0; i < a->size(); ++i) todo.emplace_back(&(*a)[i], &(*b)[i]);
      continue;
    }
    for (auto item = a->begin(); item != a->end(); ++item) {
      const auto other = b->find(item.key());
      if (other == b->end()) return false;
      if (item.key() != "location") todo.emplace_back(&*item, &*other);
    }
  }
  return true;
}

const Tree& constant_of(const Tree& node) { return part(node, "A_Const"); }

bool has_calls(const Tree& tree) {
  std::vector<const Tree*> todo{&tree};
  while (!todo.empty()) {
    const auto& node = *todo.back();
    todo.pop_back();
    if (node.is_object() && (node.contains("FuncCall") || node.contains("SubLink"))) return true;
    if (!node.is_structured()) continue;
    for (const auto& item : node) todo.push_back(&item);
  }
  return false;
}

/// bool_in looks past them.
std::string without_blanks(const std::string& text) {
  constexpr std::string_view blanks = " \t\n\v\f\r";
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

Truth negated(Truth t) { return t == Truth::yes ? Truth::no : t == Truth::no ? Truth::yes : t; }

class Condition {
 public:
  Truth of(const Tree& node) {
    if (--left_ < 0) return Truth::unknown;
    if (const auto& constant = part(node, "A_Const"); constant.is_object()) return value(constant);
    if (const auto& cast = part(node, "TypeCast"); cast.is_object()) return cast_of(cast);
    if (const auto& logic = part(node, "BoolExpr"); logic.is_object()) return logic_of(logic);
    if (const auto& test = part(node, "NullTest"); test.is_object()) return null_test(test);
    if (const auto& test = part(node, "BooleanTest"); test.is_object()) return boolean_test(test);
    if (const auto& e = part(node, "A_Expr"); e.is_object()) return comparison(e);
    if (const auto& link = part(node, "SubLink"); link.is_object()) return sublink(link);
    if (const auto& c = part(node, "CoalesceExpr"); c.is_object()) {
      return first_of(part(c, "args"));
    }
    return Truth::unknown;
  }

 private:
  /// `true`; before the grammar of version 15 it is a cast of 't'.
  static Truth value(const Tree& constant) {
    if (constant.value("isnull", false)) return Truth::null;
    const auto& truth = part(constant, "boolval");
    if (!truth.is_object()) return Truth::unknown;
    return truth.value("boolval", false) ? Truth::yes : Truth::no;
  }

  Truth cast_of(const Tree& cast) {
    const auto& names = part(part(cast, "typeName"), "names");
    const auto type = names.is_array() && !names.empty() ? string_of(names.back()) : "";
    if (type != "bool" && type != "boolean") return Truth::unknown;
    const auto text = part(part(part(cast, "arg"), "A_Const"), "sval");
    if (!text.is_object()) return of(part(cast, "arg"));
    const auto word = text.value("sval", std::string());
    const auto value = parse_bool(without_blanks(word));
    if (!value) return Truth::unknown;
    return *value ? Truth::yes : Truth::no;
  }

  Truth first_of(const Tree& arguments) {
    return arguments.is_array() && !arguments.empty() ? of(arguments.front()) : Truth::unknown;
  }

  Truth logic_of(const Tree& logic) {
    const auto op = logic.value("boolop", std::string());
    const auto& args = part(logic, "args");
    if (op == "NOT_EXPR") return negated(first_of(args));
    const bool is_and = op == "AND_EXPR";
    auto result = is_and ? Truth::yes : Truth::no;
    for (const auto& arg : args) {
      const auto t = of(arg);
      if (t == (is_and ? Truth::no : Truth::yes)) return t;
      if (t == (is_and ? Truth::yes : Truth::no)) continue;
      result = result == Truth::null && t == Truth::null ? Truth::null : t;
    }
    return !is_and && result == Truth::unknown && tests_both(args) ? Truth::yes : result;
  }

  /// `x IS NULL OR x IS NOT NULL`, where x is the same each time.
  static bool tests_both(const Tree& args) {
    std::vector<const Tree*> nulls, others;
    for (const auto& arg : args) {
      const auto& test = part(arg, "NullTest");
      if (!test.is_object() || has_calls(test)) continue;
      const bool null = test.value("nulltesttype", std::string()) == "IS_NULL";
      (null ? nulls : others).push_back(&part(test, "arg"));
    }
    for (const auto* const n : nulls) {
      // A row is neither when some of it is null.
      if (!n->contains("ColumnRef")) continue;
      for (const auto* const o : others) {
        if (same(*n, *o)) return true;
      }
    }
    return false;
  }

  Truth null_test(const Tree& test) {
    const bool asks_null = test.value("nulltesttype", std::string()) == "IS_NULL";
    const auto& arg = part(test, "arg");
    const auto& constant = constant_of(arg);
    if (constant.is_object()) {
      return constant.value("isnull", false) == asks_null ? Truth::yes : Truth::no;
    }
    const auto t = of(arg);
    if (t == Truth::unknown) return t;
    return (t == Truth::null) == asks_null ? Truth::yes : Truth::no;
  }

  Truth boolean_test(const Tree& test) {
    const auto kind = test.value("booltesttype", std::string());
    const auto t = of(part(test, "arg"));
    if (t == Truth::unknown) return t;
    const bool is =
        (kind == "IS_TRUE" && t == Truth::yes) || (kind == "IS_NOT_TRUE" && t != Truth::yes) ||
        (kind == "IS_FALSE" && t == Truth::no) || (kind == "IS_NOT_FALSE" && t != Truth::no) ||
        (kind == "IS_UNKNOWN" && t == Truth::null) ||
        (kind == "IS_NOT_UNKNOWN" && t != Truth::null);
    return is ? Truth::yes : Truth::no;
  }

  /// Constants are compared where they are the same, and whole numbers by size.
  static Truth comparison(const Tree& e) {
    const auto& left = part(e, "lexpr");
    const auto& right = part(e, "rexpr");
    const auto kind = e.value("kind", std::string());
    if (kind == "AEXPR_NOT_DISTINCT") {
      return same(left, right) && !has_calls(left) ? Truth::yes : Truth::unknown;
    }
    const auto& names = part(e, "name");
    if (kind != "AEXPR_OP" || names.size() != 1) return Truth::unknown;
    const auto& string = part(names.front(), "String");
    const auto op = string.value("sval", string.value("str", std::string()));
    if (is_never_null(left) && same(left, right)) {
      if (op == "=" || op == "<=" || op == ">=") return Truth::yes;
      if (op == "<>" || op == "<" || op == ">") return Truth::no;
    }
    const auto a = number(left), b = number(right);
    if (!a || !b) return Truth::unknown;
    if (op == "=") return *a == *b ? Truth::yes : Truth::no;
    if (op == "<>") return *a != *b ? Truth::yes : Truth::no;
    if (op == "<") return *a < *b ? Truth::yes : Truth::no;
    if (op == "<=") return *a <= *b ? Truth::yes : Truth::no;
    if (op == ">") return *a > *b ? Truth::yes : Truth::no;
    if (op == ">=") return *a >= *b ? Truth::yes : Truth::no;
    return Truth::unknown;
  }

  /// A constant, or who is asking.
  static bool is_never_null(const Tree& node) {
    if (const auto& cast = part(node, "TypeCast"); cast.is_object()) {
      return is_never_null(part(cast, "arg"));
    }
    const auto& constant = constant_of(node);
    return (constant.is_object() && !constant.value("isnull", false)) ||
           part(node, "SQLValueFunction").is_object();
  }

  static std::optional<long long> number(const Tree& node) {
    const auto& whole = part(constant_of(node), "ival");
    if (!whole.is_object()) return std::nullopt;
    return whole.value("ival", 0LL);  // a zero is left out
  }

  /// (SELECT true)
  Truth sublink(const Tree& link) {
    const auto& select = part(part(link, "subselect"), "SelectStmt");
    const bool plain = link.value("subLinkType", std::string()) == "EXPR_SUBLINK" &&
                       !select.contains("fromClause") && !select.contains("whereClause") &&
                       part(select, "targetList").size() == 1;
    if (!plain) return Truth::unknown;
    return of(part(part(part(select, "targetList").front(), "ResTarget"), "val"));
  }

  int left_ = 2000;  // conditions are small; what nests deeper hangs on the row for all we know
};

}  // namespace

bool is_always_true(const std::string& expression) {
  const auto value = tree_of_expression(expression);
  return !value.is_null() && Condition().of(value) == Truth::yes;
}

}  // namespace pgleast
