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
  names.insert(name);
  while (words.is_at_dot()) names.insert(words.next());
}

bool is_in_script(const std::string& word, const PsqlItem& s) { return s.has_word(word); }

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
                                               std::string_view text) {
  const auto& name = e.name();
  const auto quoted = quote_identifier(name);
  if (e.is_missing_role()) {
    return Wanted{{Assumption::Kind::role, name, ""}, "CREATE ROLE " + quoted};
  }
  if (e.condition() == Condition::invalid_schema_name) {
    return Wanted{{Assumption::Kind::schema, name, ""}, "CREATE SCHEMA " + quoted};
  }
  if (e.condition() != Condition::undefined_table || !only_names_relation(s)) return std::nullopt;
  const auto schema = schema_of(name, s, text);
  if (schema.empty()) return std::nullopt;  // where search_path has it is not known
  const auto path = quote_identifier(schema) + '.' + quoted;
  const bool sequence = is_in_script("sequence", s);
  return Wanted{{Assumption::Kind::relation, path, ""},
                sequence ? "CREATE SEQUENCE " + path : "CREATE TABLE " + path + " ()"};
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
  constexpr std::size_t most = 10000;
  if (assumptions_ == nullptr || assumptions_->made.size() >= most) return false;
  if (names_.contains(e.name()) || s.tokens.front().is("drop")) return false;
  auto missing = wanted(e, s, script.text());
  if (!missing || is_made(e.name())) return false;
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
  names_.insert(e.name());
  assumptions_->made.push_back(std::move(missing->assumption));
  return true;
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
