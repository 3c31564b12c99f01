#pragma once
// The transaction of a session, its savepoints, and what they put back:
//
//   BEGIN; CREATE ROLE a; SAVEPOINT s; CREATE ROLE b; ROLLBACK TO s; COMMIT;    a is there, b is
//   not

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "input/replay/catalog/catalog.hpp"
#include "input/sql/role_statement.hpp"

namespace pgleast {

class Transactions {
 public:
  /// Keeps references.
  Transactions(RoleEditor& roles, SqlCatalog& catalog) : roles_(roles), catalog_(catalog) {}

  static constexpr const char* aborted =
      "current transaction is aborted, commands ignored until end of transaction block";

  // password_encryption; none: as the server is configured.
  struct Encryption {
    std::optional<std::string> of_session, current;
  };
  /// All that a rollback puts back.
  struct State {
    std::string savepoint;
    std::size_t mark;  // of the journal
    Encryption encryption;
    std::string doubt;
  };
  State save(const std::string& savepoint = "") const;
  void undo(const State& state);

  bool is_open() const { return !saved_.empty(); }
  /// After an error in a transaction nothing but its end is taken.
  bool has_failed() const { return failed_; }
  void fail() { failed_ = is_open(); }
  void need_no_failure() const;  // throws Refused
  /// Something in it may have failed, and that may be why nothing of it is done.
  void doubt(const std::string& why);
  bool is_doubtful() const { return !doubt_.empty(); }
  /// Why nothing may be done of the transaction that was committed last; empty: it is. Once.
  std::string take_doubt() { return std::exchange(committed_doubt_, {}); }
  void refuse_inside(std::string_view what) const;

  void apply(const Transaction& statement);  // throws Refused
  void apply(const SetPasswordEncryption& statement);
  /// Outside of a transaction it is one of its own.
  void end_statement();
  /// What was not committed is undone.
  void end_session();

 private:
  void end(bool commit, bool chain);
  void finish(const Transaction& statement);
  std::size_t place_of(const std::string& savepoint) const;
  void need_open(std::string_view what) const;
  void encrypt_by(const std::optional<std::string>& method);

  RoleEditor& roles_;
  SqlCatalog& catalog_;
  std::vector<State> saved_;  // at BEGIN, then at each savepoint; empty: no transaction
  bool failed_ = false;
  std::string doubt_, committed_doubt_;
  Encryption encryption_;
};

}  // namespace pgleast
