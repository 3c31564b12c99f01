#include "report/conf_rows.hpp"

#include <utility>

#include "model/row_order.hpp"
#include "pg/secret_text.hpp"

namespace pgleast {
namespace {

ConfRow row_of(const ConfEntry& entry) {
  ConfRow row{entry.file,
              entry.line,
              static_cast<int>(entry.row) + 1,
              entry.name,
              masked_setting(entry.name, entry.value),
              false,
              std::nullopt};
  row.applied = entry.state == ConfState::applied;
  if (entry.error) row.error = entry.error->message;
  return row;
}

ConfRow row_of(const ConfProblem& problem) {
  return {problem.file, problem.line, static_cast<int>(problem.row) + 1, std::nullopt,
          std::nullopt, false,        problem.diagnostic.message};
}

}  // namespace

void each_row(const ConfFile& file, const std::function<void(ConfRow)>& take) {
  const bool loads = file.loads();
  in_row_order(file.entries, file.problems, [&](const auto& line) {
    auto row = row_of(line);
    row.applied = loads && row.applied;
    take(std::move(row));
  });
}

}  // namespace pgleast
