// Where statements, commands and data end, as psqlscan.l has it.
#include "input/sql/psql_script.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "pg/secret_text.hpp"
#include "text/display.hpp"

namespace pgleast {
namespace {

using Kind = SqlToken::Kind;

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool starts_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool goes_on(char c) { return starts_word(c) || is_digit(c) || c == '$'; }

std::string without_quotes(std::string_view quoted) {
  std::string result;
  for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
    if (quoted[i] == '"') ++i;
    if (i + 1 < quoted.size()) result += quoted[i];
  }
  return result;
}

// What sends the statement before it, as `;` does.
bool sends(std::string_view command) {
  constexpr std::array<std::string_view, 7> names{"g",     "gx",    "gdesc",       "gset",
                                                  "gexec", "watch", "crosstabview"};
  return std::find(names.begin(), names.end(), command) != names.end();
}

bool is_copy_from_stdin(const std::vector<SqlToken>& tokens) {
  if (tokens.empty() || !tokens.front().is("copy")) return false;
  const auto stdin_after_from = [](const SqlToken& a, const SqlToken& b) {
    return a.is("from") && (b.is("stdin") || b.is("pstdin"));
  };
  return std::adjacent_find(tokens.begin(), tokens.end(), stdin_after_from) != tokens.end();
}

}  // namespace

PsqlScript::PsqlScript(std::string_view text) : text_(text) {
  if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
}

char PsqlScript::peek(std::size_t ahead) const {
  return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
}

bool PsqlScript::skip_blank() {
  if (!is_blank(peek())) return false;
  const bool data_follows = data_.end > 0 && at_ >= data_.begin;
  at_ = data_follows ? std::exchange(data_, {}).end : at_ + 1;
  return true;
}

bool PsqlScript::skip_comment() {
  if (peek() == '-' && peek(1) == '-') {
    at_ = std::min(text_.find('\n', at_), text_.size());
    return true;
  }
  if (peek() != '/' || peek(1) != '*') return false;
  int depth = 0;
  while (!at_end()) {
    const auto two = text_.substr(at_, 2);
    depth += two == "/*" ? 1 : two == "*/" ? -1 : 0;
    at_ += two == "/*" || two == "*/" ? 2 : 1;
    if (depth == 0) break;
  }
  return true;
}

std::size_t PsqlScript::end_of_quote(std::size_t open, bool escapes) const {
  const char quote = text_[open];
  for (auto at = open + 1; at < text_.size(); ++at) {
    if (escapes && text_[at] == '\\') {
      ++at;
    } else if (text_[at] == quote) {
      if (at + 1 >= text_.size() || text_[at + 1] != quote) return at + 1;
      ++at;
    }
  }
  return text_.size();
}

/// Where `$tag$...$tag$` ends that starts here; npos when none starts.
std::size_t PsqlScript::end_of_dollar_quote() const {
  auto close = at_ + 1;
  while (close < text_.size() && goes_on(text_[close]) && text_[close] != '$') ++close;
  const bool tag = close < text_.size() && text_[close] == '$' && !is_digit(peek(1));
  if (!tag) return std::string_view::npos;
  const auto delimiter = text_.substr(at_, close + 1 - at_);
  const auto end = text_.find(delimiter, close + 1);
  return end == std::string_view::npos ? text_.size() : end + delimiter.size();
}

void PsqlScript::take(Kind kind, std::size_t end, std::string text) {
  tokens_.push_back({kind, {at_, end}, std::move(text)});
  at_ = end;
}

void PsqlScript::take_word() {
  const char first = peek();
  if ((first == 'e' || first == 'E') && peek(1) == '\'') {
    return take(Kind::string, end_of_quote(at_ + 1, true));
  }
  if ((first == 'u' || first == 'U') && peek(1) == '&' && (peek(2) == '"' || peek(2) == '\'')) {
    return take(peek(2) == '"' ? Kind::quoted : Kind::string, end_of_quote(at_ + 2, false));
  }
  auto end = at_ + 1;
  while (end < text_.size() && goes_on(text_[end])) ++end;
  take(Kind::word, end, lower_case(text_.substr(at_, end - at_)));
  track_blocks();
}

void PsqlScript::take_variable() {
  const char next = peek(1);
  if (next == '\'' || next == '"') return take(Kind::variable, end_of_quote(at_ + 1, false));
  if (next == ':') return take(Kind::symbol, at_ + 2);
  auto end = at_ + 1;
  while (end < text_.size() && goes_on(text_[end]) && text_[end] != '$') ++end;
  take(end > at_ + 1 ? Kind::variable : Kind::symbol, end);
}

// psql's own rule for `;` inside CREATE [OR REPLACE] FUNCTION ... BEGIN ATOMIC ... END.
void PsqlScript::track_blocks() {
  const auto& word = tokens_.back();
  if (blocks_ == 0 && !word.is("begin")) return;
  std::size_t at = 0;
  const auto next_is = [&](std::string_view w) {
    const bool is = at < tokens_.size() && tokens_[at].is(w);
    at += is ? 1 : 0;
    return is;
  };
  if (!next_is("create") || (next_is("or") && !next_is("replace"))) return;
  if ((!next_is("function") && !next_is("procedure")) || parentheses_ > 0) return;
  if (word.is("begin") || word.is("case")) ++blocks_;
  if (word.is("end")) --blocks_;
}

