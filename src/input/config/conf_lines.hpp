#pragma once
// One line of postgresql.conf, taken apart (guc-file.l): `name = value # why`.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "text/source.hpp"

namespace pgleast {

struct ConfLine {
  std::string name;  // empty: a blank line or a comment
  std::string value;
  Span name_span, value_span;  // in the line
  std::optional<Span> error;   // the word that does not belong there
};

class ConfLines {
 public:
  ConfLines();
  ~ConfLines();
  ConfLines(const ConfLines&) = delete;
  ConfLines& operator=(const ConfLines&) = delete;

  ConfLine parse(std::string_view line);

 private:
  struct Grammar;
  std::unique_ptr<Grammar> grammar_;  // keeps ANTLR's types out of this header
};

/// What the quotes and escapes of a 'string' leave.
std::string conf_string(std::string_view quoted);

}  // namespace pgleast
