#include "input/replay/replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include "input/replay/catalog/catalog.hpp"
#include "input/replay/query/do_block.hpp"
#include "input/replay/query/eval.hpp"
#include "input/replay/roles/role_editor.hpp"
#include "input/replay/statements/database_editor.hpp"
#include "input/replay/statements/object_statement.hpp"
#include "input/sql/parser.hpp"
#include "input/sql/psql_script.hpp"
#include "model/bootstrap_superuser.hpp"
#include "model/fresh_cluster.hpp"
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

// By action: sql_script has a reader for it. By tree: object_statement.cpp has a row.
enum class Followed : std::uint8_t { no, by_action, by_tree };

struct StatementKind {
  std::string_view words;  // it begins with these
  Followed followed;
  Touched touched;  // what it may change where it is not followed
};

// The first row that fits counts. No row: it is no SQL.
constexpr std::array kinds{
    StatementKind{"create role", Followed::by_action, roles},
    StatementKind{"create user mapping", Followed::by_tree, objects},
    StatementKind{"create user", Followed::by_action, roles},
    StatementKind{"create group", Followed::by_action, roles},
    StatementKind{"create database", Followed::by_action, objects},
    StatementKind{"create", Followed::by_tree, objects},
    StatementKind{"alter role", Followed::by_action, role_settings},
    StatementKind{"alter user mapping", Followed::by_tree, objects},
    StatementKind{"alter user", Followed::by_action, role_settings},
    StatementKind{"alter group", Followed::by_action, roles},
    StatementKind{"alter database", Followed::by_action, role_settings},
    StatementKind{"alter system", Followed::no, settings},
    StatementKind{"alter", Followed::by_tree, objects},
    StatementKind{"drop role", Followed::by_action, roles},
    StatementKind{"drop user mapping", Followed::by_tree, objects},
    StatementKind{"drop user", Followed::by_action, roles},
    StatementKind{"drop group", Followed::by_action, roles},
    StatementKind{"drop database", Followed::by_action, objects},
    StatementKind{"drop owned", Followed::by_tree, roles | objects},
    StatementKind{"drop", Followed::by_tree, objects},
    StatementKind{"grant", Followed::by_action, objects},
    StatementKind{"revoke", Followed::by_action, objects},
    StatementKind{"reassign", Followed::by_tree, objects},
    StatementKind{"import", Followed::no, objects},
    StatementKind{"do", Followed::no, anything},
    StatementKind{"call", Followed::no, anything},
    StatementKind{"begin", Followed::by_action, nothing},
    StatementKind{"start", Followed::by_action, nothing},
    StatementKind{"commit", Followed::by_action, nothing},
    StatementKind{"end", Followed::by_action, nothing},
    StatementKind{"rollback", Followed::by_action, nothing},
    StatementKind{"abort", Followed::by_action, nothing},
    StatementKind{"savepoint", Followed::by_action, nothing},
    StatementKind{"release", Followed::by_action, nothing},
    StatementKind{"set role none", Followed::by_tree, nothing},
    StatementKind{"set role", Followed::by_tree, roles | objects},
    StatementKind{"set local role", Followed::by_tree, roles | objects},
    StatementKind{"set session role", Followed::by_tree, roles | objects},
    StatementKind{"set session authorization default", Followed::by_tree, nothing},
    StatementKind{"set session authorization", Followed::by_tree, roles | objects},
    StatementKind{"set local session authorization", Followed::by_tree, roles | objects},
    StatementKind{"set", Followed::by_action, nothing},
    StatementKind{"reset", Followed::by_action, nothing},
    StatementKind{"analyse", Followed::no, nothing},
    StatementKind{"analyze", Followed::no, nothing},
    StatementKind{"checkpoint", Followed::no, nothing},
    StatementKind{"close", Followed::no, nothing},
    StatementKind{"cluster", Followed::no, nothing},
    StatementKind{"comment", Followed::no, nothing},
    StatementKind{"copy", Followed::no, nothing},
    StatementKind{"deallocate", Followed::no, nothing},
    StatementKind{"declare", Followed::no, nothing},
    StatementKind{"delete", Followed::no, nothing},
    StatementKind{"discard", Followed::by_tree, nothing},
    StatementKind{"execute", Followed::no, nothing},
    StatementKind{"explain", Followed::no, nothing},
    StatementKind{"fetch", Followed::no, nothing},
    StatementKind{"insert", Followed::no, nothing},
    StatementKind{"listen", Followed::no, nothing},
    StatementKind{"load", Followed::no, nothing},
    StatementKind{"lock", Followed::no, nothing},
    StatementKind{"merge", Followed::no, nothing},
    StatementKind{"move", Followed::no, nothing},
    StatementKind{"notify", Followed::no, nothing},
    StatementKind{"prepare", Followed::no, nothing},
    StatementKind{"refresh", Followed::no, nothing},
    StatementKind{"reindex", Followed::no, nothing},
    StatementKind{"repack", Followed::no, nothing},
    StatementKind{"security", Followed::no, nothing},
    StatementKind{"select", Followed::no, nothing},
    StatementKind{"show", Followed::no, nothing},
    StatementKind{"table", Followed::no, nothing},
    StatementKind{"truncate", Followed::no, nothing},
    StatementKind{"unlisten", Followed::no, nothing},
    StatementKind{"update", Followed::no, nothing},
    StatementKind{"vacuum", Followed::no, nothing},
    StatementKind{"values", Followed::no, nothing},
    StatementKind{"wait", Followed::no, nothing},
    StatementKind{"with", Followed::no, nothing},
};

