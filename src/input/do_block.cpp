#include "input/do_block.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "input/sql_script.hpp"
#include "pg/role_attribute.hpp"

namespace pgleast {
namespace {

using TokenKind = SqlToken::Kind;

constexpr std::size_t longest_name_bytes = 63;  // NAMEDATALEN - 1
constexpr int deepest_block = 50;

/// The block is of another shape.
struct AnotherShape {};

/// As the server cuts a constant that becomes a name: no character is split.
std::string as_name(std::string text) {
  if (text.size() <= longest_name_bytes) return text;
  auto end = longest_name_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text;
}

/// The text of 'it''s' and of E'a\\b'; other escapes are another shape.
std::string constant_text(std::string_view written) {
  const bool escapes = written.front() == 'e' || written.front() == 'E';
  if (escapes) written.remove_prefix(1);
  if (written.size() < 2 || written.front() != '\'' || written.back() != '\'') throw AnotherShape{};
  std::string text;
  for (std::size_t i = 1; i + 1 < written.size(); ++i) {
    text += written[i];
    if (written[i] != '\'' && (!escapes || written[i] != '\\')) continue;
    ++i;  // it stands there twice
    if (i + 1 >= written.size() || written[i] != text.back()) throw AnotherShape{};
  }
  return text;
}

/// What stands between the quotes of a body.
std::string_view body_of(std::string_view quoted) {
  const bool dollars = quoted.front() == '$';
  const auto open = dollars ? quoted.find('$', 1) + 1 : 1;
  if ((!dollars && quoted.front() != '\'') || quoted.size() < 2 * open) throw AnotherShape{};
  const auto body = quoted.substr(open, quoted.size() - 2 * open);
  const bool closed = quoted.ends_with(quoted.substr(0, open));
  const bool escaped = !dollars && body.find_first_of("'\\") != std::string_view::npos;
  if (!closed || escaped) throw AnotherShape{};
  return body;
}

struct RoleView {
  std::string_view name, column;
  bool only_login;
};

constexpr std::array role_views{
    RoleView{"pg_roles", "rolname", false},
    RoleView{"pg_authid", "rolname", false},
    RoleView{"pg_user", "usename", true},
    RoleView{"pg_shadow", "usename", true},
};

class Block {
 public:
  Block(std::string_view body, const Cluster& cluster, RoleEditor& roles)
      : body_(body), cluster_(cluster), roles_(roles) {
    PsqlScript items(body);
    while (auto item = items.next()) {
      if (item->kind != PsqlItem::Kind::statement || item->executes_rows) throw AnotherShape{};
      for (auto& token : item->tokens) {
        if (token.kind == TokenKind::variable) throw AnotherShape{};
        tokens_.push_back(std::move(token));
      }
      tokens_.push_back({TokenKind::symbol, {item->span.end, item->span.end}, ""});
    }
  }

  /// Once to see whether all of it can be followed: what is refused may be handled below.
  BlockDone run() {
    block(false);
    // A grant that fails would take the roles with it.
    if (any_of_roles_ && any_on_objects_) throw AnotherShape{};
    at_ = 0;
    block(true);
    return done_;
  }

 private:
  void block(bool active) {
    if (take("declare")) {
      while (word(at_) != "begin") {
        ++at_;
        need("record ;");
      }
    }
    need("begin");
    statements(active, 0);
    need("end ;");
    if (at_ != tokens_.size()) throw AnotherShape{};
  }

  /// A word or a symbol, `;` at the end of each statement; empty for all else.
  std::string_view word(std::size_t i) const {
    if (i >= tokens_.size()) throw AnotherShape{};
    const auto& token = tokens_[i];
    if (token.kind == TokenKind::word) return token.text;
    if (token.kind != TokenKind::symbol) return {};
    if (token.span.begin == token.span.end) return ";";
    return text(token);
  }

  std::string_view text(const SqlToken& token) const {
    return body_.substr(token.span.begin, token.span.end - token.span.begin);
  }

  bool take(std::string_view wanted) {
    const bool is = word(at_) == wanted;
    at_ += is ? 1 : 0;
    return is;
  }

  /// Words with single spaces between them. `pg_catalog.` may stand before any.
  void need(std::string_view words) {
    while (!words.empty()) {
      const auto end = std::min(words.find(' '), words.size());
      if (word(at_) == "pg_catalog" && word(at_ + 1) == ".") at_ += 2;
      if (!take(words.substr(0, end))) throw AnotherShape{};
      words.remove_prefix(std::min(end + 1, words.size()));
    }
  }

