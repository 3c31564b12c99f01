#include "report/hba_rows.hpp"

#include <utility>

#include "model/row_order.hpp"

namespace pgleast {
namespace {

std::vector<std::string> texts(const std::vector<HbaName>& names) {
  std::vector<std::string> result;
  result.reserve(names.size());
  for (const auto& name : names) result.push_back(name.text);
  return result;
}

HbaRow row_of(const HbaRecord& record) {
  HbaRow row;
  row.file_name = record.at.file;
  row.line_number = record.at.line;
  row.type = to_string(record.type);
  row.database = texts(record.databases);
  row.user_name = texts(record.users);
  if (record.address.kind == AddressKind::ip) {
    row.address = inet_text(record.address.address);
    row.netmask = inet_text(record.address.mask);
  } else if (record.address.kind != AddressKind::none) {
    row.address = to_string(record.address);
  }
  row.auth_method = record.method;
  for (const auto& [name, value] : record.options) {
    if (!row.options) row.options.emplace();
    row.options->push_back(name + '=' + (is_secret_option(name) ? "********" : value));
  }
  if (!record.warning.empty()) row.error = record.warning;
  return row;
}

HbaRow row_of(const HbaProblem& problem) {
  HbaRow row;
  row.file_name = problem.file;
  row.line_number = problem.line;
  if (!problem.silent) row.error = problem.diagnostic.message;
  return row;
}

}  // namespace

void each_row(const HbaFile& file, const std::function<void(HbaRow)>& take) {
  int number = 0;
  in_row_order(file.records, file.problems, [&](const auto& line) {
    auto row = row_of(line);
    if (!row.error) row.rule_number = ++number;  // a silent refusal is numbered, too
    take(std::move(row));
  });
}

}  // namespace pgleast
