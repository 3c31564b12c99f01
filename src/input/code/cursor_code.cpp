#include "input/code/cursor_code.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "input/sql/psql_script.hpp"

namespace pgleast {
namespace {

/// A text instead of a span.
struct Instead {
  Span span;
  const char* text;
};

class Rewriter {
 public:
  explicit Rewriter(const std::string& body) : body_(body) {
    PsqlScript items(body_);
    while (auto item = items.next()) {
      if (item->tokens.empty()) continue;
      tokens_ = std::move(item->tokens);
      statement();
    }
  }

  std::string text() const {
    std::string result;
    std::size_t at = 0;
    for (const auto& change : changes_) {
      result += body_.substr(at, change.span.begin - at) + change.text;
      at = change.span.end;
    }
    return result + body_.substr(at);
  }

 private:
  bool is(std::size_t i, std::string_view word) const {
    return i < tokens_.size() && tokens_[i].is(word);
  }
  bool is_name(std::size_t i) const {
    return i < tokens_.size() &&
           (tokens_[i].kind == SqlToken::Kind::word || tokens_[i].kind == SqlToken::Kind::quoted);
  }
  char first(std::size_t i) const {
    return i < tokens_.size() ? body_[tokens_[i].span.begin] : '\0';
  }
  /// Where a statement may begin: after what opens a block.
  bool begins(std::size_t i) const {
    return i == 0 || is(i - 1, "begin") || is(i - 1, "then") || is(i - 1, "else") ||
           is(i - 1, "loop") || first(i - 1) == '>';
  }
  void replace(std::size_t from, std::size_t to, const char* text) {
    changes_.push_back({{tokens_[from].span.begin, tokens_[to].span.end}, text});
  }

  void open(std::size_t i) {
    auto to = i + 2;
    if (is(to, "no")) ++to;
    if (is(to, "scroll")) ++to;
    if (is(to, "for")) return replace(i, to, "");
    if (first(i + 2) == '(') return replace(i, i + 1, "PERFORM ");
    replace(i, i + 1, "NULL");
  }

  /// A statement, with what opens blocks before it.
  void statement() {
    const auto last = tokens_.size() - 1;
    for (std::size_t i = 0; i <= last; ++i) {
      if (is(i, "for") && is_name(i + 1) && is(i + 2, "in") && is_name(i + 3)) loop(i + 3);
      if (!begins(i)) continue;
      if (is(i, "open") && is_name(i + 1)) return open(i);
      if (is(i, "fetch") || is(i, "move") || is(i, "close")) return replace(i, last, "NULL");
      if (is(i, "return") && is(i + 1, "next") && i + 1 == last) {
        return replace(i, last, "RETURN NEXT NULL");
      }
    }
  }

  void loop(std::size_t name) {
    if (is(name + 1, "loop")) return replace(name, name, "1..1");
    if (first(name + 1) == '(') replace(name, name, "1..");
  }

  const std::string& body_;
  std::vector<SqlToken> tokens_;
  std::vector<Instead> changes_;
};

/// FETCH or MOVE from a cursor; not the end of a query, FETCH FIRST 3 ROWS ONLY.
bool is_fetch(const std::vector<SqlToken>& tokens, std::size_t at) {
  if (!tokens[at].is("fetch") && !tokens[at].is("move")) return false;
  for (std::size_t i = at + 1; i < tokens.size() && i < at + 4; ++i) {
    if (tokens[i].is("row") || tokens[i].is("rows")) return false;
  }
  return true;
}

/// `name` of FETCH [direction FROM | IN] name INTO ..., and of MOVE.
const SqlToken& cursor_of(const std::vector<SqlToken>& tokens, std::size_t fetch) {
  auto at = fetch + 1;
  while (at + 1 < tokens.size() && !tokens[at + 1].is("into")) {
    if (tokens[at].is("from") || tokens[at].is("in")) return tokens[at + 1];
    ++at;
  }
  return tokens[std::min(at, tokens.size() - 1)];
}

}  // namespace

bool fetches_from_elsewhere(const std::string& body) {
  std::set<std::string> here, fetched;
  PsqlScript items(body);
  while (const auto item = items.next()) {
    const auto& tokens = item->tokens;
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
      const auto& next = tokens[i + 1];
      if (tokens[i].is("open")) here.insert(next.text);
      // c CURSOR FOR, c NO SCROLL CURSOR FOR
      if (next.is("cursor") || next.is("scroll") || next.is("no")) here.insert(tokens[i].text);
      if (is_fetch(tokens, i)) fetched.insert(cursor_of(tokens, i).text);
    }
  }
  return std::any_of(fetched.begin(), fetched.end(),
                     [&](const std::string& name) { return !here.contains(name); });
}

bool declares_aliases(const std::string& body) {
  PsqlScript items(body);
  while (const auto item = items.next()) {
    const auto& tokens = item->tokens;
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
      if (tokens[i].is("alias") && tokens[i + 1].is("for")) return true;
    }
  }
  return false;
}

std::string without_cursors(const std::string& body) { return Rewriter(body).text(); }

}  // namespace pgleast
