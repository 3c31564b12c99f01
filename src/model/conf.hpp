#pragma once
// postgresql.conf, its includes and postgresql.auto.conf as the server reads them: one
// stream of entries in which the last one of a name wins.
//
//   work_mem = 4MB          superseded by the next line
//   work_mem = '8 MB'

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "text/diagnostic.hpp"

namespace pgleast {

enum class ConfState : std::uint8_t {
  applied,
  superseded,  // a later entry spelled the same
  unknown,     // no such setting in that version: nothing of the files is applied
  refused,     // a value that the server does not take: it would not start
};

struct ConfEntry {
  std::string name;   // as written
  std::string value;  // without quotes and escapes
  std::string file;
  std::uint32_t line = 0;
  Span whole, name_span, value_span;  // in that file; value_span with its quotes
  ConfState state = ConfState::applied;
  std::optional<Diagnostic> error;  // of unknown and refused ones
  std::uint32_t row = 0;            // place among the rows of pg_file_settings, from 0
  bool operator==(const ConfEntry&) const = default;
};

/// A syntax error or an include that failed: nothing of the files is applied.
struct ConfProblem {
  std::string file;
  std::uint32_t line = 0;  // as the server counts
  Diagnostic diagnostic;
  std::uint32_t row = 0;
  bool operator==(const ConfProblem&) const = default;
};

struct ConfFile {
  std::vector<ConfEntry> entries;
  std::vector<ConfProblem> problems;

  /// Whether the server would take it on a reload; entries it refuses keep their old value.
  bool loads() const;
  /// Whether the server would start with it.
  bool starts() const;
  /// Everything that is wrong, in the order of the files.
  std::vector<Diagnostic> diagnostics() const;
  bool operator==(const ConfFile&) const = default;
};

}  // namespace pgleast
