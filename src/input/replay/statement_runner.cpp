// A statement by its action or its tree, the texts that statements put together, and who may do
// what to roles and databases.
#include "input/replay/statement_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "input/replay/first_words.hpp"
#include "input/replay/may_fail.hpp"
#include "input/replay/query/do_block.hpp"
#include "input/replay/quiet_statement.hpp"
#include "input/replay/rows/sure_rows.hpp"
#include "input/replay/statements/object_statement.hpp"
#include "input/replay/statements/statement_table.hpp"
#include "input/sql/parser.hpp"

namespace pgleast {
namespace {

/// What BEGIN, SAVEPOINT and COMMIT are: nothing that a block may do.
bool is_of_transaction(const PsqlItem& s, const FirstWords& kind) {
  return kind.touched == touches::nothing && kind.followed == Followed::by_action &&
         !begins_with(s, "set") && !begins_with(s, "reset");
}

/// What a question about a statement comes to where the server refuses it, or the grammar.
struct Otherwise {
  bool refused, wrong;
};

/// False where it cannot be told.
template <typename Ask>
bool answer(Otherwise otherwise, Ask ask) {
  try {
    return ask();
  } catch (const Refused&) {
    return otherwise.refused;
  } catch (const Undecidable&) {
    return false;
  } catch (const SqlSyntaxError&) {
    return otherwise.wrong;
  }
}

/// The statement that a catalog is told of is again the one of before, whatever happens.
class InnerStatement {
 public:
  explicit InnerStatement(SqlCatalog& catalog) : catalog_(catalog), outer_(catalog.statement()) {}
  InnerStatement(const InnerStatement&) = delete;
  InnerStatement& operator=(const InnerStatement&) = delete;
  ~InnerStatement() { catalog_.set_statement(outer_); }

