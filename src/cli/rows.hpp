#pragma once
// Rows of a table as text, CSV or JSON: what the dumps and `access` print.

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace pgleast {

/// Null, text, number, truth, or a list of texts.
using Cell = std::variant<std::monostate, std::string, long, bool, std::vector<std::string>>;

struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;
};

/// `format` is `json` (an array of objects), `csv` (RFC 4180, with a header, lists as the
/// server writes arrays) or `text` (aligned columns, names made safe to show).
std::string write_table(const Table& table, const std::string& format);

template <typename T>
Cell cell_of(const std::optional<T>& value) {
  if (!value) return std::monostate{};
  if constexpr (std::is_same_v<T, int>) {
    return static_cast<long>(*value);
  } else {
    return *value;
  }
}

}  // namespace pgleast
