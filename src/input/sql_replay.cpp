#include "input/sql_replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include "input/database_editor.hpp"
#include "input/do_block.hpp"
#include "input/psql_script.hpp"
#include "input/role_editor.hpp"
#include "input/sql_script.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

constexpr std::string_view aborted =
    "current transaction is aborted, commands ignored until end of transaction block";

// Which facts a statement may change: a set of Fact.
using Touched = unsigned;
constexpr Touched bit(Fact fact) { return 1U << static_cast<unsigned>(fact); }
constexpr Touched nothing = 0;
constexpr Touched roles = bit(Fact::roles);
constexpr Touched objects = bit(Fact::objects);
constexpr Touched role_settings = bit(Fact::role_settings);
constexpr Touched settings = bit(Fact::settings);
constexpr Touched anything = roles | objects | role_settings | settings;

struct StatementKind {
  std::string_view words;  // it begins with these
  bool followed;           // where sql_script has a reader for it
  Touched touched;         // else, what it may change
};

// The first row that fits counts. No row: it is no SQL.
constexpr std::array kinds{
    StatementKind{"create role", true, roles},
    StatementKind{"create user mapping", false, objects},
    StatementKind{"create user", true, roles},
    StatementKind{"create group", true, roles},
    StatementKind{"create database", true, objects},
    StatementKind{"create", false, objects},
    StatementKind{"alter role", true, role_settings},
    StatementKind{"alter user mapping", false, objects},
    StatementKind{"alter user", true, role_settings},
    StatementKind{"alter group", true, roles},
    StatementKind{"alter database", true, role_settings},
    StatementKind{"alter system", false, settings},
    StatementKind{"alter", false, objects},
    StatementKind{"drop role", true, roles},
    StatementKind{"drop user mapping", false, objects},
    StatementKind{"drop user", true, roles},
    StatementKind{"drop group", true, roles},
    StatementKind{"drop database", true, objects},
    StatementKind{"drop owned", false, roles | objects},
    StatementKind{"drop", false, objects},
    StatementKind{"grant", true, objects},
    StatementKind{"revoke", true, objects},
    StatementKind{"reassign", false, objects},
    StatementKind{"import", false, objects},
    StatementKind{"do", false, anything},
    StatementKind{"call", false, anything},
    StatementKind{"begin", true, nothing},
    StatementKind{"start", true, nothing},
    StatementKind{"commit", true, nothing},
    StatementKind{"end", true, nothing},
    StatementKind{"rollback", true, nothing},
    StatementKind{"abort", true, nothing},
    StatementKind{"savepoint", true, nothing},
    StatementKind{"release", true, nothing},
    StatementKind{"set role none", false, nothing},
    StatementKind{"set role", false, roles},
    StatementKind{"set local role", false, roles},
    StatementKind{"set session role", false, roles},
    StatementKind{"set session authorization default", false, nothing},
    StatementKind{"set session authorization", false, roles},
    StatementKind{"set local session authorization", false, roles},
    StatementKind{"set", true, nothing},
    StatementKind{"reset", true, nothing},
    StatementKind{"analyse", false, nothing},
    StatementKind{"analyze", false, nothing},
    StatementKind{"checkpoint", false, nothing},
    StatementKind{"close", false, nothing},
    StatementKind{"cluster", false, nothing},
    StatementKind{"comment", false, nothing},
    StatementKind{"copy", false, nothing},
    StatementKind{"deallocate", false, nothing},
    StatementKind{"declare", false, nothing},
    StatementKind{"delete", false, nothing},
    StatementKind{"discard", false, nothing},
    StatementKind{"execute", false, nothing},
    StatementKind{"explain", false, nothing},
    StatementKind{"fetch", false, nothing},
    StatementKind{"insert", false, nothing},
    StatementKind{"listen", false, nothing},
    StatementKind{"load", false, nothing},
    StatementKind{"lock", false, nothing},
    StatementKind{"merge", false, nothing},
    StatementKind{"move", false, nothing},
    StatementKind{"notify", false, nothing},
    StatementKind{"prepare", false, nothing},
    StatementKind{"refresh", false, nothing},
    StatementKind{"reindex", false, nothing},
    StatementKind{"security", false, nothing},
    StatementKind{"select", false, nothing},
    StatementKind{"show", false, nothing},
    StatementKind{"table", false, nothing},
    StatementKind{"truncate", false, nothing},
    StatementKind{"unlisten", false, nothing},
    StatementKind{"update", false, nothing},
    StatementKind{"vacuum", false, nothing},
    StatementKind{"values", false, nothing},
    StatementKind{"with", false, nothing},
};

