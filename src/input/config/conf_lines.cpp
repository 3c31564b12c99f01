#include "input/config/conf_lines.hpp"

#include <PgConfLexer.h>
#include <PgConfParser.h>

#include "input/config/line_grammar.hpp"

namespace pgleast {
namespace {

bool is_octal(char c) { return c >= '0' && c <= '7'; }

/// Up to three octal digits from `at` on, which moves to the last of them.
char octal_byte(std::string_view text, std::size_t& at) {
  unsigned value = 0;
  std::size_t count = 0;
  for (; count < 3 && at + count < text.size() && is_octal(text[at + count]); ++count) {
    value = value * 8 + static_cast<unsigned>(text[at + count] - '0');
  }
  at += count - 1;
  return static_cast<char>(value & 0xFFU);
}

char escaped(std::string_view text, std::size_t& at) {
  switch (text[at]) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return is_octal(text[at]) ? octal_byte(text, at) : text[at];
  }
}

Span span_of(const antlr4::Token& token) {
  const auto [begin, end] = extent(token);
  return {begin, end};
}

}  // namespace

struct ConfLines::Grammar : LineGrammar<PgConfLexer, PgConfParser> {};

ConfLines::ConfLines() : grammar_(std::make_unique<Grammar>()) {}
ConfLines::~ConfLines() = default;

std::string conf_string(std::string_view quoted) {
  // For the server a NUL ends the text, and the last byte is taken for the closing quote.
  quoted = quoted.substr(0, quoted.find('\0'));
  const auto body = quoted.size() < 2 ? "" : quoted.substr(1, quoted.size() - 2);
  std::string result;
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (body[i] == '\\' && i + 1 < body.size()) {
      result += escaped(body, ++i);
    } else {
      if (body[i] == '\'' && i + 1 < body.size() && body[i + 1] == '\'') ++i;
      result += body[i];
    }
  }
  return result.substr(0, result.find('\0'));  // '\000' ends it, too
}

ConfLine ConfLines::parse(std::string_view line) {
  ConfLine result;
  auto* tree = grammar_->parse(line);
  if (grammar_->error().seen()) {
    const auto* token = grammar_->error().token();
    result.error = token == nullptr ? Span{0, line.size()} : span_of(*token);
    if (token != nullptr && token->getType() == antlr4::Token::EOF) {
      result.error = Span{line.size(), line.size()};
    }
    return result;
  }
  if (tree->name() == nullptr) return result;
  const auto& value = *tree->value()->getStart();
  result.name_span = span_of(*tree->name()->getStart());
  result.value_span = span_of(value);
  const auto text = [&](Span span) { return line.substr(span.begin, span.end - span.begin); };
  result.name = text(result.name_span);
  result.value = value.getType() == PgConfLexer::STRING ? conf_string(text(result.value_span))
                                                        : std::string(text(result.value_span));
  return result;
}

}  // namespace pgleast
