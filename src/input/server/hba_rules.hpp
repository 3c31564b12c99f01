#pragma once
// The records as pg_hba_file_rules shows them: what is left of a pg_hba.conf whose text
// cannot be read. Which names were quoted is lost; an unquoted keyword is assumed.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/hba.hpp"

namespace pgleast {

/// One row, with the view's columns.
struct HbaRuleRow {
  std::uint32_t line_number = 0;
  std::optional<std::string> type;
  std::vector<std::string> database;
  std::vector<std::string> user_name;
  std::optional<std::string> address;
  std::optional<std::string> netmask;
  std::optional<std::string> auth_method;
  std::vector<std::string> options;
  std::optional<std::string> error;
  std::string file_name;  // empty before version 16
};

HbaFile hba_from_rules(const std::vector<HbaRuleRow>& rows);

}  // namespace pgleast
