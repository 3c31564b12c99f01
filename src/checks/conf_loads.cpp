// The server starts with postgresql.conf and what it includes: one entry that it does not take is
// enough for it not to.

#include <fmt/format.h>

#include <algorithm>

#include "checks/check.hpp"
#include "pg/identifier.hpp"

namespace pgleast {
namespace {

Finding finding_for(const Facts& facts, const SettingProblem& problem) {
  Finding finding;
  const bool named = !problem.name.empty();
  finding.subject = {
      "setting", named ? problem.name : fmt::format("{}: {}", problem.file, problem.message), ""};
  finding.message = "the server does not start with this file";
  if (named) finding.message = problem.message + "; " + finding.message;
  finding.location = facts.location(problem.file, problem.line);
  finding.decision = named ? "correct the entry, or remove it" : "correct the line";
  return finding;
}

std::string remedy_for(const std::string& reader) {
  std::string file = "give the file with --conf";
  if (reader.empty()) return file;
  return fmt::format(
      "GRANT pg_read_server_files, pg_read_all_settings TO {0}; GRANT EXECUTE ON FUNCTION "
      "pg_catalog.pg_read_binary_file(text, bigint, bigint, boolean), pg_catalog.pg_ls_dir(text) "
      "TO {0}; or {1}",
      quote_identifier(reader), file);
}

}  // namespace

Check conf_loads(MapReader&, MapReader&) {
  return [](const Facts& facts) -> Verdict {
    const auto& cluster = facts.cluster();
    std::vector<Finding> findings;
    for (const auto& problem : cluster.setting_problems) {
      findings.push_back(finding_for(facts, problem));
    }
    if (!findings.empty()) return verdict_of(std::move(findings));
    if (const auto missing = facts.missing(Fact::settings)) return *missing;
    const bool read =
        std::any_of(cluster.files.begin(), cluster.files.end(),
                    [](const ConfigFile& file) { return file.kind == ConfigKind::conf; });
    // A document says its settings one by one.
    const auto& documents = cluster.said.files;
    const bool said =
        std::any_of(cluster.settings.begin(), cluster.settings.end(), [&](const Setting& setting) {
          return std::any_of(documents.begin(), documents.end(), [&](const SaidFile& document) {
            return document.name == setting.file;
          });
        });
    if (read || said) return {};
    return unseen("the text of postgresql.conf was not read", remedy_for(cluster.reader));
  };
}

}  // namespace pgleast
