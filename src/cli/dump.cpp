// pgleast hba dump, ident dump, conf dump: what was read, with the columns of the server's views.

#include <fmt/format.h>

#include <functional>
#include <memory>

#include "cli/command.hpp"
#include "cli/options.hpp"
#include "cli/rows.hpp"
#include "input/conf.hpp"
#include "model/conf_rows.hpp"
#include "model/hba_rows.hpp"
#include "model/ident_rows.hpp"
#include "text/diagnostic.hpp"

namespace pgleast {
namespace {

struct DumpOptions {
  SourceOptions sources;
  OutputOptions output;
};

int dump_hba(const DumpOptions& options) {
  const auto cluster = read_sources(options.sources);
  if (!cluster.seen(Fact::hba)) {
    const auto& why = cluster.unseen.at(Fact::hba);
    fail("", fmt::format("the records cannot be read: {}; {}", why.why, why.remedy));
  }
  Table table{{"rule_number", "file_name", "line_number", "type", "database", "user_name",
               "address", "netmask", "auth_method", "options", "error"},
              {}};
  for (const auto& row : hba_rows(cluster.hba)) {
    table.rows.push_back(
        {cell_of(row.rule_number), row.file_name, static_cast<long>(row.line_number),
         cell_of(row.type), cell_of(row.database), cell_of(row.user_name), cell_of(row.address),
         cell_of(row.netmask), cell_of(row.auth_method), cell_of(row.options), cell_of(row.error)});
  }
  write_output(options.output, write_table(table, options.output.format));
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
  if (!cluster.seen(Fact::ident)) {
    const auto& why = cluster.unseen.at(Fact::ident);
    fail("", fmt::format("the records cannot be read: {}; {}", why.why, why.remedy));
  }
  Table table{
      {"map_number", "file_name", "line_number", "map_name", "sys_name", "pg_username", "error"},
      {}};
  for (const auto& row : ident_rows(cluster.ident)) {
    table.rows.push_back({cell_of(row.map_number), row.file_name,
                          static_cast<long>(row.line_number), cell_of(row.map_name),
                          cell_of(row.sys_name), cell_of(row.pg_username), cell_of(row.error)});
  }
  write_output(options.output, write_table(table, options.output.format));
  return 0;
}

int dump_conf(const DumpOptions& options) {
  const auto path = needed(options.sources.conf, options.sources.paths, "--conf");
  std::vector<ConfigFile> read;
  const auto file =
      read_conf(path, files_and_standard_input(), version_num_of(options.sources), read);
  Table table{{"sourcefile", "sourceline", "seqno", "name", "setting", "applied", "error"}, {}};
  for (const auto& row : conf_rows(file)) {
    table.rows.push_back({row.sourcefile, static_cast<long>(row.sourceline),
                          static_cast<long>(row.seqno), cell_of(row.name), cell_of(row.setting),
                          row.applied, cell_of(row.error)});
  }
  write_output(options.output, write_table(table, options.output.format));
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