 private:
  SqlCatalog& catalog_;
  SqlCatalog::Statement outer_;
};

/// Of a statement in a block; one that was put together stands where its block does.
std::size_t place_in(std::string_view script, const PsqlItem& block, const std::string& statement) {
  const auto found = script.substr(0, block.span.end).find(statement, block.span.begin);
  return found == std::string_view::npos ? block.span.begin : found;
}

}  // namespace

/// A statement is looked at several times: before it is done, when it is, and afterwards.
std::shared_ptr<const SqlNode> StatementRunner::tree_of(std::string_view script,
                                                        const PsqlItem& s) {
  const auto text = script.substr(s.span.begin, s.span.end - s.span.begin);
  if (tree_ == nullptr || text != tree_text_) {
    tree_ = std::make_shared<const SqlNode>(statement_tree(script, s, cluster_.major()));
    tree_text_ = text;
  }
  return tree_;
}

std::optional<SqlAction> StatementRunner::asked_by(std::string_view script,
                                                   const PsqlItem& s) const {
  const auto parsed = parse_sql(script, s, cluster_.major());
  if (parsed.tree.empty()) return std::nullopt;
  const auto* const row = find_statement(parsed.tree.begin().key());
  if (row == nullptr || row->read == nullptr) return std::nullopt;
  return row->read({parsed.tree.begin().value(), script, s, parsed.options, parsed.grantor});
}

std::optional<SqlAction> StatementRunner::action_of(std::string_view script,
                                                    const PsqlItem& s) const {
  std::optional<SqlAction> action;
  try {
    action = asked_by(script, s);
  } catch (const Refused&) {
    if (!transactions_.has_failed()) throw;
  }
  const bool ends = action && std::holds_alternative<Transaction>(*action);
  if (!ends) transactions_.need_no_failure();
  return action;
}

void StatementRunner::apply(const SqlAction& action, const PsqlItem& s) {
  std::visit([&](const auto& a) { apply_one(a, s); }, action);
}

void StatementRunner::apply_tree(std::string_view script, const PsqlItem& s) {
  const auto tree = tree_of(script, s);
  transactions_.need_no_failure();
  if (tree->empty()) return;
  const auto* const row = find_statement(tree->begin().key());
  if (row == nullptr || row->apply == nullptr) throw Undecidable{called(s)};
  need_user();
  if ((row->traits & traits::of_session) == 0) catalog_.load_database();
  if (s.tokens.front().is("revoke") && s.has_word("pg_catalog")) {
    catalog_.server_rights_changed = true;
  }
  catalog_.set_statement({script, &s});
  row->apply(catalog_, tree->begin().value());
  catalog_.set_statement({});
}

template <typename A>
void StatementRunner::apply_one(const A& action, const PsqlItem&) {
  if constexpr (requires { transactions_.apply(action); }) {
    transactions_.apply(action);
  } else if constexpr (requires { roles_.apply(action); }) {
    need_user();
    roles_.apply(action);
  } else {
    if constexpr (requires { action.from; }) {
      need_database_owner(action.from);
    } else {
      need_database_owner(action.name);
    }
    need_database_rights();
    databases_.apply(action);
  }
}

void StatementRunner::apply_one(const CreateDatabase& action, const PsqlItem&) {
  refuse_in_transaction("CREATE DATABASE");
  need_database_rights();
  databases_.apply(action);
}

void StatementRunner::apply_one(const DropDatabase& action, const PsqlItem&) {
  refuse_in_transaction("DROP DATABASE");
  need_database_rights();
  databases_.apply(action);
}

MayChange StatementRunner::may_change(std::string_view script, const PsqlItem& s) {
  StatementUses uses;
  if (is_plain_insert(script, s, uses)) return code_.of(uses);
  for (const auto& token : s.tokens) {
    const bool filled_in = token.kind == SqlToken::Kind::variable;
    if (filled_in && script[token.span.begin + 1] != '\'') {
      return {touches::anything, "what psql fills in is not known"};
    }
  }
  if (!is_shallow(script, s)) return {touches::anything, "an expression that is too deep"};
  const auto tree = tree_of(script, s);
  if (tree->empty()) return {};
  if (tree->contains("PrepareStmt")) {
    const auto& statement = (*tree)["PrepareStmt"];
    prepared_[text_at(statement, "name")].push_back(uses_of_tree(node_at(statement, "query")));
    return {};
  }
  const auto* const kind = first_words_of(s);
  // Of a block that is asked for what may be done in it.
  const bool is_block = tree->contains("DoStmt");
  const bool is_followed =
      !is_block && (is_for_effect(s) || (kind != nullptr && kind->followed != Followed::no));
  uses = uses_of_tree(*tree, is_followed);
  for (const auto& name : std::vector(uses.executed)) {
    for (const auto& prepared : prepared_[name]) uses.add(prepared);
  }
  return code_.of(uses);
}

bool StatementRunner::may_fail(std::string_view script, const PsqlItem& s, bool is_followed) {
  if (has_unknown_parts(script, s) || !is_shallow(script, s)) return true;
  const auto tree = tree_of(script, s);
  catalog_.load_database();
  need_user();
  return pgleast::may_fail(catalog_, *tree, is_followed);
}

bool StatementRunner::takes_rows(std::string_view script, const PsqlItem& s) {
  if (has_unknown_parts(script, s) || !is_shallow(script, s)) return false;
  return answer({.refused = false, .wrong = false}, [&] {  // it is told when it is done
    const auto tree = tree_of(script, s);
    if (!tree->contains("InsertStmt") || catalog_.user() == no_role) return false;
    catalog_.load_database();
    return pgleast::takes_rows(catalog_, (*tree)["InsertStmt"], transactions_.is_doubtful());
  });
}

bool StatementRunner::keeps_rows(std::string_view script, const PsqlItem& s) {
  const auto any = [&](EntityKind kind) {
    const auto& all = catalog_.of_kind(kind);
    return std::any_of(all.begin(), all.end(), [&](EntityId id) { return catalog_.at(id).alive; });
  };
  if (s.executes_rows || any(EntityKind::event_trigger)) return false;
  if (s.tokens.front().is("insert")) return false;  // there may be very many
  if (s.tokens.front().is("select") && transactions_.is_open()) {
    return answer({.refused = true, .wrong = true}, [&] { return !may_fail(script, s, false); });
  }
  const auto* const kind = first_words_of(s);
  if (kind == nullptr || has_unknown_parts(script, s) || !is_shallow(script, s)) return false;
  return answer({.refused = true, .wrong = false}, [&] {
    if (!is_by_tree(s, *kind)) {
      const auto statement = parse_sql(script, s, cluster_.major());
      return runs_no_code(statement.tree, any(EntityKind::trigger));
    }
    const auto tree = tree_of(script, s);
    return runs_no_code(*tree, any(EntityKind::trigger)) || finds_no_rows(catalog_, *tree);
  });
}

void StatementRunner::note_doubt(std::string_view text, const PsqlItem& s, bool is_followed) {
  try {
    if (!may_fail(text, s, is_followed)) return;
  } catch (const Undecidable&) {
    // Then it may.
  }
  if (doubt_.empty()) doubt_ = called(s) + " may fail, and all that is done with it";
}

void StatementRunner::need_no_doubt(std::size_t mark) const {
  if (!doubt_.empty() && catalog_.mark() != mark) throw Undecidable{doubt_};
}

void StatementRunner::check_copy(std::string_view script, const PsqlItem& s) {
  transactions_.need_no_failure();
  if (has_unknown_parts(script, s) || !is_shallow(script, s)) throw Undecidable{called(s)};
  const auto tree = statement_tree(script, s, cluster_.major());
  if (!tree.contains("CopyStmt")) throw Undecidable{called(s)};
  need_user();
  const auto database = catalog_.session().database;
  if (database != no_object && catalog_.is_pristine(database)) {
    const auto name = relation_name(node_at(tree["CopyStmt"], "relation")).name;
    throw Refused(Condition::undefined_table, fmt::format("relation `{}` does not exist", name),
                  name);
  }
  catalog_.load_database();
  check_copy_from_stdin(catalog_, tree["CopyStmt"]);
}

void StatementRunner::take_as_there(const std::string& database) {
  databases_.apply(CreateDatabase{database, {}});
}

// --- What statements put together ---------------------------------------------------------------

void StatementRunner::run_text(const std::string& text) {
  const InnerStatement inner(catalog_);
  const auto mark = catalog_.mark();
  try {
    PsqlScript items(text);
    while (const auto item = items.next()) run_inner(text, *item);
  } catch (const SqlSyntaxError& e) {
    throw Refused(Condition::syntax_error, e.message);
  }
  need_no_doubt(mark);
}

void StatementRunner::run_inner(std::string_view text, const PsqlItem& s) {
  if (s.kind != PsqlItem::Kind::statement || s.executes_rows) throw Undecidable{"a command"};
  const auto* const kind = first_words_of(s);
  if (kind == nullptr) throw SqlSyntaxError{"syntax error", s.tokens.front().span};
  const bool odd = has_unknown_parts(text, s) || !is_shallow(text, s);
  if (odd || is_of_transaction(s, *kind) || begins_with(s, "do")) throw Undecidable{called(s)};
  const auto code = runs_code(s, *kind) ? may_change(text, s) : MayChange();
  if (code.touched != touches::nothing) throw Undecidable{code.why};
  if (kind->followed == Followed::no && !is_for_effect(s)) {
    if (kind->touched != touches::nothing) throw Undecidable{called(s)};
    return note_doubt(text, s, false);
  }
  const auto action = is_by_tree(s, *kind) ? std::nullopt : asked_by(text, s);
  if (action) {
    apply(*action, s);
  } else {
    apply_tree(text, s);
    note_doubt(text, s, true);
  }
}

void StatementRunner::run_block(std::string_view script, const PsqlItem& s,
                                const std::function<void(std::size_t offset)>& done) {
  transactions_.need_no_failure();
  const auto tree = tree_of(script, s);  // kept, whatever is run in it
  catalog_.load_database();
  need_user();
  caught_.clear();
  const auto mark = catalog_.mark();
  const BlockHost host{
      catalog_,
      [&](const std::string& text) {
        run_text(text);
        done(place_in(script, s, text));
      },
      [this](const Refused& e) { caught_.push_back(e); }, [this] { return !doubt_.empty(); },
      [&]() -> std::function<void()> {
        return [this, before = transactions_.save()] { transactions_.undo(before); };
      }};
  in_block_ = true;
  doubt_.clear();
  try {
    run_do_block(node_at(*tree, "DoStmt"), host);
  } catch (...) {
    in_block_ = false;
    throw;
  }
  in_block_ = false;
  need_no_doubt(mark);
}

SqlRows StatementRunner::rows_of(std::string_view script, const PsqlItem& s) const {
  const auto tree = statement_tree(script, s, cluster_.major());
  catalog_.load_database();
  if (!tree.contains("SelectStmt")) throw Undecidable{called(s)};
  const SqlVariables none;
  const std::string text(script.substr(s.span.begin, s.span.end - s.span.begin));
  return SqlEvaluator(catalog_, none, text).query(tree["SelectStmt"]);
}

// --- Rights -------------------------------------------------------------------------------------

void StatementRunner::need_user() const {
  if (catalog_.user() == no_role) throw Undecidable{"it is not known who runs the script"};
}

void StatementRunner::need_database_owner(const std::string& name) const {
  const auto id = catalog_.database_named(name);
  const auto user = catalog_.user();
  if (id == no_object || user == no_role) return;
  if (catalog_.has_privileges(user, cluster_.object(id).owner)) return;
  throw Refused(Condition::insufficient_privilege,
                fmt::format("must be owner of database {}", name), name);
}

void StatementRunner::need_database_rights() const {
  const auto user = catalog_.user();
  if (user == no_role || cluster_.role(user).superuser) return;
  if (!cluster_.role(user).createdb) {
    throw Refused(Condition::insufficient_privilege, "permission denied to change databases");
  }
  throw Undecidable{"it is done by a role that is no superuser"};
}

void StatementRunner::refuse_in_transaction(std::string_view what) const {
  if (in_block_) {
    throw Refused(Condition::active_sql_transaction,
                  fmt::format("{} cannot be executed from a function", what));
  }
  transactions_.refuse_inside(what);
}

}  // namespace pgleast
