#include "pg/server_function.hpp"

#include <algorithm>
#include <array>

namespace pgleast {
namespace {

constexpr auto names = std::to_array<std::string_view>({
#include "pg/server_functions.inc"
});

struct Special {
  std::string_view name;
  ServerFunction what;
};

// The first row that fits counts; a `*` at the end stands for anything.
constexpr std::array specials{
    Special{"set_config", ServerFunction::sets},
    Special{"query_to_xml*", ServerFunction::runs_text},
    Special{"ts_stat", ServerFunction::runs_text},
    Special{"ts_rewrite", ServerFunction::runs_text},
    Special{"cursor_to_xml*", ServerFunction::reads_tables},
    Special{"table_to_xml*", ServerFunction::reads_tables},
    Special{"schema_to_xml*", ServerFunction::reads_tables},
    Special{"database_to_xml*", ServerFunction::reads_tables},
    Special{"brin_*", ServerFunction::reads_tables},
    Special{"gin_clean_pending_list", ServerFunction::reads_tables},
    Special{"lo_creat", ServerFunction::makes_objects},
    Special{"lo_create", ServerFunction::makes_objects},
    Special{"lo_from_bytea", ServerFunction::makes_objects},
    Special{"lo_import", ServerFunction::makes_objects},
    Special{"lo_unlink", ServerFunction::makes_objects},
    Special{"lo_export", ServerFunction::runs_anything},
    Special{"lo_*", ServerFunction::harmless},
    Special{"pg_reload_conf", ServerFunction::reloads},
    Special{"pg_file_*", ServerFunction::runs_anything},
    Special{"dblink*", ServerFunction::runs_anything},
    Special{"binary_upgrade_*", ServerFunction::runs_anything},
    Special{"crosstab*", ServerFunction::runs_text},
    Special{"connectby", ServerFunction::runs_anything},
    Special{"xpath_table", ServerFunction::runs_anything},
    Special{"check_foreign_key", ServerFunction::runs_anything},
    Special{"check_primary_key", ServerFunction::reads_tables},
    Special{"pg_*", ServerFunction::harmless},
    Special{"has_*", ServerFunction::harmless},
};

bool fits(std::string_view name, std::string_view pattern) {
  if (!pattern.ends_with('*')) return name == pattern;
  return name.starts_with(pattern.substr(0, pattern.size() - 1));
}

}  // namespace

ServerFunction server_function(std::string_view name) {
  for (const auto& special : specials) {
    if (fits(name, special.name)) return special.what;
  }
  return std::binary_search(names.begin(), names.end(), name) ? ServerFunction::harmless
                                                              : ServerFunction::unknown;
}

}  // namespace pgleast
