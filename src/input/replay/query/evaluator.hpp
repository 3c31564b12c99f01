#pragma once
// What an expression or a query about the catalogs gives, for scripts that ask before they act.
//
//   SELECT format('GRANT USAGE ON SCHEMA %I TO app', nspname) FROM pg_namespace
//    WHERE nspname !~ '^pg_'      ->  one row for each schema that the script has
//
// Values are JSON: null, truths, numbers, texts, arrays; a row is an object. Everything that hangs
// on what is not known throws Undecidable.

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "input/replay/catalog/catalog.hpp"

namespace pgleast {

using SqlVariables = std::map<std::string, SqlNode>;

struct SqlRows {
  std::vector<std::string> names;
  std::vector<std::vector<SqlNode>> rows;
};

class SqlEvaluator {
 public:
  /// Keeps references. `text` is what was parsed: the parser loses numbers below 1.
  SqlEvaluator(const SqlCatalog& catalog, const SqlVariables& variables, std::string_view text)
      : catalog_(catalog), variables_(variables), text_(text) {}

  /// Of a SelectStmt. Throws Undecidable and Refused.
  SqlRows query(const SqlNode& select);
  std::size_t steps() const { return steps_; }
  /// `current_database() || 'x'`
  SqlNode value(const SqlNode& expression);

 private:
  struct Range {
    std::string alias;
    SqlNode row;  // null: the missing side of a LEFT JOIN
  };
  using Frame = std::vector<Range>;
  using Frames = std::vector<Frame>;

  static constexpr int deepest_expression = 200;

  // select.cpp
  static bool is_aggregate(const SqlNode& value);
  SqlRows plain_query(const SqlNode& select);
  SqlRows united(const SqlNode& select);
  SqlRows values_lists(const SqlNode& lists);
  void add_row(const SqlNode& targets, const Frame& frame, SqlRows& result);
  void sort(const SqlNode& clause, const Frames& frames, SqlRows& result);
  SqlRows aggregated(const SqlNode& targets, const Frames& frames);
  SqlNode aggregate(const SqlNode& call, const Frames& frames);

  // select_from.cpp
  Frames from(const SqlNode& items);
  Frames range(const SqlNode& item);
  Frames relation(const SqlNode& range_var);
  Frames function_rows(const SqlNode& range_function);
  Frames subquery_rows(const SqlNode& range_subselect);
  Frames joined(const SqlNode& join);
  Frames times(const Frames& left, const Frames& right);
  bool matches(const Frame& frame, const SqlNode& condition);
  bool holds(const SqlNode& condition);

  // expression.cpp
  SqlNode constant(const SqlNode& node) const;
  SqlNode column(const SqlNode& fields) const;
  SqlNode operand(const SqlNode& node);
  SqlNode operation(const SqlNode& node);
  SqlNode compared(const std::string& name, const SqlNode& left, const SqlNode& right);
  SqlNode in_list(const SqlNode& node);
  SqlNode boolean(const SqlNode& node);
  SqlNode null_test(const SqlNode& node);
  SqlNode call(const SqlNode& node);
  SqlNode cast(const SqlNode& node);
  SqlNode sublink(const SqlNode& node);
  SqlNode case_value(const SqlNode& node);
  SqlNode session_value(const SqlNode& node) const;
  std::vector<SqlNode> values(const SqlNode& list);
  void step(std::size_t count = 1);

  const SqlCatalog& catalog_;
  const SqlVariables& variables_;
  std::string_view text_;
  std::vector<const Frame*> scopes_;
  std::size_t steps_ = 0;
  int depth_ = 0;
};

}  // namespace pgleast
