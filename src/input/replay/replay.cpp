// A script item by item, in a session of psql: its commands, and what becomes of each statement.
#include "input/replay/replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "input/replay/first_words.hpp"
#include "input/replay/psql_command.hpp"
#include "input/replay/query/value.hpp"
#include "input/replay/script_report.hpp"
#include "input/replay/statement_runner.hpp"
#include "model/bootstrap_superuser.hpp"
#include "model/fresh_cluster.hpp"
#include "pg/setting_value.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

class Replay {
 public:
  Replay(const Source& script, const FileReader& files, Cluster& cluster, RoleEditor& role_editor,
         SqlCatalog& catalog, Beneath beneath)
      : files_(files),
        is_known_(beneath == Beneath::known || !cluster.server.empty()),
        cluster_(cluster),
        roles_(role_editor),
        catalog_(catalog),
        report_(script, cluster),
        transactions_(role_editor, catalog),
        runner_(cluster, role_editor, catalog, transactions_, is_known_) {
    catalog_.is_known = is_known_;
  }

  SqlProblems run() {
    start_session();
    follow_script();
    close();
    return report_.finish(catalog_);
  }

 private:
  std::string_view text() const { return report_.script().text(); }

  void follow_script() {
    PsqlScript items(text());
    while (const auto item = items.next()) {
      if (std::exchange(stopped_, false)) {
        report_.add_untold(*item, touches::anything, "ON_ERROR_STOP: psql stopped before");
      }
      const auto data = items.data();
      unsure_transaction_ = transactions_.is_doubtful();
      if (swallowed_ && item->kind == PsqlItem::Kind::statement) follow_swallowed(*item, !!data);
      if (item->kind == PsqlItem::Kind::command) {
        follow_command(*item);
      } else {
        follow(*item);
      }
      if (data && !takes_data(*item, *data)) items.read_data_as_sql();
    }
  }

  // --- COPY ... FROM STDIN ---

  /// Whether psql takes what follows for data. Where that is not known it is taken so, and what
  /// else it would be is unseen.
  bool takes_data(const PsqlItem& item, Span data) {
    if (lost_ || transactions_.has_failed()) {
      refused_rows_end_ = data.end;
      refused_rows_depth_ = depth_;
      return false;
    }
    try {
      check_copy(item);
      if (!may_be_read_only_ && !unsure_transaction_) return true;
      touch_as_sql(item, data, "COPY may be refused in this transaction");
    } catch (const SqlSyntaxError&) {
      return false;
    } catch (const Refused& e) {
      const bool is_command = item.kind == PsqlItem::Kind::command;
      if (!is_unsure() && !may_be_there(e)) {
        if (!is_command) refuse(place_of(item, e.name()), e.what());
        refused_rows_end_ = data.end;
        refused_rows_depth_ = depth_;
        return false;
      }
      touch_as_sql(item, data, e.what());
      swallowed_ = !is_blank(data);
    } catch (const Undecidable& e) {
      touch_as_sql(item, data, e.why);
      swallowed_ = !is_blank(data);
    }
    return true;
  }

  void check_copy(const PsqlItem& item) {
    if (item.kind == PsqlItem::Kind::statement) return runner_.check_copy(text(), item);
    const auto statement = "COPY" + item.arguments;
    PsqlScript items(statement);
    const auto copy = items.next();
    if (!copy || copy->kind != PsqlItem::Kind::statement) throw Undecidable{"\\copy"};
    runner_.check_copy(statement, *copy);
  }

  bool is_blank(Span data) const {
    const auto lines = text().substr(data.begin, data.end - data.begin);
    return lines == "\\." || lines == "\\.\r" || lines.empty();
  }

  /// Lines that are data or statements: what they would do as statements.
  void touch_as_sql(const PsqlItem& item, Span data, const std::string& why) {
    const auto lines = text().substr(data.begin, data.end - data.begin);
    PsqlScript items(lines);
    while (const auto inner = items.next()) {
      const bool command = inner->kind == PsqlItem::Kind::command;
      const bool matters =
          command ? touched_by_command(inner->command) != touches::nothing ||
                        inner->command == "c" || inner->command == "connect" ||
                        inner->command == "i" || inner->command == "ir" ||
                        inner->command == "include" || inner->command == "include_relative"
                  : first_words_of(*inner) != nullptr && !sql_syntax_error(lines, *inner);
      if (!matters) continue;
      return touch(item, touches::anything, why + ": then what follows is no data");
    }
  }

