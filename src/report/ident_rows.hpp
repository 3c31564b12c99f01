#pragma once
// pg_ident.conf as rows of the server's view pg_ident_file_mappings (15 and newer):
//
//   1 | pg_ident.conf | 3 | corp | anna | app |

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "model/ident.hpp"

namespace pgleast {

struct IdentRow {
  std::optional<int> map_number;  // absent with an error
  std::string file_name;
  std::uint32_t line_number = 0;
  std::optional<std::string> map_name;
  std::optional<std::string> sys_name;
  std::optional<std::string> pg_username;
  std::optional<std::string> error;
  bool operator==(const IdentRow&) const = default;
};

/// As each_row of hba_rows.hpp.
void each_row(const IdentFile& file, const std::function<void(IdentRow)>& take);

}  // namespace pgleast
