#pragma once
// One problem in one input, with everything needed to print it, and the one
// error type that every reader throws:
//
//   policy.yaml:14:5: error: unknown key `memberhips`; did you mean `memberships`?
//     memberhips:
//     ^~~~~~~~~~

#include <optional>
#include <stdexcept>
#include <string>

#include "text/source.hpp"

namespace pgleast {

/// Holds copies, not views: it outlives the Source it speaks of.
struct Diagnostic {
  std::string file;            // empty: no place, as for an unknown option
  std::optional<Position> at;  // absent: the whole file, as for one that cannot be read
  std::string message;         // lower case, no full stop, the user's own words in `backticks`
  std::string excerpt;         // the line and a caret under the place; empty without `at`
  bool operator==(const Diagnostic&) const = default;
};

Diagnostic make_diagnostic(const Source& source, Span span, std::string message);

/// The line of `span` and a caret under it: control characters are shown, never
/// sent; a long line is cut around the place. Two lines, each indented by `indent`.
std::string excerpt(const Source& source, Span span, std::size_t indent = 2);

/// "pg_hba.conf:3:28: error: unknown authentication method `md6`" and the excerpt.
std::string to_string(const Diagnostic& diagnostic);

/// Which of the documented exit codes an error ends in.
enum class Fault { usage = 2, unreadable = 4 };

/// Thrown by every reader; caught per line where reading can go on, else in main().
class Error : public std::runtime_error {
 public:
  Error(Fault fault, Diagnostic diagnostic);
  Fault fault() const { return fault_; }
  const Diagnostic& diagnostic() const { return diagnostic_; }

 private:
  Fault fault_;
  Diagnostic diagnostic_;
};

/// An input that cannot be read, at a place in it.
[[noreturn]] void fail(const Source& source, Span span, std::string message);
/// An input that cannot be read at all; `file` may be empty.
[[noreturn]] void fail(std::string file, std::string message);
/// Wrong usage, without a place: an option, a name that is not there.
[[noreturn]] void fail_usage(std::string message);

}  // namespace pgleast
