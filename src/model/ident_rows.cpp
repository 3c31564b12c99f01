#include "model/ident_rows.hpp"

#include <algorithm>
#include <utility>

namespace pgleast {

std::vector<IdentRow> ident_rows(const IdentFile& file) {
  std::vector<std::pair<std::uint32_t, IdentRow>> found;
  for (const auto& r : file.records) {
    found.emplace_back(r.row, IdentRow{std::nullopt, r.at.file, r.at.line, r.map,
                                       r.system_user.text, r.pg_user.text, std::nullopt});
  }
  for (const auto& p : file.problems) {
    found.emplace_back(p.row, IdentRow{std::nullopt, p.file, p.line, std::nullopt, std::nullopt,
                                       std::nullopt, p.diagnostic.message});
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<IdentRow> rows;
  rows.reserve(found.size());
  int number = 0;
  for (auto& [place, row] : found) {
    if (!row.error) row.map_number = ++number;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace pgleast
