#include "input/server/ident_mappings.hpp"

#include <algorithm>
#include <utility>

#include "text/display.hpp"

namespace pgleast {

IdentFile ident_from_mappings(const std::vector<IdentMappingRow>& rows) {
  IdentFile file;
  std::uint32_t place = 0;
  for (const auto& row : rows) {
    const auto path = row.file_name.empty() ? std::string("pg_ident.conf") : row.file_name;
    if (!row.map_name || row.error) {
      const auto why = row.error.value_or("the server refuses this line");
      file.problems.push_back({path,
                               row.line_number,
                               {path, Position{row.line_number, 1}, displayed(why), ""},
                               false,
                               place++});
      continue;
    }
    IdentRecord record;
    record.map = *row.map_name;
    record.system_user.text = row.sys_name.value_or("");
    record.pg_user.text = row.pg_username.value_or("");
    record.at.file = path;
    record.at.line = row.line_number;
    record.row = place++;
    file.records.push_back(std::move(record));
  }
  return file;
}

bool quotes_matter(const IdentFile& file, int major) {
  return major >= 16 && std::any_of(file.records.begin(), file.records.end(), [](const auto& r) {
           return r.pg_user.text == "all" || r.pg_user.text.starts_with('+');
         });
}

}  // namespace pgleast
