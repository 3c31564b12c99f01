#include "input/replay/assumer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "input/replay/first_words.hpp"
#include "pg/identifier.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

// Words, quoted names and dots, whatever they stand in.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}

  /// Empty: there is none. A quoted name keeps its case.
  std::string next() {
    while (at_ < text_.size() && !is_name_char(text_[at_]) && text_[at_] != '"') {
      if (text_[at_] == ';') {
        ++at_;
        return ";";
      }
      ++at_;
    }
    const auto begin = at_;
    if (at_ < text_.size() && text_[at_] == '"') {
      const auto close = text_.find('"', at_ + 1);
      at_ = close == std::string_view::npos ? text_.size() : close + 1;
      return std::string(text_.substr(begin + 1, at_ - begin - 2));
    }
    while (at_ < text_.size() && is_name_char(text_[at_])) ++at_;
    return lower_case(text_.substr(begin, at_ - begin));
  }
  bool is_at_dot() const { return at_ < text_.size() && text_[at_] == '.'; }
  bool is_at_end() const { return at_ >= text_.size(); }
  void go_to(std::size_t at) { at_ = at; }
  std::size_t at() const { return at_; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

template <std::size_t N>
bool is_one_of(const std::string& word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 13> modifiers{
    "or",        "replace",      "temp",    "temporary", "unlogged", "global", "local",
    "recursive", "materialized", "foreign", "if",        "not",      "exists"};
constexpr std::array<std::string_view, 7> made_kinds{"role",  "user", "group",   "schema",
                                                     "table", "view", "sequence"};

void add_name(Words& words, std::unordered_set<std::string>& names) {
  auto name = words.next();
  while (is_one_of(name, modifiers) || name == "authorization") name = words.next();
  while (words.is_at_dot()) name = words.next();
  names.insert(name);
}

// `auth` of `auth.users`; empty: the statement names it without one.
std::string schema_of(const std::string& name, const PsqlItem& s, std::string_view text) {
  for (std::size_t i = 2; i < s.tokens.size(); ++i) {
    const auto& token = s.tokens[i];
    const bool named = token.text == name &&
                       (token.kind == SqlToken::Kind::word || token.kind == SqlToken::Kind::quoted);
    const auto& dot = s.tokens[i - 1];
    if (named && text.substr(dot.span.begin, dot.span.end - dot.span.begin) == ".") {
      return s.tokens[i - 2].text;
    }
  }
  return "";
}

// Statements that ask nothing of a relation but that it is there.
bool only_names_relation(const PsqlItem& s) {
  if (begins_with(s, "grant") || begins_with(s, "revoke")) return true;
  if (begins_with(s, "create policy")) return true;
  constexpr std::array<std::string_view, 4> harmless{"owner", "enable", "disable", "force"};
  return begins_with(s, "alter table") &&
         std::any_of(harmless.begin(), harmless.end(), [&](auto w) { return s.has_word(w); });
}

}  // namespace

std::unordered_set<std::string> made_names(std::string_view script) {
  std::unordered_set<std::string> names;
  Words words(script);
  while (!words.is_at_end()) {
    const auto word = words.next();
    if (word == "rename" && words.next() == "to") {
      add_name(words, names);
      continue;
    }
    if (word != "create") continue;
    const auto after_create = words.at();
    auto kind = words.next();
    while (is_one_of(kind, modifiers)) kind = words.next();
    if (is_one_of(kind, made_kinds)) {
      add_name(words, names);
    } else {
      words.go_to(after_create);
    }
  }
  return names;
}

std::optional<Assumer::Wanted> Assumer::wanted(const Refused& e, const PsqlItem& s,
                                               std::string_view text, int major) {
  const auto& name = e.name();
  const auto quoted = quote_identifier(name);
  if (e.is_missing_role()) {
    // What it inherits is not known: the least that it may be.
    return Wanted{{Assumption::Kind::role, name, ""}, name, "CREATE ROLE " + quoted + " NOINHERIT"};
  }
  const bool no_schema = e.condition() == Condition::invalid_schema_name;
  const bool is_schema = no_schema && e.what() == fmt::format("schema `{}` does not exist", name);
  const auto schema = is_schema ? name : schema_of(name, s, text);
  if (schema.empty()) return std::nullopt;  // where search_path has it is not known
  if (no_schema) {
    return Wanted{{Assumption::Kind::schema, schema, ""},
                  schema,
                  "CREATE SCHEMA " + quote_identifier(schema)};
  }
  if (e.condition() != Condition::undefined_table || !only_names_relation(s)) return std::nullopt;
  const auto path = quote_identifier(schema) + '.' + quoted;
  const auto shown = shown_identifier(schema, major) + '.' + shown_identifier(name, major);
  const bool sequence = s.has_word("sequence");
  return Wanted{{Assumption::Kind::relation, shown, ""},
                name,
                sequence ? "CREATE SEQUENCE " + path : "CREATE TABLE " + path + " ()"};
}

void Assumer::note_question(std::string_view statement) {
  constexpr std::array<std::string_view, 7> of_roles{"_roles",   "pg_auth", "pg_user", "pg_shadow",
                                                     "pg_group", "regrole", "pg_has"};
  constexpr std::array<std::string_view, 4> of_objects{"pg_", "to_reg", "::reg",
                                                       "information_schema"};
  const auto text = lower_case(statement);
  const auto asks_for = [&](std::string_view word) { return text.find(word) != std::string::npos; };
  asked_roles_ = asked_roles_ || std::any_of(of_roles.begin(), of_roles.end(), asks_for);
  asked_objects_ = asked_objects_ || std::any_of(of_objects.begin(), of_objects.end(), asks_for);
}

bool Assumer::is_late() const {
  return (asked_roles_ && any_role()) || (asked_objects_ && any_object());
}

bool Assumer::is_made(const std::string& name) {
  if (!made_) {
    made_.emplace();
    for (const auto& script : scripts_) made_->merge(made_names(script.text()));
  }
  return made_->contains(name);
}

bool Assumer::assume(const Refused& e, const PsqlItem& s, const Source& script,
                     StatementRunner& runner, Cluster& cluster) {
  constexpr std::size_t most = 1000;  // a statement is tried again for each
  if (assumptions_ == nullptr || assumptions_->made.size() >= most) return false;
  if (s.tokens.front().is("drop")) return false;
  auto missing = wanted(e, s, script.text(), cluster.major());
  if (!missing || is_made(missing->bare) || is_assumed(missing->assumption)) return false;
  const auto objects = cluster.objects.size();
  try {
    runner.run_text(missing->sql);
  } catch (const Refused&) {
    return false;
  } catch (const Undecidable&) {
    return false;
  }
  if (missing->assumption.kind == Assumption::Kind::role) {
    const auto id = cluster.find_role(e.name());
    if (id) cluster.roles[index(*id)].password = PasswordKind::unseen;
  }
  // What default privileges say of new objects is not said of it.
  for (auto i = objects; i < cluster.objects.size(); ++i) cluster.objects[i].acl = null_acl;
  missing->assumption.place =
      fmt::format("{}:{}", script.name(), script.position(s.span.begin).line);
  names_.insert(missing->bare);
  assumptions_->made.push_back(std::move(missing->assumption));
  return true;
}

bool Assumer::is_assumed(const Assumption& wanted) const {
  return std::any_of(
      assumptions_->made.begin(), assumptions_->made.end(),
      [&](const Assumption& a) { return a.kind == wanted.kind && a.name == wanted.name; });
}

bool Assumer::doubts(const Refused& e) const {
  if (names_.empty()) return false;
  if (names_.contains(e.name()) || e.condition() == Condition::insufficient_privilege) return true;
  // What an assumed relation has for columns, indexes and the like.
  return std::any_of(assumptions_->made.begin(), assumptions_->made.end(),
                     [](const Assumption& a) { return a.kind == Assumption::Kind::relation; });
}

bool Assumer::is_assumed_role(const std::string& name) const {
  return assumptions_ != nullptr && assumptions_->has_role(name);
}

}  // namespace pgleast