struct CommandKind {
  std::string_view name;
  Touched touched;
};

// psql's own commands that may change something; the others do not.
constexpr std::array commands{
    CommandKind{"i", anything},        CommandKind{"include", anything},
    CommandKind{"ir", anything},       CommandKind{"include_relative", anything},
    CommandKind{"!", anything},        CommandKind{"if", roles},
    CommandKind{"lo_import", objects}, CommandKind{"lo_unlink", objects},
    CommandKind{"password", roles},
};

bool begins_with(const PsqlItem& s, std::string_view words) {
  for (const auto& token : s.tokens) {
    const auto word = words.substr(0, words.find(' '));
    if (!token.is(word)) return false;
    if (word.size() == words.size()) return true;
    words.remove_prefix(word.size() + 1);
  }
  return false;
}

const StatementKind* kind_of(const PsqlItem& s) {
  const bool in_parentheses = s.tokens.front().kind == SqlToken::Kind::symbol;
  const auto* const found = std::find_if(kinds.begin(), kinds.end(), [&](const StatementKind& k) {
    return in_parentheses ? k.words == "select" : begins_with(s, k.words);
  });
  return found == kinds.end() ? nullptr : found;
}

// What a dump asks for, and what every reader of scripts has seen a thousand times.
bool is_harmless_function(std::string_view name) {
  constexpr std::array<std::string_view, 7> names{
      "setval", "nextval", "set_config", "current_setting", "now", "version", "count"};
  return name.starts_with("pg_") || std::find(names.begin(), names.end(), name) != names.end();
}

/// `SELECT make_roles('shop')`: a function is called for what it does.
bool calls_function(std::string_view script, const PsqlItem& s) {
  if (!s.tokens.front().is("select") || s.has_word("from")) return false;
  const auto symbol = [&](std::size_t i) {
    const auto& t = s.tokens[i];
    return t.kind == SqlToken::Kind::symbol ? script[t.span.begin] : ' ';
  };
  for (std::size_t i = 1; i + 1 < s.tokens.size(); ++i) {
    const auto& t = s.tokens[i];
    const bool name = t.kind == SqlToken::Kind::word || t.kind == SqlToken::Kind::quoted;
    if (!name || symbol(i + 1) != '(') continue;
    const bool of_server = i > 1 && symbol(i - 1) == '.' && s.tokens[i - 2].text == "pg_catalog";
    if (!of_server && !is_harmless_function(t.text)) return true;
  }
  return false;
}

/// What a statement may change that is not followed.
Touched touched_by(std::string_view script, const PsqlItem& s, const StatementKind& kind) {
  if (s.executes_rows || calls_function(script, s)) return anything;
  const bool reads = begins_with(s, "select") || begins_with(s, "comment");
  if (kind.touched == nothing && !reads &&
      (s.has_word("pg_authid") || s.has_word("pg_auth_members"))) {
    return roles;
  }
  return kind.touched;
}

/// `\connect shop app`: what comes after it is run by another role.
bool names_user(const std::string& arguments) {
  std::istringstream words(arguments);
  std::string database, user;
  return words >> database >> user && user != "-";
}

