#pragma once
// What the ANTLR grammars of this room share: they are given one line at a time, by one
// lexer and one parser that live as long as the reader. Only .cpp files of this room
// include this; ANTLR's types go no further.

#include <antlr4-runtime.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace pgleast {

/// The bytes of a line. A byte above 127 is one character, whatever the encoding: for
/// the server it is one, and a text that is not valid UTF-8 is no reason to stop.
class LineStream : public antlr4::CharStream {
 public:
  void set(std::string_view line) {
    line_ = line;
    at_ = 0;
  }
  /// From here on `byte` is a letter, whatever the grammar makes of it.
  void read_as_letter(char byte) { letter_ = byte; }

  void consume() override { ++at_; }
  std::size_t LA(ssize_t i) override {
    const auto place = static_cast<ssize_t>(at_) + (i > 0 ? i - 1 : i);
    if (i == 0 || place < 0 || place >= static_cast<ssize_t>(line_.size())) return IntStream::EOF;
    const char byte = line_[static_cast<std::size_t>(place)];
    return byte == letter_ ? no_byte : static_cast<unsigned char>(byte);
  }
  ssize_t mark() override { return -1; }
  void release(ssize_t) override {}
  std::size_t index() override { return at_; }
  void seek(std::size_t index) override { at_ = index < line_.size() ? index : line_.size(); }
  std::size_t size() override { return line_.size(); }
  std::string getSourceName() const override { return "line"; }
  std::string getText(const antlr4::misc::Interval& range) override {
    const auto begin = static_cast<std::size_t>(range.a);
    return std::string(line_.substr(begin, static_cast<std::size_t>(range.b) + 1 - begin));
  }
  std::string toString() const override { return std::string(line_); }

 private:
  static constexpr std::size_t no_byte = 0x100;  // so no grammar names it

  std::string_view line_;
  std::size_t at_ = 0;
  std::optional<char> letter_;
};

/// Remembers the first token of a line that the grammar has no place for.
class FirstError : public antlr4::BaseErrorListener {
 public:
  void syntaxError(antlr4::Recognizer*, antlr4::Token* token, std::size_t, std::size_t,
                   const std::string&, std::exception_ptr) override {
    if (!seen_) token_ = token;
    seen_ = true;
  }
  void clear() { seen_ = false; }
  bool seen() const { return seen_; }
  const antlr4::Token* token() const { return token_; }

 private:
  bool seen_ = false;
  antlr4::Token* token_ = nullptr;
};

template <typename Lexer, typename Parser>
class LineGrammar {
 public:
  LineGrammar() {
    lexer_.removeErrorListeners();
    parser_.removeErrorListeners();
    parser_.addErrorListener(&error_);
    parser_.template getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(
        antlr4::atn::PredictionMode::SLL);
  }

  /// The tree belongs to the parser and lasts until the next call, as `line` must.
  typename Parser::LineContext* parse(std::string_view line) {
    stream_.set(line);
    error_.clear();
    lexer_.reset();
    tokens_.setTokenSource(&lexer_);
    parser_.reset();
    return parser_.line();
  }
  const FirstError& error() const { return error_; }
  void read_as_letter(char byte) { stream_.read_as_letter(byte); }

 private:
  LineStream stream_;
  Lexer lexer_{&stream_};
  antlr4::CommonTokenStream tokens_{&lexer_};
  Parser parser_{&tokens_};
  FirstError error_;
};

/// The bytes of a token in its line; empty at the end of the line.
inline std::pair<std::size_t, std::size_t> extent(const antlr4::Token& token) {
  const auto begin = token.getStartIndex();
  const auto end = token.getStopIndex() + 1;
  return {begin, token.getType() == antlr4::Token::EOF ? begin : end};
}

}  // namespace pgleast
