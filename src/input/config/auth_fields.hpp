#pragma once
// One logical line of pg_hba.conf or pg_ident.conf, split into fields and words:
//
//   host  app,"odd db"  all  samenet  trust      five fields, the second of two words
//
// A word is what hba.c calls a token: its quotes are gone, and whether it began with one is
// kept, because a quoted keyword is a plain name.

#include <memory>
#include <string>
#include <vector>

#include "input/config/logical_lines.hpp"

namespace pgleast {

struct AuthWord {
  std::string text;
  bool quoted = false;    // it began with a quote
  bool too_long = false;  // for the server of that version; the rest of the line is lost
  Span span;              // in the file, quotes included
};

using AuthField = std::vector<AuthWord>;

class AuthFields {
 public:
  explicit AuthFields(int version_num);
  ~AuthFields();
  AuthFields(const AuthFields&) = delete;
  AuthFields& operator=(const AuthFields&) = delete;

  /// The fields of the line that `lines` stands at; none has no word.
  std::vector<AuthField> split(const LogicalLines& lines);

 private:
  struct Grammar;
  std::unique_ptr<Grammar> grammar_;  // keeps ANTLR's types out of this header
  std::size_t longest_word_;          // 0: no limit
};

}  // namespace pgleast
