// A script item by item: what becomes of each statement.
#include "input/replay/replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "input/replay/assuming_replay.hpp"
#include "input/replay/query/value.hpp"
#include "input/replay/script_session.hpp"
#include "model/fresh_cluster.hpp"
#include "text/display.hpp"

namespace pgleast {

SqlProblems Replay::run() {
  start_session();
  follow_script();
  close();
  return report_.finish(catalog_, assumer_.assumptions());
}

void Replay::follow_script() {
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

void Replay::follow(const PsqlItem& s) {
  report_.count_statement();
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
  if (!unknown && names_no_kind(s)) return wrong(s, {"syntax error", s.tokens[1].span});
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

void Replay::note_read_only(const PsqlItem& s) {
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

void Replay::note_rows(const PsqlItem& s) {
  const bool inserts = s.tokens.front().is("insert") && transactions_.is_open();
  if (!inserts && !runner_.keeps_rows(text(), s)) catalog_.forget_rows();
  if (s.tokens.front().is("rollback") || s.tokens.front().is("abort")) {
    catalog_.forget_kept_rows();
  }
}

bool Replay::takes_rows(const PsqlItem& s) {
  if (!s.tokens.front().is("insert")) return false;
  const bool takes = runner_.takes_rows(text(), s);
  if (!takes) catalog_.forget_rows();
  return takes;
}

bool Replay::is_taken(const PsqlItem& s) {
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

void Replay::doubt(const PsqlItem& s) {
  catalog_.forget_kept_rows();
  transactions_.doubt(fmt::format("{} in line {} may fail, and all of its transaction with it",
                                  called(s), report_.script().position(s.span.begin).line));
}

MayChange Replay::code_of(const PsqlItem& s, const FirstWords& kind) {
  if (transactions_.has_failed() || !runs_code(s, kind)) return {};
  tell_what_is_known();
  try {
    return runner_.may_change(text(), s);
  } catch (const SqlSyntaxError& e) {
    return {touches::anything, e.message};
  }
}

void Replay::try_out(const PsqlItem& s, const FirstWords& kind) {
  const bool by_tree = is_by_tree(s, kind);
  const auto mark = catalog_.mark();
  sayings_.begin();
  const auto code = by_tree ? code_of(s, kind) : MayChange();
  bool of_roles = false;
  try {
    const auto action = by_tree ? std::nullopt : runner_.action_of(text(), s);
    of_roles = action && is_of_roles(s);
    apply(action, s);
    say(s);
    touch(s, code.touched, code.why);
    const auto touched = kind.touched | (of_roles ? touches::roles : touches::nothing);
    note_user(s, touched);
    note_in_transaction(s, touched);
    const bool setting = s.tokens.front().is("set") || s.tokens.front().is("reset");
    if ((by_tree || setting) && transactions_.is_open() && runner_.may_fail(text(), s, true)) {
      doubt(s);
    }
  } catch (const SqlSyntaxError& e) {
    if (!by_tree || !is_newer_than_grammar(cluster_.major())) return wrong(s, e);
    touch(s, touched_by(s, kind) | code.touched);
  } catch (const Refused& e) {
    catalog_.undo_to(mark);
    if (is_assumed_now(s, e)) return try_out(s, kind);
    if (assumer_.doubts(e)) return touch(s, kind.touched | touches::roles, e.what());
    if (by_tree && is_unsure()) return touch_left_out(s, kind.touched, e.what());
    if (may_be_there(e)) touch_missing(s, of_roles ? touches::roles : kind.touched, e);
    refuse(place_of(s, e.name()), e.what());
  } catch (const Undecidable& e) {
    catalog_.undo_to(mark);
    const auto touched =
        kind.touched | code.touched | (of_roles ? touches::roles : touches::nothing);
    touch_left_out(s, touched == touches::nothing ? touches::anything : touched, e.why);
  }
  transactions_.end_statement();
}

void Replay::note_in_transaction(const PsqlItem& s, Touched touched) {
  if (transactions_.is_open()) in_transaction_ |= touched;
  const auto why = transactions_.take_doubt();
  if (!why.empty()) touch(s, in_transaction_, why);
  if (!transactions_.is_open()) in_transaction_ = touches::nothing;
}

void Replay::apply(const std::optional<SqlAction>& action, const PsqlItem& s) {
  if (!action) return runner_.apply_tree(text(), s);
  const bool was_open = transactions_.is_open();
  runner_.apply(*action, s);
  if (was_open || !transactions_.is_open()) return;
  begun_ = s.tokens.front().span;
  begun_in_ = &report_.script();
}

void Replay::run_block(const PsqlItem& s) {
  const auto before = transactions_.save();
  sayings_.begin();
  tell_what_is_known();
  assumer_.note_question(text().substr(s.span.begin, s.span.end - s.span.begin));
  try {
    runner_.run_block(text(), s, [&](std::size_t at) { sayings_.say(report_.script(), at, true); });
  } catch (const SqlSyntaxError& e) {
    return wrong(s, e);
  } catch (const Refused& e) {
    transactions_.undo(before);
    if (is_assumed_now(s, e)) return run_block(s);
    if (assumer_.doubts(e)) return touch(s, touches::anything, e.what());
    if (is_unsure()) return touch(s, touches::anything, e.what());
    if (may_be_there(e)) touch_missing(s, touches::anything, e);
    return refuse(s.tokens.front().span, e.what());
  } catch (const Undecidable& e) {
    transactions_.undo(before);
    return touch_block(s, e);
  }
  for (const auto& e : runner_.take_caught()) {
    if (may_be_there(e)) touch_missing(s, touches::anything, e);
  }
  note_done(s, before);
}

// What its statements and what they run may change, as if it were a function that is called.
void Replay::touch_block(const PsqlItem& s, const Undecidable& e) {
  tell_what_is_known();
  MayChange code{touches::anything, ""};
  try {
    code = runner_.may_change(text(), s);
  } catch (const SqlSyntaxError&) {
    // Of a newer version: anything.
  }
  if (transactions_.is_open()) doubt(s);
  touch(s, code.touched, e.why);
}

void Replay::note_done(const PsqlItem& s, const Transactions::State& before) {
  if (!runner_.take_doubt().empty()) doubt(s);
  if (catalog_.mark() != before.mark) {
    note_user(s, touches::anything);
    note_in_transaction(s, touches::anything);
  }
  say(s);
  transactions_.end_statement();
}

void Replay::run_rows(const PsqlItem& s) {
  SqlRows found;
  tell_what_is_known();
  assumer_.note_question(text().substr(s.span.begin, s.span.end - s.span.begin));
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

void Replay::run_cell(const PsqlItem& s, const SqlNode& cell) {
  const auto before = transactions_.save();
  sayings_.begin();
  try {
    transactions_.need_no_failure();
    runner_.run_text(text_of_value(cell));
  } catch (const Refused& e) {
    transactions_.undo(before);
    if (is_assumed_now(s, e)) return run_cell(s, cell);
    if (assumer_.doubts(e)) return touch(s, touches::anything, e.what());
    if (may_be_there(e)) touch_missing(s, touches::anything, e);
    return refuse(s.tokens.front().span, e.what());
  } catch (const Undecidable& e) {
    transactions_.undo(before);
    return touch(s, touches::anything, e.why);
  }
  note_done(s, before);
}

bool Replay::may_be_there(const Refused& e) const {
  if (is_known_ || e.condition() == Condition::undefined_column) return false;
  const bool absent = is_absence(e.condition()) || e.is_missing_role();
  return absent && !e.name().empty() && !catalog_.was_named(e.name()) &&
         !roles_.was_named(e.name());
}

bool Replay::is_assumed_now(const PsqlItem& s, const Refused& e) {
  // Made by somebody else it would belong to him.
  const auto user = catalog_.user();
  if (!may_be_there(e) || user == no_role || !cluster_.role(user).superuser) return false;
  if (!assumer_.assume(e, s, report_.script(), runner_, cluster_)) return false;
  if (assumer_.is_late()) {
    touch(s, touches::anything, "whether it is there may have been asked before");
  }
  return true;
}

void Replay::note_user(const PsqlItem& s, Touched touched) {
  const auto user = catalog_.user();
  if (user == no_role || !assumer_.is_assumed_role(cluster_.role(user).name)) return;
  touch(s, touched, fmt::format("what role {} may do is not known", cluster_.role(user).name));
}

void Replay::touch_missing(const PsqlItem& s, Touched touched, const Refused& e) {
  if (s.tokens.front().is("drop")) return;
  touch_left_out(s, touched | (e.is_missing_role() ? touches::roles : touches::nothing), e.what());
}

void Replay::touch_left_out(const PsqlItem& s, Touched touched, const std::string& why) {
  if (transactions_.has_failed()) return;
  const bool adds = touched == touches::objects && !transactions_.is_open() && only_adds_objects(s);
  report_.add_untold(s, touched, why, adds);
}

bool Replay::is_unsure() const {
  return report_.is_untold(Fact::roles) || report_.is_untold(Fact::objects);
}

void Replay::tell_what_is_known() {
  catalog_.roles_known =
      cluster_.seen(Fact::roles) && !report_.is_untold(Fact::roles) && !assumer_.any_role();
  catalog_.objects_known = (cluster_.seen(Fact::objects) || is_untouched(cluster_)) &&
                           !report_.is_untold(Fact::objects) && !assumer_.any_object();
}

Span Replay::place_of(const PsqlItem& s, const std::string& name) {
  for (const auto& token : s.tokens) {
    const bool word = token.kind == SqlToken::Kind::word || token.kind == SqlToken::Kind::quoted;
    if (word && !name.empty() && token.text == name) return token.span;
  }
  return s.tokens.front().span;
}

void Replay::wrong(const PsqlItem& s, const SqlSyntaxError& error) {
  if (depth_ == refused_rows_depth_ && s.span.begin < refused_rows_end_) {
    return refuse(s.tokens.front().span, error.message);
  }
  report_.add_syntax_error(s, error);
  catalog_.forget_kept_rows();
  transactions_.fail();
  stopped_ = stops_;
}

void Replay::refuse(Span span, const std::string& message) {
  report_.add_refused(span, message);
  catalog_.forget_kept_rows();
  transactions_.fail();
  stopped_ = stops_;
}

namespace {

void remark_assumed(Cluster& cluster, const Assumptions& assumptions) {
  std::vector<std::string> names;
  for (const auto& a : assumptions.made) {
    names.push_back(fmt::format("{} ({})", called(a), displayed(a.place)));
  }
  if (names.empty()) return;
  cluster.remarks.push_back({fmt::format("assumed, for no script makes it: {}", listed(names)),
                             "say what is there before with --assume FILE"});
}

}  // namespace

std::vector<SqlProblems> replay_sql(const std::vector<Source>& scripts, Cluster& cluster,
                                    const FileReader& files, Beneath beneath,
                                    Assumptions* assumptions) {
  RoleEditor roles(cluster);
  SqlCatalog catalog(cluster, roles);
  ScriptSayings sayings(catalog);
  Assumer assumer(scripts, assumptions);
  std::vector<SqlProblems> result;
  for (const auto& script : scripts) {
    result.push_back(
        Replay(script, files, cluster, roles, catalog, sayings, assumer, beneath).run());
  }
  sayings.finish(catalog.finish());
  if (assumptions != nullptr) remark_assumed(cluster, *assumptions);
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

std::vector<SqlProblems> replay_sql(const std::vector<Source>& scripts, Cluster& cluster,
                                    const FileReader& files, Beneath beneath) {
  return replay_sql(scripts, cluster, files, beneath, nullptr);
}

SqlProblems replay_sql(const Source& script, Cluster& cluster, Beneath beneath) {
  return replay_sql(std::vector<Source>{script}, cluster, {}, beneath).front();
}

}  // namespace pgleast