  /// Rows that were no data are the beginning of the next statement, which then is none.
  void follow_swallowed(const PsqlItem& s, bool copies) {
    swallowed_ = copies;
    const auto* const kind = first_words_of(s);
    if (kind == nullptr) return;
    const bool of_roles = kind->followed == Followed::by_action && !is_on_objects(s);
    touch(s, kind->touched | (of_roles ? touches::roles : touches::nothing),
          "it may have been taken for the end of rows");
  }

  /// What makes the server refuse whatever is no query.
  void note_read_only(const PsqlItem& s) {
    const auto& t = s.tokens;
    const auto only = [](const SqlToken& a, const SqlToken& b) {
      return a.is("read") && b.is("only");
    };
    const bool setting =
        s.has_word("transaction_read_only") || s.has_word("default_transaction_read_only");
    const bool off = s.has_word("off") || s.has_word("false");
    may_be_read_only_ = may_be_read_only_ || (setting && !off) ||
                        std::adjacent_find(t.begin(), t.end(), only) != t.end();
  }

  // --- psql's commands ---

  void follow_command(const PsqlItem& item) {
    if (item.command == "c" || item.command == "connect") {
      const bool unknown = item.arguments.find(':') != std::string::npos;
      if (!unknown && cluster_.seen(Fact::roles)) return connect(item);
      close();
      touch(item, touches::roles | touches::objects);
    }
    const bool here = item.command == "i" || item.command == "include";
    if (here || item.command == "ir" || item.command == "include_relative") {
      return include(item, !here);
    }
    if (item.command == "set" || item.command == "unset") set_variable(item);
    if (item.command == "copy") doubt(item);
    const auto touched = touched_by_command(item.command);
    if (item.command == "copy" || touched != touches::nothing) catalog_.forget_rows();
    touch(item, touched);
  }

  /// What psql does with statements that fail, and whether it commits those that do not.
  void set_variable(const PsqlItem& item) {
    const auto words = command_words(item.arguments);
    if (words.empty()) return;
    const bool on = item.command == "set" &&
                    (words.size() < 2 || words[1].empty() || parse_bool(words[1]).value_or(true));
    if (words[0] == "ON_ERROR_STOP") stops_ = on;
    const bool other = (words[0] == "AUTOCOMMIT" && !on) || (words[0] == "ON_ERROR_ROLLBACK" && on);
    if (other) touch(item, touches::anything, words[0]);
  }

  /// `\i` names a file as psql's working directory has it, `\ir` one beside the script. What was
  /// meant to be run elsewhere is also looked for there.
  FileText included_text(std::string& path, bool is_beside) const {
    const auto other = beside(report_.script().name(), path);
    if (is_beside) path = other;
    auto found = files_.read(path);
    if (!found.missing || is_beside || other == path) return found;
    auto second = files_.read(other);
    if (second.text) path = other;
    return second.text ? second : found;
  }

  void include(const PsqlItem& item, bool is_beside) {
    constexpr std::size_t deepest = 20, most = 5000;
    const auto words = command_words(item.arguments);
    const bool known = words.size() == 1 && words[0] != "-" && words[0][0] != '~' &&
                       words[0][0] != '|' && item.arguments.find(':') == std::string::npos;
    if (!files_.read || !known) return touch(item, touches::anything);
    if (depth_ >= deepest || included_.size() >= most) {
      return touch(item, touches::anything, "scripts in scripts without an end");
    }
    auto path = words[0];
    auto found = included_text(path, is_beside);
    if (!found.text) {
      return touch(item, touches::anything, fmt::format("{}: {}", path, found.why));
    }
    included_.emplace_back(path, std::move(*found.text));
    const auto& outer = report_.script();
    report_.read(included_.back());
    ++depth_;
    follow_script();
    --depth_;
    report_.read(outer);
  }

  // --- The session ---

  /// The bootstrap superuser, in the database that was read or `postgres`.
  void start_session() {
    roles_.run_as(no_role, no_role);
    const auto user = bootstrap_superuser(cluster_);
    const bool named = catalog_.database_named(cluster_.name) != no_object;
    catalog_.start_session(named ? cluster_.name : "postgres", user);
  }

  /// The end of the session.
  void close() {
    if (transactions_.is_open()) {
      report_.add_refused(*begun_in_, begun_, "the transaction is never committed");
    }
    transactions_.end_session();
    catalog_.forget_kept_rows();
  }