void PsqlScript::take_token() {
  const char c = peek();
  if (starts_word(c)) return take_word();
  if (c == '\'') return take(Kind::string, end_of_quote(at_, false));
  if (c == '"') {
    const auto end = end_of_quote(at_, false);
    return take(Kind::quoted, end, without_quotes(text_.substr(at_, end - at_)));
  }
  if (c == ':') return take_variable();
  if (c == '$') {
    if (const auto end = end_of_dollar_quote(); end != std::string_view::npos) {
      return take(Kind::string, end);
    }
  }
  if (is_digit(c)) {
    auto end = at_ + 1;
    while (end < text_.size() && (is_digit(text_[end]) || text_[end] == '.')) ++end;
    return take(Kind::number, end);
  }
  if (c == '(') ++parentheses_;
  if (c == ')' && parentheses_ > 0) --parentheses_;
  take(Kind::symbol, at_ + 1);
}

PsqlItem PsqlScript::finished() {
  PsqlItem item;
  item.tokens = std::exchange(tokens_, {});
  item.joined = std::exchange(joined_, false);
  item.span = {item.tokens.front().span.begin, item.tokens.back().span.end};
  parentheses_ = blocks_ = 0;
  if (is_copy_from_stdin(item.tokens)) pass_over_data();
  return item;
}

void PsqlScript::pass_over_data() {
  const auto line_end = std::min(text_.find('\n', at_), text_.size());
  data_before_ = data_.end > 0 ? data_.end : line_end;
  is_copy_ = true;
  auto at = data_before_;
  while (at < text_.size()) {
    const auto begin = at + 1;
    at = std::min(text_.find('\n', begin), text_.size());
    auto line = text_.substr(std::min(begin, text_.size()), at - std::min(begin, at));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line == "\\.") break;
  }
  data_ = {line_end, std::max(at, line_end)};
  if (line_end == text_.size()) data_ = {};
}

std::optional<Span> PsqlScript::data() const {
  if (!is_copy_ || data_.end == 0) return std::nullopt;
  return Span{std::min(data_before_ + 1, data_.end), data_.end};
}

void PsqlScript::read_data_as_sql() {
  const bool other = data_before_ > data_.begin;
  data_ = other ? Span{data_.begin, data_before_} : Span{};
}

/// `\name arguments` up to the end of the line or to `\\`. One that sends the statement before
/// it ends that; one in the middle of a statement is passed over.
std::optional<PsqlItem> PsqlScript::take_command() {
  PsqlItem item;
  item.kind = PsqlItem::Kind::command;
  const auto begin = at_++;
  const auto line_end = std::min(text_.find('\n', at_), text_.size());
  auto name_end = at_;
  while (name_end < line_end && !is_blank(text_[name_end]) && text_[name_end] != '\\' &&
         text_[name_end] != ';') {
    ++name_end;
  }
  item.command = std::string(text_.substr(at_, name_end - at_));
  auto end = name_end;
  for (bool quoted = false; end < line_end; ++end) {
    if (text_[end] == '\'') quoted = !quoted;
    if (!quoted && text_.substr(end, 2) == "\\\\") break;
  }
  item.arguments = std::string(text_.substr(name_end, end - name_end));
  item.span = {begin, end};
  at_ = end < line_end ? end + 2 : line_end;
  if (item.command.empty()) {
    at_ = name_end;  // `\;` separates as `;` does
    joined_ = !tokens_.empty();
    return std::nullopt;
  }
  if (sends(item.command)) {
    if (tokens_.empty()) return std::nullopt;
    auto statement = finished();
    statement.executes_rows = item.command == "gexec";
    return statement;
  }
  if (item.command == "r" || item.command == "reset") {
    tokens_.clear();
    parentheses_ = blocks_ = 0;
  }
  if (item.command == "q" || item.command == "quit") at_ = text_.size();
  const auto words = lower_case(item.arguments);
  if (item.command == "copy" && words.find("from stdin") != std::string::npos) pass_over_data();
  return item;
}

std::optional<PsqlItem> PsqlScript::next() {
  is_copy_ = false;
  while (!at_end()) {
    if (skip_blank() || skip_comment()) continue;
    if (peek() == '\\') {
      if (auto item = take_command()) return item;
      continue;
    }
    if (peek() == ';' && parentheses_ == 0 && blocks_ <= 0) {
      ++at_;
      if (!tokens_.empty()) return finished();
      continue;
    }
    take_token();
  }
  if (tokens_.empty()) return std::nullopt;
  return finished();
}

std::string starred_sql(std::string_view text) {
  std::string result(text);
  const auto star = [&](std::size_t begin, std::size_t end) {
    for (auto at = begin; at < end; ++at) {
      if (result[at] != '\n' && result[at] != '\r') result[at] = '*';
    }
  };
  PsqlScript script(text);
  while (const auto item = script.next()) {
    bool after_password = false;
    for (const auto& token : item->tokens) {
      // Also one that somebody forgot to quote.
      if (after_password && !token.is("null")) star(token.span.begin, token.span.end);
      after_password = token.is("password");
      if (token.kind != Kind::string) continue;
      const char last = text[token.span.end - 1];
      const bool closed = last == '\'' || last == '$';
      star(token.span.begin + 1, token.span.end - (closed ? 1 : 0));
    }
  }
  for (const auto& [begin, end] : secrets_in(text)) star(begin, end);
  return result;
}

bool PsqlItem::has_word(std::string_view word) const {
  return std::any_of(tokens.begin(), tokens.end(), [&](const auto& t) { return t.is(word); });
}

}  // namespace pgleast
