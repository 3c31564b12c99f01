#pragma once
// A script as psql takes it apart (psqlscan.l): statements that end at `;`, its own commands,
// and the lines of data below COPY ... FROM stdin, which are passed over.
//
//   \connect shop
//   CREATE ROLE app PASSWORD :'pw';
//   COPY t FROM stdin;
//   1	2
//   \.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/source.hpp"

namespace pgleast {

struct SqlToken {
  enum class Kind { word, quoted, string, number, variable, symbol };
  Kind kind = Kind::symbol;
  Span span;         // with its quotes, in the script
  std::string text;  // a word in lower case, a quoted name without its quotes, else empty
  bool is(std::string_view word) const { return kind == Kind::word && text == word; }
};

struct PsqlItem {
  enum class Kind { statement, command };
  Kind kind = Kind::statement;
  Span span;                     // from the first token to the last; a command to its line's end
  std::vector<SqlToken> tokens;  // of a statement
  std::string command;           // of a command: `connect`
  std::string arguments;
  bool executes_rows = false;  // \gexec: what the statement returns is run
  bool joined = false;         // `\;`: one transaction with the next

  bool has_word(std::string_view word) const;
};

class PsqlScript {
 public:
  /// Keeps a view of `text`.
  explicit PsqlScript(std::string_view text);
  /// In the script's order. A quote or comment that is not closed reaches to the end.
  std::optional<PsqlItem> next();
  /// What is passed over below the COPY that was returned last; none: it takes no data.
  std::optional<Span> data() const;
  /// The server refused that COPY, so psql goes on with the next statement.
  void read_data_as_sql();

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char peek(std::size_t ahead = 0) const;
  bool skip_blank();
  bool skip_comment();
  void take_token();
  void take(SqlToken::Kind kind, std::size_t end, std::string text = "");
  void take_word();
  void take_variable();
  std::size_t end_of_quote(std::size_t open, bool escapes) const;
  std::size_t end_of_dollar_quote() const;
  void track_blocks();
  PsqlItem finished();
  std::optional<PsqlItem> take_command();
  void pass_over_data();

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<SqlToken> tokens_;
  int parentheses_ = 0;
  int blocks_ = 0;  // BEGIN ATOMIC and CASE in the body of a function
  // Data starts on the line after its COPY: at the first place, go on at the second.
  Span data_;
  std::size_t data_before_ = 0;  // where data of another COPY on that line end
  bool is_copy_ = false;         // what was returned last
  bool joined_ = false;          // `\;` ends what is read
};

/// The text with stars in place of what string constants hold, and of other passwords.
std::string starred_sql(std::string_view text);

}  // namespace pgleast
