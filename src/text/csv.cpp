#include "text/csv.hpp"

#include "text/display.hpp"

namespace pgleast {
namespace {

void append_quoted(std::string& line, std::string_view text) {
  if (text.find_first_of(",\"") == std::string_view::npos) {
    line += text;
    return;
  }
  line += '"';
  for (const char c : text) line.append(c == '"' ? 2 : 1, c);
  line += '"';
}

}  // namespace

void append_csv_field(std::string& line, std::string_view text) {
  if (is_plain(text)) return append_quoted(line, text);
  append_quoted(line, displayed(text));
}

}  // namespace pgleast