  /// In a script psql is without a connection after one that fails.
  void connect(const PsqlItem& item) {
    const auto words = connection_words(item.arguments);
    const auto session = catalog_.session();
    close();
    if (!words.user.empty() && !cluster_.find_role(words.user)) {
      const auto why = fmt::format("role `{}` does not exist", words.user);
      return touch(item, touches::roles | touches::objects, why);
    }
    try {
      connect(words.user.empty() ? session.authenticated : roles_.named(words.user),
              words.database.empty() ? session.database : connected_database(words.database),
              words.database);
      lost_ = false;
      const auto code = runner_.may_change_at_login();
      touch(item, code.touched, code.why);
    } catch (const Refused& e) {
      refuse(item.span, e.what());
      lost_ = true;
    }
  }

  void connect(RoleId user, ObjectId database, const std::string& wanted) {
    if (database == no_object) {
      throw Refused(Condition::invalid_catalog_name,
                    fmt::format("database `{}` does not exist", wanted));
    }
    const auto name = cluster_.object(database).name;
    if (user != no_role && !cluster_.role(user).login) {
      throw Refused(Condition::invalid_authorization_specification,
                    fmt::format("role `{}` is not permitted to log in", cluster_.role(user).name));
    }
    if (!cluster_.databases[cluster_.object(database).detail].allows_connections) {
      throw Refused(Condition::object_not_in_prerequisite_state,
                    fmt::format("database `{}` is not currently accepting connections", name));
    }
    catalog_.start_session(name, user);
    if (user != no_role && !catalog_.held(user, database).has(Privilege::connect)) {
      throw Refused(Condition::insufficient_privilege,
                    fmt::format("permission denied for database `{}`", name));
    }
    runner_.end_session();
  }

  /// A database that no script makes was there before them: with no server nothing says that it
  /// was not.
  ObjectId connected_database(const std::string& name) {
    const auto found = catalog_.database_named(name);
    if (found != no_object || !cluster_.server.empty()) return found;
    runner_.take_as_there(name);
    cluster_.remarks.push_back(
        {fmt::format("no script makes database {}: taken as new", displayed(name)), ""});
    return catalog_.database_named(name);
  }

  // --- Statements ---

  void follow(const PsqlItem& s) {
    const auto* const kind = first_words_of(s);
    if (kind == nullptr) return wrong(s, {"syntax error", s.tokens.front().span});
    if (lost_) return refuse(s.tokens.front().span, "there is no connection any more");
    note_read_only(s);
    note_rows(s);
    const bool joined = std::exchange(joined_, s.joined) || s.joined;
    if (joined || may_be_read_only_) {
      touch(s, kind->touched | (is_of_roles(s) ? touches::roles : touches::nothing),
            joined ? "one transaction with what is beside it" : "the transaction may be read only");
    }
    const bool unknown = has_unknown_parts(text(), s);
    const bool readable = !unknown && is_shallow(text(), s);
    const bool followed = kind->followed != Followed::no || is_for_effect(s);
    if (followed && readable && !s.executes_rows) return try_out(s, *kind);
    if (const auto error = unknown ? std::nullopt : sql_syntax_error(text(), s)) {
      if (!is_newer_than_grammar(cluster_.major())) return wrong(s, *error);
    }
    if (transactions_.has_failed()) return refuse(s.tokens.front().span, Transactions::aborted);
    if (readable && begins_with(s, "do")) return run_block(s);
    if (readable && s.executes_rows) return run_rows(s);
    if (s.executes_rows) return touch(s, touches::anything);
    if (!is_taken(s)) return;
    const bool of_roles = !is_by_tree(s, *kind);
    const auto code = code_of(s, *kind);
    touch(s, touched_by(s, *kind) | code.touched | (of_roles ? touches::roles : touches::nothing),
          code.why);
  }

  /// What may change rows makes them unknown. INSERT is looked at when it is its turn.
  void note_rows(const PsqlItem& s) {
    const bool inserts = s.tokens.front().is("insert") && transactions_.is_open();
    if (!inserts && !runner_.keeps_rows(text(), s)) catalog_.forget_rows();
    if (s.tokens.front().is("rollback") || s.tokens.front().is("abort")) {
      catalog_.forget_kept_rows();
    }
  }

  bool takes_rows(const PsqlItem& s) {
    if (!s.tokens.front().is("insert")) return false;
    const bool takes = runner_.takes_rows(text(), s);
    if (!takes) catalog_.forget_rows();
    return takes;
  }

  /// False: the server refuses it. What it may refuse is a doubt on all of a transaction.
  bool is_taken(const PsqlItem& s) {
    if (!transactions_.is_open() || takes_rows(s)) return true;
    try {
      if (!runner_.may_fail(text(), s, false)) return true;
    } catch (const Refused& e) {
      if (!is_unsure() && !may_be_there(e)) {
        refuse(place_of(s, e.name()), e.what());
        return false;
      }
    } catch (const Undecidable&) {
      // Then it may be refused.
    } catch (const SqlSyntaxError&) {
      // Of a newer version.
    }
    doubt(s);
    return true;
  }

