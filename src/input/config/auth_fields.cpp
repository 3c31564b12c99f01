#include "input/config/auth_fields.hpp"

#include <PgAuthLexer.h>
#include <PgAuthParser.h>

#include "input/config/line_grammar.hpp"
#include "pg/version.hpp"

namespace pgleast {
namespace {

/// hba.c, MAX_TOKEN - 1: raised by minor releases of May 2023, gone in 16.
std::size_t longest_word(int version_num) {
  constexpr int raised[] = {120016, 130012, 140009, 150004};
  const auto major = major_of(version_num);
  if (major >= 16) return 0;
  return version_num >= raised[major - oldest_major] ? 10239 : 255;
}

/// What the quotes of `raw` leave (hba.c, next_token): "" inside quotes is one quote.
AuthWord unquoted(std::string_view raw, bool comma_follows, std::size_t longest) {
  AuthWord word;
  bool in_quote = false;
  bool was_quote = false;
  for (const char c : raw) {
    if (longest > 0 && word.text.size() >= longest) word.too_long = true;
    if (c != '"' || was_quote) word.text += c;
    was_quote = in_quote && c == '"' && !was_quote;
    if (c != '"') continue;
    in_quote = !in_quote;
    if (word.text.empty()) word.quoted = true;
  }
  // The server looks at the comma that ends a word with the same question.
  if (comma_follows && longest > 0 && word.text.size() >= longest) word.too_long = true;
  return word;
}

}  // namespace

struct AuthFields::Grammar : LineGrammar<PgAuthLexer, PgAuthParser> {};

AuthFields::AuthFields(int version_num)
    : grammar_(std::make_unique<Grammar>()), longest_word_(longest_word(version_num)) {
  // hba.c, pg_isblank: from 19 on a carriage return within a line is part of a word.
  if (major_of(version_num) >= 19) grammar_->read_as_letter('\r');
}
AuthFields::~AuthFields() = default;

std::vector<AuthField> AuthFields::split(const LogicalLines& lines) {
  const auto line = lines.line();
  std::vector<AuthField> fields;
  if (line.empty()) return fields;  // a file may have millions
  for (const auto* child : grammar_->parse(line)->children) {
    const auto& parts = child->children;  // none for the end of the line
    if (parts.empty()) continue;
    auto& field = fields.emplace_back();
    field.reserve(parts.size());
    for (auto* part : parts) {
      const auto& token = *static_cast<antlr4::tree::TerminalNode*>(part)->getSymbol();
      const bool listed = token.getType() == PgAuthLexer::LISTED;
      const auto [begin, end] = extent(token);
      const auto raw = line.substr(begin, end - begin - (listed ? 1 : 0));
      field.push_back(unquoted(raw, listed, longest_word_));
      field.back().span = lines.original(begin, begin + raw.size());
    }
  }
  return fields;
}

}  // namespace pgleast
