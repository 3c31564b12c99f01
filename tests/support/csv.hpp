#pragma once
// What is written as CSV (RFC 4180), read again: `csv_rows("a,\"b,c\"\n")` -> {{"a", "b,c"}}.

#include <string>
#include <string_view>
#include <vector>

namespace pgleast::test {

inline std::vector<std::vector<std::string>> csv_rows(std::string_view text) {
  std::vector<std::vector<std::string>> rows(1, {""});
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto& field = rows.back().back();
    const char c = text[i];
    if (c == '"') {
      const bool doubled = quoted && i + 1 < text.size() && text[i + 1] == '"';
      if (!doubled) {
        quoted = !quoted;
        continue;
      }
      field += text[++i];
    } else if (!quoted && c == ',') {
      rows.back().emplace_back();
    } else if (!quoted && c == '\n') {
      rows.push_back({""});
    } else {
      field += c;
    }
  }
  if (rows.back() == std::vector<std::string>{""}) rows.pop_back();
  return rows;
}

}  // namespace pgleast::test