  void doubt(const PsqlItem& s) {
    catalog_.forget_kept_rows();
    transactions_.doubt(fmt::format("{} in line {} may fail, and all of its transaction with it",
                                    called(s), report_.script().position(s.span.begin).line));
  }

  /// What its code may change: judged before it is done.
  MayChange code_of(const PsqlItem& s, const FirstWords& kind) {
    if (transactions_.has_failed() || !runs_code(s, kind)) return {};
    tell_what_is_known();
    try {
      return runner_.may_change(text(), s);
    } catch (const SqlSyntaxError& e) {
      return {touches::anything, e.message};
    }
  }

  void try_out(const PsqlItem& s, const FirstWords& kind) {
    const bool by_tree = is_by_tree(s, kind);
    const auto mark = catalog_.mark();
    const auto code = by_tree ? code_of(s, kind) : MayChange();
    bool of_roles = false;
    try {
      const auto action = by_tree ? std::nullopt : runner_.action_of(text(), s);
      of_roles = action && is_of_roles(s);
      apply(action, s);
      touch(s, code.touched, code.why);
      note_in_transaction(s, kind.touched | (of_roles ? touches::roles : touches::nothing));
      const bool setting = s.tokens.front().is("set") || s.tokens.front().is("reset");
      if ((by_tree || setting) && transactions_.is_open() && runner_.may_fail(text(), s, true)) {
        doubt(s);
      }
    } catch (const SqlSyntaxError& e) {
      if (!by_tree || !is_newer_than_grammar(cluster_.major())) return wrong(s, e);
      touch(s, touched_by(s, kind) | code.touched);
    } catch (const Refused& e) {
      catalog_.undo_to(mark);
      if (by_tree && is_unsure()) return touch(s, kind.touched, e.what());
      if (may_be_there(e)) touch_missing(s, of_roles ? touches::roles : kind.touched, e);
      refuse(place_of(s, e.name()), e.what());
    } catch (const Undecidable& e) {
      catalog_.undo_to(mark);
      const auto touched =
          kind.touched | code.touched | (of_roles ? touches::roles : touches::nothing);
      touch(s, touched == touches::nothing ? touches::anything : touched, e.why);
    }
    transactions_.end_statement();
  }

  /// What it changed is not done where the transaction failed.
  void note_in_transaction(const PsqlItem& s, Touched touched) {
    if (transactions_.is_open()) in_transaction_ |= touched;
    const auto why = transactions_.take_doubt();
    if (!why.empty()) touch(s, in_transaction_, why);
    if (!transactions_.is_open()) in_transaction_ = touches::nothing;
  }

  void apply(const std::optional<SqlAction>& action, const PsqlItem& s) {
    if (!action) return runner_.apply_tree(text(), s);
    const bool was_open = transactions_.is_open();
    runner_.apply(*action, s);
    if (was_open || !transactions_.is_open()) return;
    begun_ = s.tokens.front().span;
    begun_in_ = &report_.script();
  }

  /// All of a block or nothing.
  void run_block(const PsqlItem& s) {
    const auto before = transactions_.save();
    tell_what_is_known();
    try {
      runner_.run_block(text(), s);
    } catch (const SqlSyntaxError& e) {
      return wrong(s, e);
    } catch (const Refused& e) {
      transactions_.undo(before);
      if (is_unsure()) return touch(s, touches::anything, e.what());
      if (may_be_there(e)) touch_missing(s, touches::anything, e);
      return refuse(s.tokens.front().span, e.what());
    } catch (const Undecidable& e) {
      transactions_.undo(before);
      return touch(s, touches::anything, e.why);
    }
    for (const auto& e : runner_.take_caught()) {
      if (may_be_there(e)) touch_missing(s, touches::anything, e);
    }
    note_done(s, before);
  }

  /// A block or a text.
  void note_done(const PsqlItem& s, const Transactions::State& before) {
    if (!runner_.take_doubt().empty()) doubt(s);
    if (catalog_.mark() != before.mark) note_in_transaction(s, touches::anything);
    transactions_.end_statement();
  }

  /// `SELECT ... \gexec`: what it returns is run, each statement by itself.
  void run_rows(const PsqlItem& s) {
    SqlRows found;
    tell_what_is_known();
    try {
      found = runner_.rows_of(text(), s);
    } catch (const SqlSyntaxError& e) {
      return wrong(s, e);
    } catch (const Refused& e) {
      return refuse(s.tokens.front().span, e.what());
    } catch (const Undecidable& e) {
      return touch(s, touches::anything, e.why);
    }
    for (const auto& row : found.rows) {
      for (const auto& cell : row) {
        if (!cell.is_null()) run_cell(s, cell);
      }
    }
  }

