#pragma once
// One statement of a script, parsed by libpg_query; its types and errors stop here.
//
//   GRANT readers TO app WITH INHERIT FALSE  ->  {"GrantRoleStmt": {...}}, {inherit: false}
//
// The grammar is that of the library's version, which may be older than the server's: the
// options of memberships since version 16 are read here.

#include <optional>
#include <string>
#include <string_view>

#include "input/sql/node.hpp"
#include "input/sql/psql_script.hpp"
#include "input/sql/role_statement.hpp"

namespace pgleast {

struct SqlSyntaxError {
  std::string message;  // without the place
  Span span;            // in the script; empty: at the end of the statement
};

/// Only whether the statement follows the grammar. Any expression may be in it.
std::optional<SqlSyntaxError> sql_syntax_error(std::string_view script, const PsqlItem& statement);

/// A statement's tree, empty for an empty statement, and what is read beside it.
struct SqlStatement {
  SqlNode tree;
  MembershipOptions options;        // of GRANT and REVOKE of a role
  std::optional<RoleName> grantor;  // of these
};
/// One about roles, databases, transactions or settings, as a server of that version reads it.
/// Throws SqlSyntaxError, and Refused for options that the server refuses. Only for statements
/// without expressions: the library overflows the stack on deep ones.
SqlStatement parse_sql(std::string_view script, const PsqlItem& statement, int major);

/// `{"CreateSchemaStmt": {...}}`; empty for an empty statement. Only for shallow statements.
/// Throws SqlSyntaxError.
SqlNode statement_tree(std::string_view script, const PsqlItem& statement, int major);

/// Whether no expression in it can be so deep that the library overflows the stack.
bool is_shallow(std::string_view script, const PsqlItem& statement);

/// psql fills something in that is not known, but for what stands after PASSWORD.
bool has_unknown_parts(std::string_view script, const PsqlItem& statement);

/// What the library makes of a text that is code, as JSON; or its message, without the place.
struct SqlTree {
  std::string json;
  std::string error;
};
/// Of statements with any expressions in them, up to a length that it can stand.
SqlTree sql_tree(const std::string& text);
/// Of the body of `CREATE FUNCTION ... LANGUAGE plpgsql`.
SqlTree plpgsql_tree(const std::string& create_function);

/// Whether statements of that version may be new to the library's grammar.
bool is_newer_than_grammar(int major);

}  // namespace pgleast
