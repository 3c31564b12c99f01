#include "report/ident_rows.hpp"

#include <utility>

#include "model/row_order.hpp"

namespace pgleast {
namespace {

IdentRow ident_row(const IdentRecord& r) {
  return {std::nullopt,       r.at.file,      r.at.line,   r.map,
          r.system_user.text, r.pg_user.text, std::nullopt};
}

IdentRow ident_row(const HbaProblem& p) {
  return {std::nullopt,        p.file, p.line, std::nullopt, std::nullopt, std::nullopt,
          p.diagnostic.message};
}

}  // namespace

void each_row(const IdentFile& file, const std::function<void(IdentRow)>& take) {
  int number = 0;
  in_row_order(file.records, file.problems, [&](const auto& line) {
    auto row = ident_row(line);
    if (!row.error) row.map_number = ++number;
    take(std::move(row));
  });
}

}  // namespace pgleast
