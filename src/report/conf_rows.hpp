#pragma once
// postgresql.conf as rows of the server's view pg_file_settings:
//
//   postgresql.conf | 3 | 1 | work_mem | 4MB | t |

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "model/conf.hpp"

namespace pgleast {

struct ConfRow {
  std::string sourcefile;
  std::uint32_t sourceline = 0;
  int seqno = 0;
  std::optional<std::string> name;     // absent for a syntax error or a failed include
  std::optional<std::string> setting;  // secrets as ********
  bool applied = false;
  std::optional<std::string> error;
  bool operator==(const ConfRow&) const = default;
};

/// As each_row of hba_rows.hpp. What only a restart would change counts as applied: the files do
/// not say what the server runs with.
void each_row(const ConfFile& file, const std::function<void(ConfRow)>& take);

}  // namespace pgleast