  void run_cell(const PsqlItem& s, const SqlNode& cell) {
    const auto before = transactions_.save();
    try {
      transactions_.need_no_failure();
      runner_.run_text(text_of_value(cell));
    } catch (const Refused& e) {
      transactions_.undo(before);
      if (may_be_there(e)) touch_missing(s, touches::anything, e);
      return refuse(s.tokens.front().span, e.what());
    } catch (const Undecidable& e) {
      transactions_.undo(before);
      return touch(s, touches::anything, e.why);
    }
    note_done(s, before);
  }

  // --- What becomes of them ---

  /// Refused, but only because something is not there that no script makes: it may be.
  bool may_be_there(const Refused& e) const {
    if (is_known_ || e.condition() == Condition::undefined_column) return false;
    const bool absent = is_absence(e.condition()) || e.is_missing_role();
    return absent && !e.name().empty() && !catalog_.was_named(e.name()) &&
           !roles_.was_named(e.name());
  }

  /// With a role there is one more than is known. What is dropped is gone in any case.
  void touch_missing(const PsqlItem& s, Touched touched, const Refused& e) {
    if (s.tokens.front().is("drop")) return;
    touch(s, touched | (e.is_missing_role() ? touches::roles : touches::nothing), e.what());
  }

  /// Something that is not followed may have made what is missing now.
  bool is_unsure() const {
    return report_.is_untold(Fact::roles) || report_.is_untold(Fact::objects);
  }

  /// Whether what queries of the catalogs find is known.
  void tell_what_is_known() {
    catalog_.roles_known = cluster_.seen(Fact::roles) && !report_.is_untold(Fact::roles);
    catalog_.objects_known = (cluster_.seen(Fact::objects) || is_untouched(cluster_)) &&
                             !report_.is_untold(Fact::objects);
  }

  static Span place_of(const PsqlItem& s, const std::string& name) {
    for (const auto& token : s.tokens) {
      const bool word = token.kind == SqlToken::Kind::word || token.kind == SqlToken::Kind::quoted;
      if (word && !name.empty() && token.text == name) return token.span;
    }
    return s.tokens.front().span;
  }

  /// Rows of a COPY that was refused are no SQL either, and no fault of the script.
  void wrong(const PsqlItem& s, const SqlSyntaxError& error) {
    if (depth_ == refused_rows_depth_ && s.span.begin < refused_rows_end_) {
      return refuse(s.tokens.front().span, error.message);
    }
    report_.add_syntax_error(s, error);
    catalog_.forget_kept_rows();
    transactions_.fail();
  }

  void refuse(Span span, const std::string& message) {
    report_.add_refused(span, message);
    catalog_.forget_kept_rows();
    transactions_.fail();
    stopped_ = stops_;
  }

  void touch(const PsqlItem& item, Touched touched, const std::string& why = "") {
    if (!transactions_.has_failed()) report_.add_untold(item, touched, why);
  }

  const FileReader& files_;
  const bool is_known_;          // all that was there before the scripts
  std::deque<Source> included_;  // where they are is kept
  std::size_t depth_ = 0;
  Cluster& cluster_;
  RoleEditor& roles_;
  SqlCatalog& catalog_;
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

}  // namespace

std::vector<SqlProblems> replay_sql(const std::vector<Source>& scripts, Cluster& cluster,
                                    const FileReader& files, Beneath beneath) {
  RoleEditor roles(cluster);
  SqlCatalog catalog(cluster, roles);
  std::vector<SqlProblems> result;
  for (const auto& script : scripts) {
    result.push_back(Replay(script, files, cluster, roles, catalog, beneath).run());
  }
  catalog.finish();
  if (!catalog.is_of_scripts()) return result;
  // What is known of objects is known of their code.
  const auto objects_unseen = cluster.unseen.find(Fact::objects);
  if (objects_unseen == cluster.unseen.end()) {
    cluster.unseen.erase(Fact::code);
    if (catalog.subscriptions_made) {
      cluster.unseen[Fact::code] = {"which tables a subscription writes stands in no script",
                                    "audit a server on which it was run"};
    }
  } else {
    cluster.unseen[Fact::code] = objects_unseen->second;
  }
  return result;
}

SqlProblems replay_sql(const Source& script, Cluster& cluster, Beneath beneath) {
  return replay_sql(std::vector<Source>{script}, cluster, {}, beneath).front();
}

}  // namespace pgleast
