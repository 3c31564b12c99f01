#include "input/config/hba.hpp"

#include <utility>

#include "input/config/auth_file.hpp"
#include "input/config/hba_record.hpp"

namespace pgleast {

HbaSettings hba_settings(const std::vector<Setting>& settings) {
  HbaSettings result;
  for (const auto& setting : settings) {
    if (setting.name == "ssl") result.ssl = setting.value == "on";
    if (setting.name == "db_user_namespace") result.db_user_namespace = setting.value == "on";
    if (setting.name == "oauth_validator_libraries") {
      result.oauth_validator_libraries = setting.value;
    }
  }
  return result;
}

HbaFile read_hba(const std::string& path, const FileReader& files, int version_num,
                 std::vector<ConfigFile>& read, const HbaSettings& settings) {
  HbaFile result;
  std::uint32_t row = 0;
  const auto refuse = [&](const AuthLine& line, HbaRefusal refusal) {
    result.problems.push_back(
        {line.source->name(), line.number,
         make_diagnostic(*line.source, refusal.span, std::move(refusal.message)), refusal.silent,
         row++});
  };
  read_auth_file(path, ConfigKind::hba, files, version_num, read, [&](AuthLine& line) {
    if (line.error) {
      refuse(line, {line.error->span, std::move(line.error->message)});
      return;
    }
    auto parsed = parse_hba_record(line, version_num, settings);
    if (auto* refusal = std::get_if<HbaRefusal>(&parsed)) {
      refuse(line, std::move(*refusal));
      return;
    }
    result.records.push_back(std::move(std::get<HbaRecord>(parsed)));
    result.records.back().row = row++;
  });
  return result;
}

}  // namespace pgleast
