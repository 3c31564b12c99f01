#pragma once
// The records of pg_hba.conf as rows of the server's view pg_hba_file_rules, spelled as that
// server spells them:
//
//   1 | pg_hba.conf | 3 | host | {all} | {all} | 10.0.0.0 | 255.0.0.0 | md5 | |

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/hba.hpp"

namespace pgleast {

struct HbaRow {
  std::optional<int> rule_number;  // as version 16 and newer count; absent with an error
  std::string file_name;
  std::uint32_t line_number = 0;
  std::optional<std::string> type;  // absent, as all up to `options`, for a refused line
  std::optional<std::vector<std::string>> database;
  std::optional<std::vector<std::string>> user_name;
  std::optional<std::string> address;
  std::optional<std::string> netmask;
  std::optional<std::string> auth_method;
  std::optional<std::vector<std::string>> options;  // secrets as ********
  std::optional<std::string> error;
  bool operator==(const HbaRow&) const = default;
};

/// Calls `take` with each row in the server's order, refused lines among the others. One row at a
/// time: a file may have hundreds of thousands.
void each_row(const HbaFile& file, const std::function<void(HbaRow)>& take);

}  // namespace pgleast
