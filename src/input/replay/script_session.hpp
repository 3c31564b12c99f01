#pragma once
// One run of a script: a session of psql, item by item, and what becomes of each statement. Its
// parts: replay_commands.cpp (psql's commands, the session), replay_copy.cpp (rows of COPY),
// replay.cpp (statements).

#include <deque>
#include <optional>
#include <string>

#include "input/replay/assumer.hpp"
#include "input/replay/catalog/script_sayings.hpp"
#include "input/replay/first_words.hpp"
#include "input/replay/replay.hpp"
#include "input/replay/script_report.hpp"
#include "input/replay/statement_runner.hpp"

namespace pgleast {

class Replay {
 public:
  Replay(const Source& script, const FileReader& files, Cluster& cluster, RoleEditor& role_editor,
         SqlCatalog& catalog, ScriptSayings& sayings, Assumer& assumer, Beneath beneath)
      : files_(files),
        is_known_(beneath == Beneath::known || !cluster.server.empty()),
        cluster_(cluster),
        roles_(role_editor),
        catalog_(catalog),
        sayings_(sayings),
        assumer_(assumer),
        report_(script, cluster),
        transactions_(role_editor, catalog),
        runner_(cluster, role_editor, catalog, transactions_, is_known_) {
    catalog_.is_known = is_known_;
  }

  SqlProblems run();

 private:
  std::string_view text() const { return report_.script().text(); }
  void follow_script();

  // COPY ... FROM STDIN
  /// Whether psql takes what follows for data. Where that is not known it is taken so, and what
  /// else it would be is unseen.
  bool takes_data(const PsqlItem& item, Span data);
  void check_copy(const PsqlItem& item);
  bool is_blank(Span data) const;
  /// Lines that are data or statements: what they would do as statements.
  void touch_as_sql(const PsqlItem& item, Span data, const std::string& why);
  /// Rows that were no data are the beginning of the next statement, which then is none.
  void follow_swallowed(const PsqlItem& s, bool copies);

  // psql's commands
  void follow_command(const PsqlItem& item);
  /// What psql does with statements that fail, and whether it commits those that do not.
  void set_variable(const PsqlItem& item);
  /// `\i` names a file as psql's working directory has it, `\ir` one beside the script. What was
  /// meant to be run elsewhere is also looked for there.
  FileText included_text(std::string& path, bool is_beside) const;
  void include(const PsqlItem& item, bool is_beside);

  // The session
  /// The bootstrap superuser, in the database that was read or `postgres`.
  void start_session();
  /// The end of the session.
  void close();
  /// In a script psql is without a connection after one that fails.
  void connect(const PsqlItem& item);
  void connect(RoleId user, ObjectId database, const std::string& wanted);
  /// A database that no script makes was there before them: with no server nothing says that it
  /// was not.
  ObjectId connected_database(const std::string& name);

  // Statements
  void follow(const PsqlItem& s);
  /// What makes the server refuse whatever is no query.
  void note_read_only(const PsqlItem& s);
  /// What may change rows makes them unknown. INSERT is looked at when it is its turn.
  void note_rows(const PsqlItem& s);
  bool takes_rows(const PsqlItem& s);
  /// False: the server refuses it. What it may refuse is a doubt on all of a transaction.
  bool is_taken(const PsqlItem& s);
  void doubt(const PsqlItem& s);
  /// What its code may change: judged before it is done.
  MayChange code_of(const PsqlItem& s, const FirstWords& kind);
  void try_out(const PsqlItem& s, const FirstWords& kind);
  /// What it changed is not done where the transaction failed.
  void note_in_transaction(const PsqlItem& s, Touched touched);
  void apply(const std::optional<SqlAction>& action, const PsqlItem& s);
  /// What is new was said by this statement.
  void say(const PsqlItem& s) {
    sayings_.say(report_.script(), s.span.begin, transactions_.is_open());
  }
  /// All of a block or nothing.
  void run_block(const PsqlItem& s);
  /// One that cannot be followed.
  void touch_block(const PsqlItem& s, const Undecidable& e);
  /// A block or a text.
  void note_done(const PsqlItem& s, const Transactions::State& before);
  /// `SELECT ... \gexec`: what it returns is run, each statement by itself.
  void run_rows(const PsqlItem& s);
  void run_cell(const PsqlItem& s, const SqlNode& cell);

  // What becomes of them
  /// Refused, but only because something is not there that no script makes: it may be.
  bool may_be_there(const Refused& e) const;
  /// It is taken as there: the statement is to be tried again.
  bool is_assumed_now(const PsqlItem& s, const Refused& e);
  /// What somebody does of whom nothing is known.
  void note_user(const PsqlItem& s, Touched touched);
  /// With a role there is one more than is known. What is dropped is gone in any case.
  void touch_missing(const PsqlItem& s, Touched touched, const Refused& e);
  /// Something that is not followed may have made what is missing now.
  bool is_unsure() const;
  /// Whether what queries of the catalogs find is known.
  void tell_what_is_known();
  static Span place_of(const PsqlItem& s, const std::string& name);
  /// Rows of a COPY that was refused are no SQL either, and no fault of the script.
  void wrong(const PsqlItem& s, const SqlSyntaxError& error);
  void refuse(Span span, const std::string& message);
  void touch(const PsqlItem& item, Touched touched, const std::string& why = "") {
    if (!transactions_.has_failed()) report_.add_untold(item, touched, why);
  }

  /// Nothing of it is done: in a transaction that may be why nothing of that is.
  void touch_left_out(const PsqlItem& item, Touched touched, const std::string& why);

  const FileReader& files_;
  const bool is_known_;          // all that was there before the scripts
  std::deque<Source> included_;  // where they are is kept
  std::size_t depth_ = 0;
  Cluster& cluster_;
  RoleEditor& roles_;
  SqlCatalog& catalog_;
  ScriptSayings& sayings_;
  Assumer& assumer_;
  ScriptReport report_;
  Transactions transactions_;
  StatementRunner runner_;
  bool lost_ = false;   // no connection any more
  bool stops_ = false;  // ON_ERROR_STOP
  bool stopped_ = false;
  bool joined_ = false;               // the next is one transaction with the one before
  std::size_t refused_rows_end_ = 0;  // of a COPY, which are read as SQL
  std::size_t refused_rows_depth_ = 0;
  bool swallowed_ = false;           // rows of a COPY may be the beginning of the next statement
  bool may_be_read_only_ = false;    // a transaction
  bool unsure_transaction_ = false;  // something in it may have failed before this
  Touched in_transaction_ = touches::nothing;  // by what was done in it
  Span begun_;                                 // the last BEGIN
  const Source* begun_in_ = nullptr;
};

}  // namespace pgleast