/// `DO`, `ALTER TABLE`, `\gexec`: what a person calls it.
std::string called(const PsqlItem& s) {
  if (s.kind == PsqlItem::Kind::command) return '\\' + s.command;
  if (s.executes_rows) return "\\gexec";
  std::string words;
  for (std::size_t i = 0; i < std::min<std::size_t>(2, s.tokens.size()); ++i) {
    const auto& t = s.tokens[i];
    const auto& first = s.tokens.front();
    const bool two = first.is("create") || first.is("alter") || first.is("drop") ||
                     first.is("set") || first.is("import") || first.is("reassign");
    if (t.kind != SqlToken::Kind::word || (i == 1 && !two)) break;
    words += (i == 0 ? "" : " ") + t.text;
  }
  for (char& c : words) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return words;
}

class Replay {
 public:
  Replay(const Source& script, Cluster& cluster)
      : script_(script), cluster_(cluster), roles_(cluster), databases_(cluster, roles_) {}

  SqlProblems run() {
    PsqlScript items(script_.text());
    while (const auto item = items.next()) {
      if (item->kind == PsqlItem::Kind::command) {
        follow_command(*item);
      } else {
        follow(*item);
      }
    }
    close();
    remark();
    return std::move(problems_);
  }

 private:
  // password_encryption; none: as the server is configured.
  struct Encryption {
    std::optional<std::string> of_session, current;
  };

  // What a transaction may have to put back.
  struct Saved {
    std::string savepoint;
    std::vector<Role> roles;
    std::vector<Membership> memberships;
    std::vector<Object> objects;
    std::vector<DatabaseDetail> databases;
    std::vector<RoleSetting> role_settings;
    Encryption encryption;
  };

  Saved save(const std::string& name) const {
    return {name,
            cluster_.roles,
            cluster_.memberships,
            cluster_.objects,
            cluster_.databases,
            cluster_.role_settings,
            encryption_};
  }

  void undo(const Saved& saved) {
    cluster_.roles = saved.roles;
    cluster_.memberships = saved.memberships;
    cluster_.objects = saved.objects;
    cluster_.databases = saved.databases;
    cluster_.role_settings = saved.role_settings;
    roles_.index_names();
    encryption_.of_session = saved.encryption.of_session;
    encrypt_by(saved.encryption.current);
  }

  void encrypt_by(const std::optional<std::string>& method) {
    encryption_.current = method;
    roles_.encrypt_passwords_by(method);
  }

  /// The end of the session.
  void close() {
    if (!saved_.empty()) {
      refuse(begun_, "the transaction is never committed");
      end(false, false);
    }
    encryption_.of_session.reset();
    encrypt_by(std::nullopt);
  }

  void follow_command(const PsqlItem& item) {
    if (item.command == "c" || item.command == "connect") {
      close();
      if (names_user(item.arguments)) touch(item, roles);
    }
    for (const auto& command : commands) {
      if (command.name == item.command) touch(item, command.touched);
    }
  }

  void follow(const PsqlItem& s) {
    const auto* const kind = kind_of(s);
    if (kind == nullptr) return wrong(s, {"syntax error", s.tokens.front().span});
    const bool on_objects =
        (s.tokens.front().is("grant") || s.tokens.front().is("revoke")) && s.has_word("on");
    const bool unknown = has_unknown_parts(script_.text(), s);
    if (kind->followed && !on_objects && !unknown) return try_out(s, *kind);
    if (const auto error = unknown ? std::nullopt : sql_syntax_error(script_.text(), s)) {
      if (!is_newer_than_grammar(cluster_.major())) return wrong(s, *error);
    }
    if (failed_) return refuse(s.tokens.front().span, std::string(aborted));
    if (!unknown && begins_with(s, "do") && follow_block(s)) return;
    const bool of_roles = kind->followed && !on_objects;
    touch(s, touched_by(script_.text(), s, *kind) | (of_roles ? roles : nothing));
  }

