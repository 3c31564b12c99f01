#include "model/conf_rows.hpp"

#include <algorithm>

#include "pg/secret_text.hpp"

namespace pgleast {

std::vector<ConfRow> conf_rows(const ConfFile& file) {
  std::vector<ConfRow> rows;
  const bool loads = file.loads();
  for (const auto& entry : file.entries) {
    ConfRow row{entry.file,
                entry.line,
                static_cast<int>(entry.row) + 1,
                entry.name,
                masked_setting(entry.name, entry.value),
                false,
                std::nullopt};
    row.applied = loads && entry.state == ConfState::applied;
    if (entry.error) row.error = entry.error->message;
    rows.push_back(std::move(row));
  }
  for (const auto& problem : file.problems) {
    rows.push_back({problem.file, problem.line, static_cast<int>(problem.row) + 1, std::nullopt,
                    std::nullopt, false, problem.diagnostic.message});
  }
  std::sort(rows.begin(), rows.end(),
            [](const ConfRow& a, const ConfRow& b) { return a.seqno < b.seqno; });
  return rows;
}

}  // namespace pgleast
