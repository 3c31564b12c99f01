#pragma once
// What a statement calls, reads and writes, by its tree alone:
//
//   INSERT INTO t SELECT f(a) FROM v    calls f; writes t, INSERT; reads v
//   GRANT app TO PUBLIC                 changes roles
//   EXECUTE format('...')               in a body: may do anything
//
// Bodies of functions are statements, too. What the names stand for is not asked here.

#include <string>
#include <string_view>
#include <vector>

#include "input/replay/catalog/catalog.hpp"
#include "input/replay/statements/touched.hpp"
#include "input/sql/psql_script.hpp"

namespace pgleast {

struct StatementUses {
  struct Call {
    QualifiedName name;
    std::size_t arguments = 0;
    bool is_attribute = false;  // `row.f` may be f(row)
    bool operator==(const Call&) const = default;
  };
  struct Table {
    QualifiedName name;
    PrivilegeSet written;  // SELECT: read; none: its indexes and checks are computed
    bool operator==(const Table&) const = default;
  };
  Touched changes = touches::nothing;  // itself
  std::string why;                     // of what it changes, or why that is not known
  bool evaluates = false;              // operators, casts, input of values
  bool maintains_all = false;          // ANALYZE without a table
  bool fires_event_triggers = false;
  std::vector<Call> calls;
  std::vector<Table> tables;
  std::vector<QualifiedName> types;
  std::vector<std::string> executed;  // prepared statements

  bool operator==(const StatementUses&) const = default;
  void add(const StatementUses& other);
  void add_change(Touched touched, const std::string& because);
};

/// Of `{"InsertStmt": {...}}`. `is_followed`: what it says itself is done by other means, and
/// only what it runs counts.
StatementUses uses_of_tree(const SqlNode& tree, bool is_followed = false);
/// Of a text with any statements in it.
StatementUses uses_of_text(const std::string& text);
/// Of `CREATE RULE ...`: what its actions use.
StatementUses uses_of_rule(const std::string& text);
/// Of a function's body.
StatementUses uses_of_body(const EntityCode& code, const FunctionDetail& function);
/// `INSERT INTO t VALUES (1, 'x')` with nothing but constants, by its tokens.
bool is_plain_insert(std::string_view script, const PsqlItem& statement, StatementUses& uses);

}  // namespace pgleast
