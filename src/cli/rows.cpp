#include "cli/rows.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

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

std::string csv(const Table& table) {
  std::string result;
  const auto line = [&](const auto& cells, const auto& text) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) result += ',';
      result += csv_field(text(cells[i]));
    }
    result += '\n';
  };
  line(table.columns, [](const std::string& name) { return name; });
  for (const auto& row : table.rows) line(row, cell_text);
  return result;
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

std::string json(const Table& table) {
  auto rows = ordered_json::array();
  for (const auto& row : table.rows) {
    auto object = ordered_json::object();
    for (std::size_t i = 0; i < row.size(); ++i) object[table.columns[i]] = json_cell(row[i]);
    rows.push_back(std::move(object));
  }
  return rows.dump(2, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

std::string text(const Table& table) {
  std::vector<std::vector<std::string>> lines{table.columns};
  for (const auto& row : table.rows) {
    auto& line = lines.emplace_back();
    for (const auto& cell : row) line.push_back(displayed(cell_text(cell)));
  }
  std::vector<std::size_t> widths(table.columns.size());
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      widths[i] = std::max(widths[i], character_count(line[i]));
    }
  }
  std::string result;
  for (const auto& line : lines) {
    std::string written;
    for (std::size_t i = 0; i < line.size(); ++i) {
      written += line[i];
      if (i + 1 < line.size()) written.append(widths[i] - character_count(line[i]) + 2, ' ');
    }
    while (!written.empty() && written.back() == ' ') written.pop_back();
    result += written + '\n';
  }
  return result;
}

}  // namespace

std::string write_table(const Table& table, const std::string& format) {
  if (format == "json") return json(table);
  return format == "csv" ? csv(table) : text(table);
}

}  // namespace pgleast