struct CommandKind {
  std::string_view name;
  Touched touched;
};

// psql's own commands that may change something; the others do not.
constexpr std::array commands{
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
  if (s.has_word("search_path") && begins_with(s, "set")) return objects;
  const bool reads = begins_with(s, "select") || begins_with(s, "comment");
  if (kind.touched == nothing && !reads &&
      (s.has_word("pg_authid") || s.has_word("pg_auth_members"))) {
    return roles;
  }
  return kind.touched;
}

/// The words of a command of psql: quotes are taken off, a name that is not quoted is kept.
std::vector<std::string> command_words(const std::string& arguments) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < arguments.size();) {
    if (arguments[at] == ' ' || arguments[at] == '\t' || arguments[at] == '\r') {
      ++at;
      continue;
    }
    std::string word;
    for (char quote = ' '; at < arguments.size(); ++at) {
      const char c = arguments[at];
      if (quote == ' ' && (c == ' ' || c == '\t' || c == '\r')) break;
      if (c == quote && quote != ' ') {
        const bool doubled = at + 1 < arguments.size() && arguments[at + 1] == quote;
        if (!doubled) {
          quote = ' ';
          continue;
        }
        ++at;
      } else if (quote == ' ' && (c == '"' || c == '\'')) {
        quote = c;
        continue;
      }
      word += c;
    }
    words.push_back(std::move(word));
  }
  return words;
}

struct ConnectionWords {
  std::string database, user;
};

/// `dbname='it\'s' user=app` (fe-connect.c, conninfo_parse)
ConnectionWords from_conninfo(const std::string& text) {
  ConnectionWords result;
  for (std::size_t at = 0; at < text.size();) {
    const auto equals = text.find('=', at);
    if (equals == std::string::npos) break;
    const auto begin = text.find_first_not_of(" \t", at);
    const auto name = text.substr(begin, text.find_last_not_of(" \t", equals - 1) + 1 - begin);
    at = std::min(text.find_first_not_of(" \t", equals + 1), text.size());
    const bool quoted = at < text.size() && text[at] == '\'';
    at += quoted ? 1 : 0;
    std::string value;
    for (; at < text.size() && (quoted ? text[at] != '\'' : text[at] != ' '); ++at) {
      if (text[at] == '\\' && at + 1 < text.size()) ++at;
      value += text[at];
    }
    at += quoted ? 1 : 0;
    if (name == "dbname") result.database = value;
    if (name == "user") result.user = value;
  }
  return result;
}

/// `shop app`, `- app`, `-reuse-previous=on "dbname='my db'"`
ConnectionWords connection_words(const std::string& arguments) {
  auto words = command_words(arguments);
  if (!words.empty() && words.front().starts_with("-reuse-previous=")) words.erase(words.begin());
  if (words.empty()) return {};
  if (words.front().find('=') != std::string::npos) return from_conninfo(words.front());
  ConnectionWords result;
  if (words[0] != "-") result.database = words[0];
  if (words.size() > 1 && words[1] != "-") result.user = words[1];
  return result;
}

