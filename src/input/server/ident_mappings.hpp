#pragma once
// The records as pg_ident_file_mappings shows them (15 and newer): what is left of a
// pg_ident.conf whose text cannot be read. Which names were quoted is lost; an unquoted keyword
// is assumed.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/ident.hpp"

namespace pgleast {

/// One row, with the view's columns.
struct IdentMappingRow {
  std::uint32_t line_number = 0;
  std::optional<std::string> map_name;
  std::optional<std::string> sys_name;
  std::optional<std::string> pg_username;
  std::optional<std::string> error;
  std::string file_name;  // empty before version 16
};

IdentFile ident_from_mappings(const std::vector<IdentMappingRow>& rows);

/// Whether a record would mean something else with its role name in quotes.
bool quotes_matter(const IdentFile& file, int major);

}  // namespace pgleast
