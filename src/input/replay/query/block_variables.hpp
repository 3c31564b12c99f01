#pragma once
// What the variables of a DO block hold while it runs, and what its expressions give:
//
//   DECLARE names text[]; r record; BEGIN FOR r IN SELECT ... LOOP EXECUTE format('...', r.name);

#include <map>
#include <optional>
#include <string>

#include "input/replay/query/evaluator.hpp"

namespace pgleast {

/// The text of a PLpgSQL_expr.
std::string text_in(const SqlNode& expression);
/// Of a datum.
const SqlNode& variable_in(const SqlNode& datum);

class BlockVariables {
 public:
  /// Keeps a reference.
  explicit BlockVariables(const SqlCatalog& catalog) : catalog_(catalog) {}

  /// All of a function, in their order: a default may speak of those before it.
  void declare(const SqlNode& datums);
  void set(const std::string& name, const SqlNode& value) { values_[name] = value; }
  /// Throws Undecidable where none is declared.
  SqlNode& named(const std::string& name);
  /// The name of a datum; empty: there is none.
  std::string name_of(std::size_t datum) const;
  /// `a := 1`, `r.a := 1`
  void assign(const std::string& text);
  /// INTO, and of each round of a loop; nulls where there is no row.
  void assign_row(const SqlNode& target, const SqlRows& rows, std::optional<std::size_t> at);

  SqlRows rows(const std::string& query);
  SqlNode value_of(const std::string& expression);
  SqlNode value(const SqlNode& expression) { return value_of(text_in(expression)); }
  bool holds(const SqlNode& expression) { return value(expression) == true; }

 private:
  struct Parsed {
    std::string text;
    SqlNode select;
  };
  const Parsed& parsed(const std::string& query);

  const SqlCatalog& catalog_;
  SqlNode datums_;
  SqlVariables values_;
  std::map<std::string, Parsed> parsed_;  // a loop asks again and again
  std::size_t steps_ = 0;                 // of all queries
};

}  // namespace pgleast