  /// All of a block or nothing; not when it is of a shape that is not followed.
  bool follow_block(const PsqlItem& s) {
    const auto before = save("");
    try {
      const auto done = run_do_block(script_.text(), s, cluster_, roles_);
      if (done && done->on_objects) touch(s, objects);
      return done.has_value();
    } catch (const Refused& e) {
      undo(before);
      refuse(s.tokens.front().span, e.what());
      return true;
    }
  }

  /// After an error in a transaction nothing but its end is taken.
  std::optional<SqlAction> parse(const PsqlItem& s) const {
    std::optional<SqlAction> action;
    try {
      action = parse_sql(script_.text(), s, cluster_.major());
    } catch (const Refused&) {
      if (!failed_) throw;
    }
    if (failed_ && (!action || !std::holds_alternative<Transaction>(*action))) {
      throw Refused(std::string(aborted));
    }
    return action;
  }

  void try_out(const PsqlItem& s, const StatementKind& kind) {
    try {
      const auto action = parse(s);
      if (!action) return touch(s, kind.touched);
      std::visit([&](const auto& a) { apply(a, s); }, *action);
    } catch (const SqlSyntaxError& e) {
      wrong(s, e);
    } catch (const Refused& e) {
      refuse(place_of(s, e.name()), e.what());
    }
  }

  template <typename A>
  void apply(const A& action, const PsqlItem&) {
    if constexpr (requires { roles_.apply(action); }) {
      roles_.apply(action);
    } else {
      databases_.apply(action);
    }
  }

  void apply(const CreateDatabase& action, const PsqlItem&) {
    refuse_in_transaction("CREATE DATABASE");
    databases_.apply(action);
  }

  void apply(const DropDatabase& action, const PsqlItem&) {
    refuse_in_transaction("DROP DATABASE");
    databases_.apply(action);
  }

  void apply(const SetPasswordEncryption& action, const PsqlItem&) {
    if (action.local && saved_.empty()) return;
    if (!action.local) encryption_.of_session = action.value;
    encrypt_by(action.value);
  }

  void apply(const Transaction& action, const PsqlItem& s) {
    using Kind = Transaction::Kind;
    const bool open = !saved_.empty();
    switch (action.kind) {
      case Kind::begin:
        if (failed_) throw Refused(std::string(aborted));
        if (open) return;
        begun_ = s.tokens.front().span;
        return saved_.push_back(save(""));
      case Kind::commit:
      case Kind::rollback:
        if (!open && action.chain) {
          refuse_outside(action.kind == Kind::commit ? "COMMIT AND CHAIN" : "ROLLBACK AND CHAIN",
                         open);
        }
        if (!open) return;
        return end(action.kind == Kind::commit && !failed_, action.chain);
      case Kind::savepoint:
        refuse_outside("SAVEPOINT", open);
        if (failed_) throw Refused(std::string(aborted));
        return saved_.push_back(save(action.savepoint));
      case Kind::release:
        refuse_outside("RELEASE SAVEPOINT", open);
        if (failed_) throw Refused(std::string(aborted));
        saved_.resize(savepoint(action.savepoint));
        return;
      case Kind::rollback_to:
        refuse_outside("ROLLBACK TO SAVEPOINT", open);
        saved_.resize(savepoint(action.savepoint) + 1);
        undo(saved_.back());
        failed_ = false;
        return;
    }
  }

  void end(bool commit, bool chain) {
    if (!commit) undo(saved_.front());
    saved_.clear();
    failed_ = false;
    encrypt_by(encryption_.of_session);
    if (chain) saved_.push_back(save(""));
  }

  /// Its place among what was saved.
  std::size_t savepoint(const std::string& name) const {
    for (auto i = saved_.size(); i > 1; --i) {
      if (saved_[i - 1].savepoint == name) return i - 1;
    }
    throw Refused(fmt::format("savepoint `{}` does not exist", name), name);
  }

