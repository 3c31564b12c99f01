#pragma once
// One line of pg_hba.conf, from words to a record (hba.c, parse_hba_line), or why not.

#include <string>
#include <variant>

#include "input/config/auth_file.hpp"
#include "input/config/hba.hpp"
#include "model/hba.hpp"

namespace pgleast {

/// Thrown inside this reader only; the other outcome of parse_hba_record.
struct HbaRefusal {
  Span span;
  std::string message;
  bool silent = false;  // the server shows no text for it
};

/// Takes the words out of `line`.
std::variant<HbaRecord, HbaRefusal> parse_hba_record(AuthLine& line, int version_num,
                                                     const HbaSettings& settings);

}  // namespace pgleast
