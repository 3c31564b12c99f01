#pragma once
// Rows of a table as text, CSV or JSON: what the dumps and `access` print.

#include <compare>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "text/files.hpp"

namespace pgleast {

/// Somebody else's text, which outlives the row: large answers are not copied cell by cell.
struct BorrowedText {
  std::string_view text;
  auto operator<=>(const BorrowedText&) const = default;
};

/// Null, text, number, truth, or a list of texts.
using Cell =
    std::variant<std::monostate, std::string, BorrowedText, long, bool, std::vector<std::string>>;

using TableRow = std::vector<Cell>;

struct Table {
  std::vector<std::string> columns;
  std::vector<TableRow> rows;
};

/// `format` is `json` (an array of objects), `csv` (RFC 4180, with a header, lists as the
/// server writes arrays) or `text` (aligned columns, names made safe to show).
std::string write_table(const Table& table, const std::string& format);

/// Gives each row to `take`, the same ones however often it is called.
using RowSource = std::function<void(const std::function<void(const TableRow&)>& take)>;

/// The same for rows that are made one by one, because all of them would not fit.
void write_rows(const std::vector<std::string>& columns, const RowSource& rows,
                const std::string& format, const Write& write);

template <typename T>
Cell cell_of(std::optional<T> value) {
  if (!value) return std::monostate{};
  if constexpr (std::is_same_v<T, int>) {
    return static_cast<long>(*value);
  } else {
    return *std::move(value);
  }
}

}  // namespace pgleast