  bool comes(std::string_view words) {
    const auto before = at_;
    try {
      need(words);
    } catch (const AnotherShape&) {
      at_ = before;
      return false;
    }
    return true;
  }

  std::string need_constant() {
    if (at_ >= tokens_.size() || tokens_[at_].kind != TokenKind::string) throw AnotherShape{};
    return constant_text(text(tokens_[at_++]));
  }

  void statements(bool active, int depth) {
    if (depth > deepest_block) throw AnotherShape{};
    while (word(at_) != "end" && word(at_) != "else") statement(active, depth);
  }

  void statement(bool active, int depth) {
    if (take("null")) return need(";");
    if (take("raise")) return notice();
    if (take("for")) return grant_in_loop(active);
    if (!take("if")) return sql(active);
    const bool holds = condition();
    need("then");
    statements(active && holds, depth + 1);
    if (take("else")) statements(active && !holds, depth + 1);
    need("end if ;");
  }

  void notice() {
    constexpr std::array<std::string_view, 5> levels{"notice", "info", "log", "warning", "debug"};
    if (std::find(levels.begin(), levels.end(), word(at_)) == levels.end()) throw AnotherShape{};
    ++at_;
    const auto format = need_constant();
    for (auto left = std::count(format.begin(), format.end(), '%'); left > 0; --left) {
      need(",");
      const auto kind = at_ < tokens_.size() ? tokens_[at_++].kind : TokenKind::symbol;
      if (kind != TokenKind::string && kind != TokenKind::number) throw AnotherShape{};
    }
    need(";");
  }

  bool condition() {
    if (!cluster_.seen(Fact::roles)) throw AnotherShape{};
    const bool negated = take("not");
    need("exists ( select");
    return exists() != negated;
  }

  bool exists() {
    if (comes("from pg_auth_members m join pg_roles g on g . oid = m . roleid join pg_roles r on "
              "r . oid = m . member where g . rolname =")) {
      return membership();
    }
    std::string_view column;
    if (word(at_) == "rolname" || word(at_) == "usename") {
      column = word(at_++);
    } else if (!take("*") && !take("true") && tokens_[at_].kind == TokenKind::number) {
      ++at_;
    }
    need("from");
    for (const auto& view : role_views) {
      if ((column.empty() || column == view.column) && comes(view.name)) return role(view);
    }
    throw AnotherShape{};
  }

  /// `r WHERE r.rolname = 'app' AND rolsuper)`
  bool role(const RoleView& view) {
    take("as");
    const auto alias = word(at_) == "where" ? std::string_view() : word(at_++);
    need("where");
    if (!alias.empty() && take(alias)) need(".");
    need(view.column);
    need("=");
    const auto id = cluster_.find_role(as_name(need_constant()));
    bool holds = id && (!view.only_login || cluster_.role(*id).login);
    const Role none;
    while (!view.only_login && take("and"))
      holds = test(holds ? cluster_.role(*id) : none) && holds;
    need(")");
    return holds;
  }

  /// `rolsuper`, `NOT rolcanlogin`, `rolconnlimit NOT BETWEEN 0 AND 10`
  bool test(const Role& role) {
    const bool negated = take("not");
    for (const auto& attribute : role_attributes) {
      if (take(attribute.column)) return has(role, attribute.attribute) != negated;
    }
    if (negated || !take("rolconnlimit")) throw AnotherShape{};
    need("not between");
    const auto least = number();
    need("and");
    const auto most = number();
    return role.connection_limit < least || role.connection_limit > most;
  }

