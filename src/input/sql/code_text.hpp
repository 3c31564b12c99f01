#pragma once
// Texts that are code, as libpg_query takes them apart, and the texts that lie in a function of
// PL/pgSQL:
//
//   total[i] := total[i] + NEW.amount;     an assignment: `total[i]`, ` total[i] + NEW.amount`
//   EXECUTE 'DROP TABLE ' || name;         an expression whose value is run

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "input/sql/node.hpp"

namespace pgleast {

struct TextTree {
  SqlNode statements;  // null where they are not understood
  std::string why;
};
TextTree tree_of_text(const std::string& text);
/// What lies in `place` of the first statement, a JSON pointer; null where it is not there.
SqlNode tree_in_text(const std::string& text, const std::string& place);
/// Of an expression; null where it is not understood.
SqlNode tree_of_expression(const std::string& text);

/// Whether a key of a tree is a statement: `SelectStmt`, but not `stmt`.
bool is_statement(std::string_view key);
/// `AlterTableStmt` -> ALTER TABLE.
std::string words_of_statement(std::string_view key);

struct PlpgsqlText {
  enum class Kind { expression, statement, assignment, dynamic } kind;
  std::string text;
};
using TakePlpgsqlNode = std::function<void(const std::string& key, const SqlNode& node)>;
/// All nodes of a function that hold texts, or say which variables there are; `key` is which
/// statement or variable it is, empty for one in a list of expressions.
void each_plpgsql_node(const SqlNode& function, const TakePlpgsqlNode& take);
std::vector<PlpgsqlText> texts_in(const std::string& key, const SqlNode& node);

struct Assignment {
  std::string target, value;
};
/// The first `=` or `:=` outside of brackets ends the target. None: there is none.
std::optional<Assignment> assignment_in(const std::string& text);

/// What the parser must know of a function: its parameters, and how it returns.
std::string plpgsql_head(const std::vector<std::string>& parameters, bool trigger,
                         bool returns_set);

}  // namespace pgleast
