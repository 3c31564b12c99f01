#pragma once
// The one writer of CSV (RFC 4180): a line a record, fields quoted where they must be.
//
//   role,object
//   "o""neil, ann",public.orders
//
// What would drive a terminal or break the line is written as text shows it, `a\x9b31m` and `a\nb`:
// JSON has the name as it is.

#include <string>
#include <string_view>

namespace pgleast {

void append_csv_field(std::string& line, std::string_view text);

}  // namespace pgleast