  static void refuse_outside(std::string_view what, bool open) {
    if (!open) throw Refused(fmt::format("{} can only be used in transaction blocks", what));
  }

  void refuse_in_transaction(std::string_view what) const {
    if (saved_.empty()) return;
    throw Refused(fmt::format("{} cannot run inside a transaction block", what));
  }

  static Span place_of(const PsqlItem& s, const std::string& name) {
    for (const auto& token : s.tokens) {
      const bool word = token.kind == SqlToken::Kind::word || token.kind == SqlToken::Kind::quoted;
      if (word && !name.empty() && token.text == name) return token.span;
    }
    return s.tokens.front().span;
  }

  void wrong(const PsqlItem& s, const SqlSyntaxError& error) {
    const bool at_end = error.span.end <= error.span.begin;
    const auto span = at_end ? Span{s.span.end, s.span.end} : error.span;
    const auto word =
        shown().text().substr(span.begin, std::min<std::size_t>(60, span.end - span.begin));
    problems_.syntax.push_back(make_diagnostic(
        shown(), span,
        displayed(error.message) + (at_end ? std::string(" at the end of the statement")
                                           : fmt::format(" at `{}`", displayed(word)))));
    failed_ = !saved_.empty();
  }

  void refuse(Span span, const std::string& message) {
    problems_.refused.push_back(make_diagnostic(shown(), span, displayed(message)));
    failed_ = !saved_.empty();
  }

  void touch(const PsqlItem& s, Touched touched) {
    if (failed_) return;
    for (std::size_t i = 0; i < fact_count; ++i) {
      const auto fact = static_cast<Fact>(i);
      if ((touched & bit(fact)) == 0) continue;
      auto& untold = untold_[fact];
      if (untold.count++ > 0) continue;
      untold.first = fmt::format("{}:{}: {}", displayed(script_.name()),
                                 script_.position(s.span.begin).line, displayed(called(s)));
    }
  }

  void remark() {
    const auto name = displayed(script_.name());
    if (!problems_.refused.empty()) {
      const auto& first = problems_.refused.front();
      cluster_.remarks.push_back(
          {fmt::format("refused by the server, so left out: {} of {} (first: {}:{}:{}: {})",
                       counted(problems_.refused.size(), "statement"), name, name, first.at->line,
                       first.at->column, first.message),
           ""});
    }
    for (const auto& [fact, untold] : untold_) {
      forget(fact, {fmt::format("not followed, though {} may change: {} of {} (first: {})",
                                fact == Fact::roles ? "roles and memberships" : "this",
                                counted(untold.count, "statement"), name, untold.first),
                    "audit a server on which it was run"});
    }
  }

  void forget(Fact fact, const Unseen& why) {
    if (cluster_.seen(fact)) cluster_.unseen[fact] = why;
    // Whose password is what, for there may be other roles.
    if (fact == Fact::roles && cluster_.seen(Fact::passwords)) {
      cluster_.unseen[Fact::passwords] = why;
    }
  }

  /// The script without what is secret in it; most scripts need none.
  const Source& shown() {
    if (!shown_) shown_.emplace(script_.name(), starred_sql(script_.text()));
    return *shown_;
  }

  struct Untold {
    std::size_t count = 0;
    std::string first;
  };

  const Source& script_;
  Cluster& cluster_;
  RoleEditor roles_;
  DatabaseEditor databases_;
  std::vector<Saved> saved_;  // at BEGIN, then at each savepoint; empty: no transaction
  Span begun_;
  bool failed_ = false;
  Encryption encryption_;
  std::map<Fact, Untold> untold_;
  SqlProblems problems_;
  std::optional<Source> shown_;
};

}  // namespace

SqlProblems replay_sql(const Source& script, Cluster& cluster) {
  return Replay(script, cluster).run();
}

}  // namespace pgleast
