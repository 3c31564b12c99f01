#include "cli/rows.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "pg/array_text.hpp"
#include "text/display.hpp"
#include "text/source.hpp"

namespace pgleast {
namespace {

using nlohmann::ordered_json;

std::string array_text(const std::vector<std::string>& items) {
  std::string result = "{";
  for (const auto& item : items) result += (result.size() > 1 ? "," : "") + in_array(item);
  return result + '}';
}

std::string cell_text(const Cell& cell) {
  if (const auto* const text = std::get_if<std::string>(&cell)) return *text;
  if (const auto* const number = std::get_if<long>(&cell)) return std::to_string(*number);
  if (const auto* const truth = std::get_if<bool>(&cell)) return *truth ? "t" : "f";
  if (const auto* const list = std::get_if<std::vector<std::string>>(&cell)) {
    return array_text(*list);
  }
  return "";
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string result = "\"";
  for (const char c : text) result.append(c == '"' ? 2 : 1, c);
  return result + '"';
}

void write_csv(const std::vector<std::string>& columns, const Rows& rows, const Write& write) {
  const auto line = [&](const auto& cells, const auto& text) {
    std::string written;
    for (const auto& cell : cells) {
      if (&cell != &cells.front()) written += ',';
      written += csv_field(text(cell));
    }
    write(written + '\n');
  };
  line(columns, [](const std::string& name) { return name; });
  rows([&](const Row& row) { line(row, cell_text); });
}

ordered_json json_cell(const Cell& cell) {
  return std::visit(
      [](const auto& value) -> ordered_json {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::monostate>) {
          return nullptr;
        } else {
          return value;
        }
      },
      cell);
}

/// Row by row what dump() makes of the whole.
void write_json(const std::vector<std::string>& columns, const Rows& rows, const Write& write) {
  const char* before = "[\n  ";
  rows([&](const Row& row) {
    auto object = ordered_json::object();
    for (std::size_t i = 0; i < row.size(); ++i) object[columns[i]] = json_cell(row[i]);
    std::string written = before;
    for (const char c : object.dump(2, ' ', false, ordered_json::error_handler_t::replace)) {
      written += c;
      if (c == '\n') written += "  ";
    }
    write(written);
    before = ",\n  ";
  });
  write(*before == '[' ? "[]\n" : "\n]\n");
}

void write_text(const std::vector<std::string>& columns, const Rows& rows, const Write& write) {
  std::vector<std::size_t> widths;
  for (const auto& name : columns) widths.push_back(character_count(name));
  rows([&](const Row& row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], character_count(displayed(cell_text(row[i]))));
    }
  });
  const auto line = [&](const auto& cells, const auto& text) {
    std::string written;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const auto shown = text(cells[i]);
      written += shown;
      if (i + 1 < cells.size()) written.append(widths[i] - character_count(shown) + 2, ' ');
    }
    written.resize(written.find_last_not_of(' ') + 1);
    write(written + '\n');
  };
  line(columns, [](const std::string& name) { return name; });
  rows([&](const Row& row) {
    line(row, [](const Cell& cell) { return displayed(cell_text(cell)); });
  });
}

}  // namespace

void write_rows(const std::vector<std::string>& columns, const Rows& rows,
                const std::string& format, const Write& write) {
  if (format == "json") return write_json(columns, rows, write);
  return format == "csv" ? write_csv(columns, rows, write) : write_text(columns, rows, write);
}

std::string write_table(const Table& table, const std::string& format) {
  const auto rows = [&](const std::function<void(const Row&)>& take) {
    for (const auto& row : table.rows) take(row);
  };
  std::string result;
  write_rows(table.columns, rows, format, [&](std::string_view text) { result += text; });
  return result;
}

}  // namespace pgleast