/// `SELECT set_config('search_path', 's', false)`, `SELECT lo_create(17)`: done here.
bool is_for_effect(const PsqlItem& s) {
  if (!s.tokens.front().is("select")) return false;
  return s.has_word("into") || s.has_word("set_config") || s.has_word("lo_create") ||
         s.has_word("lo_from_bytea");
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
  Replay(const Source& script, const FileReader& files, Cluster& cluster, RoleEditor& role_editor,
         SqlCatalog& catalog)
      : outermost_(script),
        script_(&script),
        files_(files),
        cluster_(cluster),
        roles_(role_editor),
        catalog_(catalog),
        databases_(cluster, role_editor, catalog) {}

  SqlProblems run() {
    start_session();
    follow_script();
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
    std::size_t mark;  // of the catalog's journal
    std::vector<Role> roles;
    std::vector<Membership> memberships;
    std::vector<RoleSetting> role_settings;
    Encryption encryption;
  };

  Saved save(const std::string& name) const {
    return {
        name,       catalog_.mark(), cluster_.roles, cluster_.memberships, cluster_.role_settings,
        encryption_};
  }

  void undo(const Saved& saved) {
    catalog_.undo_to(saved.mark);
    cluster_.roles = saved.roles;
    cluster_.memberships = saved.memberships;
    cluster_.role_settings = saved.role_settings;
    roles_.index_names();
    encryption_.of_session = saved.encryption.of_session;
    encrypt_by(saved.encryption.current);
  }

  void encrypt_by(const std::optional<std::string>& method) {
    encryption_.current = method;
    roles_.encrypt_passwords_by(method);
  }

  void follow_script() {
    PsqlScript items(script_->text());
    while (const auto item = items.next()) {
      if (item->kind == PsqlItem::Kind::command) {
        follow_command(*item);
      } else {
        follow(*item);
      }
    }
  }

  /// `\i` names a file as psql's working directory has it, `\ir` one beside the script. What was
  /// meant to be run elsewhere is also looked for there.
  FileText included_text(std::string& path, bool is_beside) const {
    const auto other = beside(script_->name(), path);
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
    if (!files_.read || !known) return touch(item, anything);
    if (depth_ >= deepest || included_.size() >= most) {
      return touch(item, anything, "scripts in scripts without an end");
    }
    auto path = words[0];
    auto found = included_text(path, is_beside);
    if (!found.text) return touch(item, anything, fmt::format("{}: {}", path, found.why));
    included_.emplace_back(path, std::move(*found.text));
    const auto* const outer = std::exchange(script_, &included_.back());
    auto outer_shown = std::exchange(shown_, std::nullopt);
    ++depth_;
    follow_script();
    --depth_;
    script_ = outer;
    shown_ = std::move(outer_shown);
  }

  /// The bootstrap superuser, in the database that was read or `postgres`.
  void start_session() {
    roles_.run_as(no_role, no_role);
    const auto user = bootstrap_superuser(cluster_);
    const bool named = catalog_.database_named(cluster_.name) != no_object;
    catalog_.start_session(named ? cluster_.name : "postgres", user);
  }

  /// The end of the session.
  void close() {
    if (!saved_.empty()) {
      const auto* const now = std::exchange(script_, begun_in_);
      shown_.reset();
      refuse(begun_, "the transaction is never committed");
      script_ = now;
      shown_.reset();
      end(false, false);
    }
    catalog_.end_session();
    encryption_.of_session.reset();
    encrypt_by(std::nullopt);
  }

  /// A database that no script makes was there before them: with no server nothing says that it
  /// was not.
  ObjectId connected_database(const std::string& name) {
    const auto found = catalog_.database_named(name);
    if (found != no_object || !cluster_.server.empty()) return found;
    databases_.apply(CreateDatabase{name, {}});
    cluster_.remarks.push_back(
        {fmt::format("no script makes database {}: taken as new", displayed(name)), ""});
    return catalog_.database_named(name);
  }

  /// In a script psql is without a connection after one that fails.
  void connect(const PsqlItem& item) {
    const auto words = connection_words(item.arguments);
    const auto session = catalog_.session();
    close();
    if (!words.user.empty() && !cluster_.find_role(words.user)) {
      const auto why = fmt::format("role `{}` does not exist", words.user);
      return touch(item, roles | objects, why);
    }
    try {
      const auto user = words.user.empty() ? session.authenticated : roles_.named(words.user);
      const auto database =
          words.database.empty() ? session.database : connected_database(words.database);
      if (database == no_object) {
        throw Refused(fmt::format("database `{}` does not exist", words.database));
      }
      const auto name = cluster_.object(database).name;
      if (user != no_role && !cluster_.role(user).login) {
        throw Refused(
            fmt::format("role `{}` is not permitted to log in", cluster_.role(user).name));
      }
      if (!cluster_.databases[cluster_.object(database).detail].allows_connections) {
        throw Refused(fmt::format("database `{}` is not currently accepting connections", name));
      }
      catalog_.start_session(name, user);
      if (user != no_role && !catalog_.held(user, database).has(Privilege::connect)) {
        throw Refused(fmt::format("permission denied for database `{}`", name));
      }
      lost_ = false;
    } catch (const Refused& e) {
      refuse(item.span, e.what());
      lost_ = true;
    }
  }

  void follow_command(const PsqlItem& item) {
    if (item.command == "c" || item.command == "connect") {
      const bool unknown = item.arguments.find(':') != std::string::npos;
      if (!unknown && cluster_.seen(Fact::roles)) return connect(item);
      close();
      touch(item, roles | objects);
    }
    const bool here = item.command == "i" || item.command == "include";
    if (here || item.command == "ir" || item.command == "include_relative") {
      return include(item, !here);
    }
    for (const auto& command : commands) {
      if (command.name == item.command) touch(item, command.touched);
    }
  }

  void follow(const PsqlItem& s) {
    const auto* const kind = kind_of(s);
    if (kind == nullptr) return wrong(s, {"syntax error", s.tokens.front().span});
    if (lost_) return refuse(s.tokens.front().span, "there is no connection any more");
    const bool unknown = has_unknown_parts(script_->text(), s);
    const bool shallow = is_shallow(script_->text(), s);
    const bool followed = kind->followed != Followed::no || is_for_effect(s);
    if (followed && !unknown && shallow && !s.executes_rows) return try_out(s, *kind);
    if (const auto error = unknown ? std::nullopt : sql_syntax_error(script_->text(), s)) {
      if (!is_newer_than_grammar(cluster_.major())) return wrong(s, *error);
    }
    if (failed_) return refuse(s.tokens.front().span, std::string(aborted));
    if (!unknown && shallow && begins_with(s, "do")) return run_block(s);
    if (!unknown && shallow && s.executes_rows) return run_rows(s);
    const bool on_objects = is_on_objects(s);
    const bool of_roles = kind->followed == Followed::by_action && !on_objects;
    touch(s, touched_by(script_->text(), s, *kind) | (of_roles ? roles : nothing));
  }

  static bool is_of_roles(const PsqlItem& s) {
    const auto& first = s.tokens.front();
    if (first.is("grant") || first.is("revoke")) return !is_on_objects(s);
    const bool changes = first.is("create") || first.is("alter") || first.is("drop");
    const auto second = s.tokens.size() > 1 ? s.tokens[1].text : std::string();
    return changes && (second == "role" || second == "user" || second == "group");
  }

  static bool is_on_objects(const PsqlItem& s) {
    return (s.tokens.front().is("grant") || s.tokens.front().is("revoke")) && s.has_word("on");
  }

  // --- Statements that scripts put together ---

  /// Whether what queries of the catalogs find is known.
  void tell_what_is_known() {
    catalog_.roles_known = cluster_.seen(Fact::roles) && !untold_.contains(Fact::roles);
    catalog_.objects_known = (cluster_.seen(Fact::objects) || is_untouched(cluster_)) &&
                             !untold_.contains(Fact::objects);
  }

  /// Each statement of a text; no error is handled. Throws Refused and NotFollowed.
  void run_text(const std::string& text) {
    const auto outer = std::exchange(text_, text);
    const auto statement = catalog_.statement();
    try {
      PsqlScript items(text);
      while (const auto item = items.next()) run_inner(*item);
    } catch (const SqlSyntaxError& e) {
      text_ = outer;
      catalog_.set_statement(statement);
      throw Refused(e.message);
    } catch (...) {
      text_ = outer;
      catalog_.set_statement(statement);
      throw;
    }
    text_ = outer;
    catalog_.set_statement(statement);
  }

  void run_inner(const PsqlItem& s) {
    if (s.kind != PsqlItem::Kind::statement || s.executes_rows) throw NotFollowed{"a command"};
    const auto* const kind = kind_of(s);
    if (kind == nullptr) throw SqlSyntaxError{"syntax error", s.tokens.front().span};
    const bool odd = has_unknown_parts(*text_, s) || !is_shallow(*text_, s);
    const bool followed = kind->followed != Followed::no || is_for_effect(s);
    const bool ends = kind->touched == nothing && kind->followed == Followed::by_action &&
                      !begins_with(s, "set") && !begins_with(s, "reset");
    if (odd || ends || begins_with(s, "do")) throw NotFollowed{called(s)};
    if (!followed) {
      if (touched_by(*text_, s, *kind) != nothing) throw NotFollowed{called(s)};
      return;
    }
    const auto action = kind->followed == Followed::by_action && !is_on_objects(s)
                            ? parse_sql(*text_, s, cluster_.major())
                            : std::nullopt;
    if (action) {
      std::visit([&](const auto& a) { apply(a, s); }, *action);
    } else {
      apply_tree(s);
    }
  }

  /// All of a block or nothing.
  void run_block(const PsqlItem& s) {
    const auto before = save("");
    tell_what_is_known();
    in_block_ = true;
    run_block(s, before);
    in_block_ = false;
  }

  void run_block(const PsqlItem& s, const Saved& before) {
    try {
      if (failed_) throw Refused(std::string(aborted));
      const auto tree = statement_tree(script_->text(), s, cluster_.major());
      catalog_.need_contents();
      if (catalog_.user() == no_role) throw NotFollowed{"it is not known who runs the script"};
      run_do_block(
          node_at(tree, "DoStmt"),
          {catalog_, [&](const std::string& text) { run_text(text); },
           [&]() -> std::function<void()> { return [this, at = save("")] { undo(at); }; }});
    } catch (const SqlSyntaxError& e) {
      return wrong(s, e);
    } catch (const Refused& e) {
      undo(before);
      if (is_unsure()) return touch(s, anything, e.what());
      return refuse(s.tokens.front().span, e.what());
    } catch (const NotFollowed& e) {
      undo(before);
      return touch(s, anything, e.why);
    }
    finish_statement();
  }

  /// `SELECT ... \gexec`: what it returns is run, each statement by itself.
  void run_rows(const PsqlItem& s) {
    tell_what_is_known();
    SqlRows rows;
    try {
      const auto tree = statement_tree(script_->text(), s, cluster_.major());
      catalog_.need_contents();
      if (!tree.contains("SelectStmt")) throw NotFollowed{called(s)};
      const SqlVariables none;
      const auto text = script_->text().substr(s.span.begin, s.span.end - s.span.begin);
      rows = SqlEvaluator(catalog_, none, text).query(tree["SelectStmt"]);
    } catch (const SqlSyntaxError& e) {
      return wrong(s, e);
    } catch (const Refused& e) {
      return refuse(s.tokens.front().span, e.what());
    } catch (const NotFollowed& e) {
      return touch(s, anything, e.why);
    }
    for (const auto& row : rows.rows) {
      for (const auto& cell : row) {
        if (!cell.is_null()) run_cell(s, cell);
      }
    }
  }

  void run_cell(const PsqlItem& s, const SqlNode& cell) {
    const auto before = save("");
    try {
      if (failed_) throw Refused(std::string(aborted));
      run_text(text_of_value(cell));
    } catch (const Refused& e) {
      undo(before);
      return refuse(s.tokens.front().span, e.what());
    } catch (const NotFollowed& e) {
      undo(before);
      return touch(s, anything, e.why);
    }
    finish_statement();
  }

  void finish_statement() {
    if (!saved_.empty()) return;
    catalog_.end_transaction(true);
    catalog_.forget_journal();
  }

  /// After an error in a transaction nothing but its end is taken.
  std::optional<SqlAction> parse(const PsqlItem& s) const {
    std::optional<SqlAction> action;
    try {
      action = parse_sql(script_->text(), s, cluster_.major());
    } catch (const Refused&) {
      if (!failed_) throw;
    }
    if (failed_ && (!action || !std::holds_alternative<Transaction>(*action))) {
      throw Refused(std::string(aborted));
    }
    return action;
  }

  void try_out(const PsqlItem& s, const StatementKind& kind) {
    const bool by_tree = kind.followed != Followed::by_action || is_on_objects(s);
    const auto mark = catalog_.mark();
    bool of_roles = false;
    try {
      const auto action = by_tree ? std::nullopt : parse(s);
      of_roles = action && is_of_roles(s);
      if (action) {
        std::visit([&](const auto& a) { apply(a, s); }, *action);
      } else {
        apply_tree(s);
      }
    } catch (const SqlSyntaxError& e) {
      if (!by_tree || !is_newer_than_grammar(cluster_.major())) return wrong(s, e);
      touch(s, kind.touched);
    } catch (const Refused& e) {
      catalog_.undo_to(mark);
      if (by_tree && is_unsure()) return touch(s, kind.touched, e.what());
      refuse(place_of(s, e.name()), e.what());
    } catch (const NotFollowed& e) {
      catalog_.undo_to(mark);
      const auto touched = kind.touched | (of_roles ? roles : nothing);
      touch(s, touched == nothing ? anything : touched, e.why);
    }
    finish_statement();
  }

  /// Something that is not followed may have made what is missing now.
  bool is_unsure() const {
    return untold_.contains(Fact::roles) || untold_.contains(Fact::objects);
  }

  void apply_tree(const PsqlItem& s) {
    const auto tree = statement_tree(text(), s, cluster_.major());
    if (failed_) throw Refused(std::string(aborted));
    if (tree.empty()) return;
    const auto apply = find_statement(tree.begin().key());
    if (apply == nullptr) throw NotFollowed{called(s)};
    if (catalog_.user() == no_role) throw NotFollowed{"it is not known who runs the script"};
    const auto& node = tree.begin().key();
    const bool of_session = node == "VariableSetStmt" || node == "AlterRoleSetStmt" ||
                            node == "AlterDatabaseSetStmt" || node == "SelectStmt";
    if (!of_session) catalog_.need_contents();
    catalog_.set_statement({text(), &s});
    apply(catalog_, tree.begin().value());
    catalog_.set_statement({});
  }

  /// What others than superusers may do to roles is not followed.
  void need_superuser(const PsqlItem& s) {
    const auto user = catalog_.user();
    if (user == no_role || cluster_.role(user).superuser) return;
    const bool changes = s.tokens.front().is("create") || s.tokens.front().is("drop");
    if (changes && !cluster_.role(user).createrole) {
      throw Refused(fmt::format("permission denied to {} role", s.tokens.front().text));
    }
    const bool membership = s.tokens.front().is("grant") || s.tokens.front().is("revoke");
    if (!membership) throw NotFollowed{"it is done by a role that is no superuser"};
  }

  template <typename A>
  void apply(const A& action, const PsqlItem& s) {
    if constexpr (requires { roles_.apply(action); }) {
      need_superuser(s);
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

  void need_database_owner(const std::string& name) const {
    const auto id = catalog_.database_named(name);
    const auto user = catalog_.user();
    if (id == no_object || user == no_role) return;
    if (catalog_.has_privileges(user, cluster_.object(id).owner)) return;
    throw Refused(fmt::format("must be owner of database {}", name), name);
  }

  void need_database_rights() const {
    const auto user = catalog_.user();
    if (user == no_role || cluster_.role(user).superuser) return;
    if (!cluster_.role(user).createdb) throw Refused("permission denied to change databases");
    throw NotFollowed{"it is done by a role that is no superuser"};
  }

  void apply(const CreateDatabase& action, const PsqlItem&) {
    refuse_in_transaction("CREATE DATABASE");
    need_database_rights();
    databases_.apply(action);
  }

  void apply(const DropDatabase& action, const PsqlItem&) {
    refuse_in_transaction("DROP DATABASE");
    need_database_rights();
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
        begun_in_ = script_;
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
    catalog_.end_transaction(commit);
    catalog_.forget_journal();
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
    if (in_block_) throw Refused(fmt::format("{} cannot be executed from a function", what));
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

  void touch(const PsqlItem& s, Touched touched, const std::string& why = "") {
    if (failed_) return;
    for (std::size_t i = 0; i < fact_count; ++i) {
      const auto fact = static_cast<Fact>(i);
      if ((touched & bit(fact)) == 0) continue;
      auto& untold = untold_[fact];
      if (untold.count++ > 0) continue;
      untold.first = fmt::format("{}:{}: {}{}", displayed(script_->name()),
                                 script_->position(s.span.begin).line, displayed(called(s)),
                                 why.empty() ? "" : ": " + displayed(why));
    }
  }

  void remark() {
    const auto name = displayed(outermost_.name());
    if (!problems_.refused.empty()) {
      const auto& first = problems_.refused.front();
      cluster_.remarks.push_back(
          {fmt::format("refused by the server, so left out: {} of {} (first: {}:{}:{}: {})",
                       counted(problems_.refused.size(), "statement"), name, displayed(first.file),
                       first.at->line, first.at->column, first.message),
           ""});
    }
    if (catalog_.touched() && is_untouched(cluster_)) cluster_.unseen.erase(Fact::objects);
    if (catalog_.changed() && cluster_.seen(Fact::code) && !catalog_.is_of_scripts()) {
      cluster_.unseen[Fact::code] = {
          fmt::format("code in SQL scripts is not read, and {} may change some", name),
          "audit a server on which it was run"};
    }
    for (const auto& extension : std::exchange(catalog_.new_extensions, {})) {
      cluster_.remarks.push_back(
          {fmt::format("what extension {} brings is not in {}", displayed(extension), name),
           "audit a server on which it was run"});
    }
    for (const auto& [fact, untold] : untold_) {
      forget(fact, {fmt::format("not followed, though {} may change: {} of {} (first: {})",
                                fact == Fact::roles ? "roles and memberships" : "this",
                                counted(untold.count, "statement"), name, untold.first),
                    "audit a server on which it was run"});
    }
  }

  void forget(Fact fact, const Unseen& why) {
    const bool nothing_yet = fact == Fact::objects && is_untouched(cluster_);
    if (cluster_.seen(fact) || nothing_yet) cluster_.unseen[fact] = why;
    // Whose password is what, for there may be other roles.
    if (fact == Fact::roles && cluster_.seen(Fact::passwords)) {
      cluster_.unseen[Fact::passwords] = why;
    }
  }

  /// The script without what is secret in it; most scripts need none.
  const Source& shown() {
    if (!shown_) shown_.emplace(script_->name(), starred_sql(script_->text()));
    return *shown_;
  }

  struct Untold {
    std::size_t count = 0;
    std::string first;
  };

  /// Of the statement that is being done: the script, or what a block puts together.
  std::string_view text() const { return text_ ? std::string_view(*text_) : script_->text(); }

  const Source& outermost_;
  const Source* script_;  // that one, or one that it includes
  const FileReader& files_;
  std::deque<Source> included_;  // where they are is kept
  std::size_t depth_ = 0;
  std::optional<std::string> text_;
  Cluster& cluster_;
  RoleEditor& roles_;
  SqlCatalog& catalog_;
  DatabaseEditor databases_;
  bool in_block_ = false;
  bool lost_ = false;         // no connection any more
  std::vector<Saved> saved_;  // at BEGIN, then at each savepoint; empty: no transaction
  Span begun_;
  const Source* begun_in_ = nullptr;
  bool failed_ = false;
  Encryption encryption_;
  std::map<Fact, Untold> untold_;
  SqlProblems problems_;
  std::optional<Source> shown_;
};

}  // namespace

std::vector<SqlProblems> replay_sql(const std::vector<Source>& scripts, Cluster& cluster,
                                    const FileReader& files) {
  RoleEditor roles(cluster);
  SqlCatalog catalog(cluster, roles);
  std::vector<SqlProblems> result;
  for (const auto& script : scripts) {
    result.push_back(Replay(script, files, cluster, roles, catalog).run());
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

SqlProblems replay_sql(const Source& script, Cluster& cluster) {
  return replay_sql(std::vector<Source>{script}, cluster).front();
}

}  // namespace pgleast