  std::int64_t number() {
    if (at_ >= tokens_.size() || tokens_[at_].kind != TokenKind::number) throw AnotherShape{};
    const auto digits = text(tokens_[at_++]);
    std::int64_t n = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), n);
    if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) throw AnotherShape{};
    return n;
  }

  bool membership() {
    const auto group = cluster_.find_role(as_name(need_constant()));
    need("and r . rolname =");
    const auto member = cluster_.find_role(as_name(need_constant()));
    need(")");
    const auto& all = cluster_.memberships;
    return group && member && std::any_of(all.begin(), all.end(), [&](const Membership& m) {
             return m.role == *group && m.member == *member;
           });
  }

  /// `o IN SELECT ... LOOP EXECUTE format('GRANT SELECT ON TABLE %I.%I TO app', ...); END LOOP;`
  void grant_in_loop(bool active) {
    ++at_;
    need("in select");
    for (; word(at_) != "loop"; ++at_) {
      if (word(at_) == "(") check_function();
      if (word(at_) == ";") throw AnotherShape{};
    }
    need("loop execute format (");
    const auto statement = need_constant();
    const bool grants =
        statement.starts_with("GRANT ") && statement.find(" ON ") < statement.size();
    const bool on_objects = grants || statement.starts_with("ALTER DEFAULT PRIVILEGES ");
    if (!on_objects || statement.find(';') < statement.size()) throw AnotherShape{};
    while (word(at_) != ")") {
      if (word(at_) == "(" || word(at_) == ";") throw AnotherShape{};
      ++at_;
    }
    need(") ; end loop ;");
    grants_on_objects(active);
  }

  void grants_on_objects(bool active) {
    any_on_objects_ = true;
    done_.on_objects = done_.on_objects || active;
  }

  /// What stands before a parenthesis changes nothing.
  void check_function() const {
    constexpr std::array<std::string_view, 12> harmless{
        "exists",      "in",      "and",        "or",         "not",
        "select",      "where",   "aclexplode", "acldefault", "current_database",
        "pg_has_role", "coalesce"};
    const auto before = word(at_ - 1);
    const bool in_schema = word(at_ - 2) == ".";
    if (in_schema && word(at_ - 3) != "pg_catalog") throw AnotherShape{};
    if (std::find(harmless.begin(), harmless.end(), before) == harmless.end()) throw AnotherShape{};
  }

  void sql(bool active) {
    const auto first = at_;
    while (word(at_) != ";") ++at_;
    PsqlItem item;
    item.tokens.assign(tokens_.begin() + static_cast<std::ptrdiff_t>(first),
                       tokens_.begin() + static_cast<std::ptrdiff_t>(at_++));
    if (item.tokens.empty()) throw AnotherShape{};
    item.span = {item.tokens.front().span.begin, item.tokens.back().span.end};
    const auto verb = word(first);
    const bool grants = verb == "grant" || verb == "revoke";
    if (!grants && verb != "create" && verb != "alter" && verb != "drop") throw AnotherShape{};
    const bool on_objects = grants && std::any_of(item.tokens.begin(), item.tokens.end(),
                                                  [](const SqlToken& t) { return t.is("on"); });
    if (on_objects) return grants_on_objects(active);
    any_of_roles_ = true;
    apply(item, active);
  }

  void apply(const PsqlItem& item, bool active) {
    try {
      const auto action = parse_sql(body_, item, cluster_.major());
      if (!action) throw AnotherShape{};
      std::visit([&](const auto& a) { apply(a, active); }, *action);
    } catch (const SqlSyntaxError&) {
      throw AnotherShape{};
    } catch (const Refused&) {
      if (active) throw;
    }
  }

  template <typename Action>
  void apply(const Action& action, bool active) {
    if constexpr (requires { roles_.apply(action); }) {
      if (active) roles_.apply(action);
    } else {
      throw AnotherShape{};
    }
  }

  std::string_view body_;
  const Cluster& cluster_;
  RoleEditor& roles_;
  std::vector<SqlToken> tokens_;  // after each statement one of no width
  std::size_t at_ = 0;
  bool any_of_roles_ = false, any_on_objects_ = false;
  BlockDone done_;
};

}  // namespace

std::optional<BlockDone> run_do_block(std::string_view script, const PsqlItem& s,
                                      const Cluster& cluster, RoleEditor& roles) {
  std::optional<Span> body;
  for (std::size_t i = 1; i < s.tokens.size(); ++i) {
    const auto& token = s.tokens[i];
    if (token.is("language") && i + 1 < s.tokens.size() && s.tokens[i + 1].text == "plpgsql") {
      ++i;
    } else if (token.kind == TokenKind::string && !body) {
      body = token.span;
    } else {
      return std::nullopt;
    }
  }
  if (!body) return std::nullopt;
  try {
    const auto quoted = script.substr(body->begin, body->end - body->begin);
    return Block(body_of(quoted), cluster, roles).run();
  } catch (const AnotherShape&) {
    return std::nullopt;
  }
}

}  // namespace pgleast
