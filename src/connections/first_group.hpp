#pragma once
// What the first group of a regular expression holds, as the server divides a match among the
// parts of an expression (Tcl's engine, regexec.c): what stands before the group takes as much
// as it can, then the group does. Perl's order and re2's, too, are others:
//
//   ^(r|ro)(.*)$   of root: ro

#include <optional>
#include <string>

namespace pgleast {

struct FirstGroup {
  bool known = false;               // false: it cannot be told here
  std::optional<std::string> text;  // absent: no group, or none that took part
};

/// `expression` is one that name_expression() takes, and matches somewhere in `name`.
FirstGroup first_group(const std::string& expression, const std::string& name);

}  // namespace pgleast
