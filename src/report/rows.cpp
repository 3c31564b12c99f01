#include "report/rows.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "pg/array_text.hpp"
#include "text/csv.hpp"
#include "text/display.hpp"
#include "text/json.hpp"
#include "text/source.hpp"

namespace pgleast {
namespace {

using nlohmann::ordered_json;

std::string array_text(const std::vector<std::string>& items) {
  std::string result = "{";
  for (const auto& item : items) result += (result.size() > 1 ? "," : "") + in_array(item);
  return result + '}';
}

// In its own memory or in `made`.
std::string_view cell_text(const Cell& cell, std::string& made) {
  if (const auto* const text = std::get_if<std::string>(&cell)) return *text;
  if (const auto* const text = std::get_if<BorrowedText>(&cell)) return text->text;
  if (const auto* const truth = std::get_if<bool>(&cell)) return *truth ? "t" : "f";
  if (const auto* const number = std::get_if<long>(&cell)) return made = std::to_string(*number);
  if (const auto* const list = std::get_if<std::vector<std::string>>(&cell)) {
    return made = array_text(*list);
  }
  return "";
}

// As a terminal may show it, in `text` or in `made`.
std::string_view shown_text(std::string_view text, std::string& made) {
  return is_plain(text) ? text : std::string_view(made = displayed(text));
}

// Lines are many and short.
class Lines {
 public:
  explicit Lines(const Write& write) : write_(write) {}
  std::string& next() {
    if (text_.size() > enough) flush();
    return text_;
  }
  std::string& current() { return text_; }
  void flush() {
    write_(text_);
    text_.clear();
  }

 private:
  static constexpr std::size_t enough = 60000;
  const Write& write_;
  std::string text_;
};

void write_csv(const std::vector<std::string>& columns, const RowSource& rows, const Write& write) {
  Lines lines(write);
  const auto add = [&](std::size_t i, std::string_view text) {
    auto& line = i == 0 ? lines.next() : lines.current();
    append_csv_field(line, text);
    line += i + 1 < columns.size() ? ',' : '\n';
  };
  std::string made;
  for (std::size_t i = 0; i < columns.size(); ++i) add(i, columns[i]);
  rows([&](const TableRow& row) {
    for (std::size_t i = 0; i < row.size(); ++i) add(i, cell_text(row[i], made));
  });
  lines.flush();
}

ordered_json json_cell(const Cell& cell) {
  return std::visit(
      [](const auto& value) -> ordered_json {
        using Value = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, std::monostate>) {
          return nullptr;
        } else if constexpr (std::is_same_v<Value, BorrowedText>) {
          return value.text;
        } else {
          return value;
        }
      },
      cell);
}

/// TableRow by row what json_text() makes of the whole.
void write_json(const std::vector<std::string>& columns, const RowSource& rows,
                const Write& write) {
  const char* before = "[\n  ";
  rows([&](const TableRow& row) {
    auto object = ordered_json::object();
    for (std::size_t i = 0; i < row.size(); ++i) object[columns[i]] = json_cell(row[i]);
    write(before + json_text(object, 2, "\n  "));
    before = ",\n  ";
  });
  write(*before == '[' ? "[]\n" : "\n]\n");
}

void write_text(const std::vector<std::string>& columns, const RowSource& rows,
                const Write& write) {
  std::vector<std::size_t> widths;
  for (const auto& name : columns) widths.push_back(character_count(name));
  std::string made, safe;
  rows([&](const TableRow& row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto shown = shown_text(cell_text(row[i], made), safe);
      widths[i] = std::max(widths[i], character_count(shown));
    }
  });
  Lines lines(write);
  const auto add = [&](std::size_t i, std::string_view shown) {
    auto& line = i == 0 ? lines.next() : lines.current();
    line += shown;
    if (i + 1 < columns.size()) {
      line.append(widths[i] - character_count(shown) + 2, ' ');
    } else {
      line.resize(line.find_last_not_of(' ') + 1);
      line += '\n';
    }
  };
  for (std::size_t i = 0; i < columns.size(); ++i) add(i, columns[i]);
  rows([&](const TableRow& row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      add(i, shown_text(cell_text(row[i], made), safe));
    }
  });
  lines.flush();
}

}  // namespace

void write_rows(const std::vector<std::string>& columns, const RowSource& rows,
                const std::string& format, const Write& write) {
  if (format == "json") return write_json(columns, rows, write);
  return format == "csv" ? write_csv(columns, rows, write) : write_text(columns, rows, write);
}

std::string write_table(const Table& table, const std::string& format) {
  const auto rows = [&](const std::function<void(const TableRow&)>& take) {
    for (const auto& row : table.rows) take(row);
  };
  std::string result;
  write_rows(table.columns, rows, format, [&](std::string_view text) { result += text; });
  return result;
}

}  // namespace pgleast
