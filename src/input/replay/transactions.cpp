#include "input/replay/transactions.hpp"

#include <fmt/format.h>

namespace pgleast {

Transactions::State Transactions::save(const std::string& savepoint) const {
  return {savepoint, catalog_.mark(), encryption_, doubt_};
}

void Transactions::undo(const State& state) {
  catalog_.undo_to(state.mark);
  doubt_ = state.doubt;
  encryption_.of_session = state.encryption.of_session;
  encrypt_by(state.encryption.current);
}

void Transactions::encrypt_by(const std::optional<std::string>& method) {
  encryption_.current = method;
  roles_.encrypt_passwords_by(method);
}

void Transactions::doubt(const std::string& why) {
  if (is_open() && doubt_.empty()) doubt_ = why;
}

void Transactions::need_no_failure() const {
  if (failed_) throw Refused(Condition::in_failed_sql_transaction, aborted);
}

void Transactions::need_open(std::string_view what) const {
  if (is_open()) return;
  throw Refused(Condition::no_active_sql_transaction,
                fmt::format("{} can only be used in transaction blocks", what));
}

void Transactions::refuse_inside(std::string_view what) const {
  if (!is_open()) return;
  throw Refused(Condition::active_sql_transaction,
                fmt::format("{} cannot run inside a transaction block", what));
}

void Transactions::apply(const SetPasswordEncryption& statement) {
  if (statement.local && !is_open()) return;
  if (!statement.local) encryption_.of_session = statement.value;
  encrypt_by(statement.value);
}

void Transactions::apply(const Transaction& statement) {
  using Kind = Transaction::Kind;
  switch (statement.kind) {
    case Kind::begin:
      need_no_failure();
      if (!is_open()) saved_.push_back(save());
      return;
    case Kind::commit:
    case Kind::rollback:
      return finish(statement);
    case Kind::savepoint:
      need_open("SAVEPOINT");
      need_no_failure();
      return saved_.push_back(save(statement.savepoint));
    case Kind::release:
      need_open("RELEASE SAVEPOINT");
      need_no_failure();
      return saved_.resize(place_of(statement.savepoint));
    case Kind::rollback_to:
      need_open("ROLLBACK TO SAVEPOINT");
      saved_.resize(place_of(statement.savepoint) + 1);
      undo(saved_.back());
      failed_ = false;
      return;
  }
}

void Transactions::finish(const Transaction& statement) {
  const bool commit = statement.kind == Transaction::Kind::commit;
  if (statement.chain) need_open(commit ? "COMMIT AND CHAIN" : "ROLLBACK AND CHAIN");
  if (is_open()) end(commit && !failed_, statement.chain);
}

void Transactions::end(bool commit, bool chain) {
  if (!commit) undo(saved_.front());
  if (commit) committed_doubt_ = doubt_;
  doubt_.clear();
  catalog_.end_transaction(commit);
  catalog_.forget_journal();
  saved_.clear();
  failed_ = false;
  encrypt_by(encryption_.of_session);
  if (chain) saved_.push_back(save());
}

/// Its place among what was saved.
std::size_t Transactions::place_of(const std::string& savepoint) const {
  for (auto i = saved_.size(); i > 1; --i) {
    if (saved_[i - 1].savepoint == savepoint) return i - 1;
  }
  throw Refused(Condition::invalid_savepoint_specification,
                fmt::format("savepoint `{}` does not exist", savepoint), savepoint);
}

void Transactions::end_statement() {
  if (is_open()) return;
  catalog_.end_transaction(true);
  catalog_.forget_journal();
}

void Transactions::end_session() {
  if (is_open()) end(false, false);
  catalog_.end_session();
  encryption_.of_session.reset();
  encrypt_by(std::nullopt);
}

}  // namespace pgleast
