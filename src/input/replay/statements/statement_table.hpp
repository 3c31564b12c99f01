#pragma once
// What there is to know of a kind of statement, by the node that it is parsed to:
//
//   GrantRoleStmt   changes roles; read_grant_role says what it asks for
//   CopyStmt        changes nothing itself; what its query and its triggers call runs
//
// Before a statement is parsed, and where it cannot be, its first words say less:
// first_words.hpp.

#include <string_view>

#include "input/replay/catalog/catalog.hpp"
#include "input/replay/statements/touched.hpp"
#include "input/sql/action_reader.hpp"

namespace pgleast {

/// What else is to know of a kind, a set.
using Traits = unsigned;
namespace traits {
constexpr Traits none = 0;
constexpr Traits runs = 1;              // queries, expressions and functions in it, when it is done
constexpr Traits of_session = 2;        // what lies in the database need not be known
constexpr Traits sets_off = 4;          // event triggers, though it changes nothing known here
constexpr Traits sets_off_nothing = 8;  // no event triggers, though it changes objects
constexpr Traits never_fails = 16;
constexpr Traits keeps_rows = 32;  // it runs no code that may change rows; quiet_statement.hpp
}  // namespace traits

/// `CREATE SCHEMA`, ...: does it, or throws Refused or Undecidable; then part of it may be done.
using SqlApply = void (*)(SqlCatalog&, const SqlNode& node);

struct StatementRow {
  std::string_view node;
  Touched changes;  // itself
  Traits traits;
  SqlApply apply = nullptr;                            // null: no catalog follows it
  SqlActionRead (*read)(const ActionTree&) = nullptr;  // about roles, databases, transactions
};

/// Null: newer than all grammars that are known.
const StatementRow* find_statement(std::string_view node);

}  // namespace pgleast
