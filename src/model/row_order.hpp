#pragma once
// What was read and what was refused, as one list: the rows of the server's views.

namespace pgleast {

/// Calls `take` with each record and each problem in the order of their `row`; both lists are
/// in that order.
template <typename Records, typename Problems, typename Take>
void in_row_order(const Records& records, const Problems& problems, const Take& take) {
  auto problem = problems.begin();
  for (const auto& record : records) {
    for (; problem != problems.end() && problem->row < record.row; ++problem) take(*problem);
    take(record);
  }
  for (; problem != problems.end(); ++problem) take(*problem);
}

}  // namespace pgleast
