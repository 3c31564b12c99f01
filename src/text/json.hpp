#pragma once
// The one writer of JSON. It writes ASCII alone, so no name in it drives a terminal or turns a
// line round, and a program reads back what was meant:
//
//   {
//     "role": "a\u009b31mb"
//   }

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace pgleast {

/// Without a line break at its end. `indent` below 0: all on one line. `line_break` stands
/// before each further line: more than "\n" where the value lies within another. Bytes that are
/// no UTF-8 become U+FFFD.
std::string json_text(const nlohmann::json& value, int indent = 2,
                      std::string_view line_break = "\n");
std::string json_text(const nlohmann::ordered_json& value, int indent = 2,
                      std::string_view line_break = "\n");

}  // namespace pgleast
