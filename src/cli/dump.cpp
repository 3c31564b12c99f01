// pgleast hba dump, ident dump, conf dump: what was read, with the columns of the server's views.

#include <fmt/format.h>

#include <functional>
#include <memory>
#include <utility>

#include "cli/command.hpp"
#include "cli/options.hpp"
#include "input/config/conf.hpp"
#include "report/conf_rows.hpp"
#include "report/hba_rows.hpp"
#include "report/ident_rows.hpp"
#include "report/rows.hpp"
#include "text/diagnostic.hpp"

namespace pgleast {
namespace {

struct DumpOptions {
  SourceOptions sources;
  OutputOptions output;
};

/// Row by row: the file with the most records is the one that someone wants to look into.
template <typename File, typename RowCells>
void write_dump(const OutputOptions& options, const std::vector<std::string>& columns,
                const File& file, const RowCells& cells) {
  const auto rows = [&](const std::function<void(const TableRow&)>& take) {
    each_row(file, [&](auto row) { take(cells(std::move(row))); });
  };
  write_output(options,
               [&](const Write& write) { write_rows(columns, rows, options.format, write); });
}

int dump_hba(const DumpOptions& options) {
  const auto cluster = read_sources(options.sources);
  print_version_note(cluster);
  need(cluster, Fact::hba, "the records cannot be read");
  const std::vector<std::string> columns{"rule_number", "file_name", "line_number", "type",
                                         "database",    "user_name", "address",     "netmask",
                                         "auth_method", "options",   "error"};
  write_dump(options.output, columns, cluster.hba, [](HbaRow row) -> TableRow {
    return {cell_of(row.rule_number),
            std::move(row.file_name),
            static_cast<long>(row.line_number),
            cell_of(std::move(row.type)),
            cell_of(std::move(row.database)),
            cell_of(std::move(row.user_name)),
            cell_of(std::move(row.address)),
            cell_of(std::move(row.netmask)),
            cell_of(std::move(row.auth_method)),
            cell_of(std::move(row.options)),
            cell_of(std::move(row.error))};
  });
  return 0;
}

std::string needed(const std::string& path, const std::vector<std::string>& paths,
                   const char* option) {
  if (!path.empty()) return path;
  if (paths.size() == 1) return paths.front();
  fail_usage(fmt::format("no file is given: say {}", option));
}

int dump_ident(const DumpOptions& options) {
  const auto cluster = read_sources(options.sources);
  print_version_note(cluster);
  need(cluster, Fact::ident, "the records cannot be read");
  const std::vector<std::string> columns{"map_number", "file_name",   "line_number", "map_name",
                                         "sys_name",   "pg_username", "error"};
  write_dump(options.output, columns, cluster.ident, [](IdentRow row) -> TableRow {
    return {cell_of(row.map_number),
            std::move(row.file_name),
            static_cast<long>(row.line_number),
            cell_of(std::move(row.map_name)),
            cell_of(std::move(row.sys_name)),
            cell_of(std::move(row.pg_username)),
            cell_of(std::move(row.error))};
  });
  return 0;
}

int dump_conf(const DumpOptions& options) {
  const auto path = needed(options.sources.conf, options.sources.paths, "--conf");
  std::vector<ConfigFile> read;
  const auto file = read_conf(path, files_from(path), version_num_of(options.sources), read);
  const std::vector<std::string> columns{"sourcefile", "sourceline", "seqno", "name",
                                         "setting",    "applied",    "error"};
  write_dump(options.output, columns, file, [](ConfRow row) -> TableRow {
    return {std::move(row.sourcefile),       static_cast<long>(row.sourceline),
            static_cast<long>(row.seqno),    cell_of(std::move(row.name)),
            cell_of(std::move(row.setting)), row.applied,
            cell_of(std::move(row.error))};
  });
  return 0;
}

void add_dump(CLI::App& parent, Run& run, const char* view, int (*dump)(const DumpOptions&)) {
  const auto options = std::make_shared<DumpOptions>();
  auto& command =
      add_command(parent, run, "dump", fmt::format("what was read, with the columns of {}", view),
                  [options, dump] { return dump(*options); });
  add_source_options(command, options->sources);
  add_output_options(command, options->output, {"text", "json", "csv"});
}

}  // namespace

void add_hba_dump(CLI::App& hba, Run& run) { add_dump(hba, run, "pg_hba_file_rules", dump_hba); }

void add_ident_dump(CLI::App& ident, Run& run) {
  add_dump(ident, run, "pg_ident_file_mappings", dump_ident);
}

void add_conf_dump(CLI::App& conf, Run& run) { add_dump(conf, run, "pg_file_settings", dump_conf); }

}  // namespace pgleast
