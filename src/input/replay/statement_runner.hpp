#pragma once
// One statement done to the cluster, wherever it comes from: a script, a DO block, the rows of
// `\gexec`. Throws Refused, Undecidable and SqlSyntaxError; then part of it may be done.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "input/replay/query/evaluator.hpp"
#include "input/replay/running_code.hpp"
#include "input/replay/statements/database_editor.hpp"
#include "input/replay/transactions.hpp"
#include "input/sql/psql_script.hpp"
#include "input/sql/role_statement.hpp"

namespace pgleast {

class StatementRunner {
 public:
  /// Keeps references.
  StatementRunner(Cluster& cluster, RoleEditor& roles, SqlCatalog& catalog,
                  Transactions& transactions, bool is_complete)
      : cluster_(cluster),
        roles_(roles),
        catalog_(catalog),
        databases_(cluster, roles, catalog),
        transactions_(transactions),
        code_(catalog, is_complete) {}

  /// None: apply_tree does it. After an error in a transaction its end alone.
  std::optional<SqlAction> action_of(std::string_view script, const PsqlItem& statement) const;
  void apply(const SqlAction& action, const PsqlItem& statement);
  void apply_tree(std::string_view script, const PsqlItem& statement);
  /// A DO block; `done` is told where each statement in it stands, after it.
  void run_block(std::string_view script, const PsqlItem& statement,
                 const std::function<void(std::size_t offset)>& done);
  /// What handlers of the last block took.
  std::vector<Refused> take_caught() { return std::exchange(caught_, {}); }
  /// Each statement of a text, which one statement put together.
  void run_text(const std::string& text);
  /// What a query of the catalogs finds.
  SqlRows rows_of(std::string_view script, const PsqlItem& statement) const;
  /// What the code that it runs may change. Throws SqlSyntaxError.
  MayChange may_change(std::string_view script, const PsqlItem& statement);
  /// Whether it may be refused for what it computes. Throws as may_fail does, and SqlSyntaxError.
  bool may_fail(std::string_view script, const PsqlItem& statement, bool is_followed);
  /// Of an INSERT: whether the server surely takes its rows, which are then known (sure_rows.hpp).
  bool takes_rows(std::string_view script, const PsqlItem& statement);
  /// Whether it surely leaves all rows as they are, so that what is known of them stays so.
  bool keeps_rows(std::string_view script, const PsqlItem& statement);
  /// Why what was done last, a block or a text, may have failed as a whole; empty: it has not.
  std::string take_doubt() { return std::exchange(doubt_, {}); }
  /// Of COPY ... FROM STDIN: whether data follow. Throws Refused and Undecidable.
  void check_copy(std::string_view script, const PsqlItem& statement);
  MayChange may_change_at_login() { return code_.at_login(); }
  void end_session() { prepared_.clear(); }
  /// A database that was there before the scripts.
  void take_as_there(const std::string& database);

 private:
  std::shared_ptr<const SqlNode> tree_of(std::string_view script, const PsqlItem& statement);
  std::optional<SqlAction> asked_by(std::string_view script, const PsqlItem& statement) const;
  void run_inner(std::string_view text, const PsqlItem& statement);
  void note_doubt(std::string_view text, const PsqlItem& statement, bool is_followed);
  void need_no_doubt(std::size_t mark) const;
  template <typename A>
  void apply_one(const A& action, const PsqlItem& statement);
  void apply_one(const CreateDatabase& action, const PsqlItem& statement);
  void apply_one(const DropDatabase& action, const PsqlItem& statement);
  void need_user() const;
  void need_database_owner(const std::string& name) const;
  void need_database_rights() const;
  void refuse_in_transaction(std::string_view what) const;

  Cluster& cluster_;
  RoleEditor& roles_;
  SqlCatalog& catalog_;
  DatabaseEditor databases_;
  Transactions& transactions_;
  RunningCode code_;
  std::map<std::string, std::vector<StatementUses>> prepared_;
  std::vector<Refused> caught_;
  std::string doubt_;
  std::shared_ptr<const SqlNode> tree_;  // of the last one: what is run in it has others
  std::string tree_text_;
  bool in_block_ = false;
};

}  // namespace pgleast
