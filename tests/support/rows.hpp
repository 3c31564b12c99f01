#pragma once
// The rows of a dump as a list: `all_rows<HbaRow>(file)`.

#include <utility>
#include <vector>

namespace pgleast::test {

template <typename Row, typename File>
std::vector<Row> all_rows(const File& file) {
  std::vector<Row> rows;
  each_row(file, [&](Row row) { rows.push_back(std::move(row)); });
  return rows;
}

}  // namespace pgleast::test
