#include "input/replay/quiet_statement.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "input/replay/statements/statement_table.hpp"

namespace pgleast {
namespace {

bool ends_quietly(const SqlNode& node, bool has_triggers) {
  const auto kind = text_at(node, "kind");
  const bool commits = kind == "TRANS_STMT_COMMIT" || kind == "TRANS_STMT_COMMIT_PREPARED";
  return commits ? !has_triggers : kind != "TRANS_STMT_PREPARE";
}

/// Of plain columns, by the operators that their types have.
bool indexes_quietly(const SqlNode& node) {
  const auto& columns = list_at(node, "indexParams");
  return !node.contains("whereClause") &&
         std::all_of(columns.begin(), columns.end(), [](const SqlNode& item) {
           const auto& column = inside(item, "IndexElem");
           return !column.contains("expr") && !column.contains("opclass");
         });
}

bool is_quiet_constraint(const SqlNode& constraint) {
  const auto type = text_at(constraint, "contype");
  return type != "CONSTR_CHECK" && type != "CONSTR_EXCLUSION";
}

/// Whatever is computed for a new column is so for each row.
bool is_quiet_column(const SqlNode& column) {
  constexpr std::array computing{"CONSTR_DEFAULT", "CONSTR_CHECK", "CONSTR_GENERATED",
                                 "CONSTR_IDENTITY"};
  const auto& constraints = list_at(column, "constraints");
  return std::none_of(constraints.begin(), constraints.end(), [&](const SqlNode& item) {
    const auto type = text_at(inside(item, "Constraint"), "contype");
    return std::find(computing.begin(), computing.end(), type) != computing.end();
  });
}

bool is_quiet_command(const SqlNode& command) {
  constexpr std::array computing{"AT_AlterColumnType", "AT_AttachPartition",    "AT_AddInherit",
                                 "AT_DropInherit",     "AT_AddIdentity",        "AT_SetIdentity",
                                 "AT_DropIdentity",    "AT_DropExpression",     "AT_SetExpression",
                                 "AT_AddOf",           "AT_ValidateConstraint", "AT_SetLogged",
                                 "AT_SetUnLogged",     "AT_SetAccessMethod"};
  const auto type = text_at(command, "subtype");
  const auto& definition = node_at(command, "def");
  if (type == "AT_AddColumn") return is_quiet_column(inside(definition, "ColumnDef"));
  if (type == "AT_AddConstraint") return is_quiet_constraint(inside(definition, "Constraint"));
  return std::find(computing.begin(), computing.end(), type) == computing.end();
}

bool alters_quietly(const SqlNode& node) {
  constexpr std::array quiet{"OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_SEQUENCE"};
  const auto& commands = list_at(node, "cmds");
  return std::find(quiet.begin(), quiet.end(), text_at(node, "objtype")) != quiet.end() &&
         std::all_of(commands.begin(), commands.end(), [](const SqlNode& item) {
           return is_quiet_command(inside(item, "AlterTableCmd"));
         });
}

/// A sequence's numbers are in its row.
bool keeps_numbers(const SqlNode& node) {
  const auto& options = list_at(node, "options");
  return std::all_of(options.begin(), options.end(), [](const SqlNode& item) {
    return text_at(inside(item, "DefElem"), "defname") == "owned_by";
  });
}

}  // namespace

bool runs_no_code(const SqlNode& tree, bool has_triggers) {
  if (tree.empty()) return true;
  const auto& kind = tree.begin().key();
  const auto& node = tree.begin().value();
  if (kind == "TransactionStmt") return ends_quietly(node, has_triggers);
  if (kind == "ConstraintsSetStmt") return !has_triggers;
  if (kind == "DefineStmt") return text_at(node, "kind") == "OBJECT_TYPE";
  if (kind == "IndexStmt") return indexes_quietly(node);
  if (kind == "AlterTableStmt") return alters_quietly(node);
  if (kind == "AlterSeqStmt") return keeps_numbers(node);
  const auto* const row = find_statement(kind);
  return row != nullptr && (row->traits & traits::keeps_rows) != 0;
}

}  // namespace pgleast
