// What real servers of version 12 to 19 made of odd postgresql.conf files (tests/data), and
// what pgleast does. A setting that only a restart can change is no error of the file: such
// rows are passed over.

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>

#include "input/config/conf.hpp"
#include "pg/setting_table.hpp"
#include "report/conf_rows.hpp"
#include "support/catch.hpp"
#include "support/memory_files.hpp"
#include "support/rows.hpp"

using namespace pgleast;
using nlohmann::json;

namespace {

struct Count {
  int files = 0, rows = 0, passed_over = 0, differences = 0;
};

bool needs_restart(const json& row, int major) {
  if (!row[5].is_string() || row[5] != "setting could not be applied") return false;
  const auto* info = find_setting_info(row[2].get<std::string>(), major);
  return info != nullptr && info->context == SettingContext::postmaster;
}

void compare(const std::string& name, const json& golden, const std::string& version,
             Count& count) {
  std::map<std::string, std::string> texts{{"D/test.conf", golden["cases"][name]}};
  if (golden["aux"].contains(name)) {
    for (const auto& [path, text] : golden["aux"][name].items()) texts["D/" + path] = text;
  }
  const int major = std::stoi(version);
  std::vector<ConfigFile> read;
  const auto rows = test::all_rows<ConfRow>(
      read_conf("D/test.conf", test::memory_files(texts), major * 10000, read));
  const auto& expected = golden["results"][name][version];
  INFO("case " << name << ", version " << version);
  ++count.files;
  if (rows.size() != expected.size()) ++count.differences;
  CHECK(rows.size() == expected.size());
  for (std::size_t i = 0; i < std::min(rows.size(), expected.size()); ++i) {
    if (needs_restart(expected[i], major)) {
      ++count.passed_over;
      continue;
    }
    auto row = expected[i];
    row[1] = row[1].get<int>() - expected[0][1].get<int>() + 1;  // after the server's own
    row[5] = row[5].is_string();
    const auto& r = rows[i];
    const json ours{r.sourceline,
                    r.seqno,
                    r.name ? json(*r.name) : json(),
                    r.setting ? json(*r.setting) : json(),
                    r.applied,
                    r.error.has_value()};
    ++count.rows;
    if (ours != row) ++count.differences;
    CHECK(ours == row);
  }
}

}  // namespace

TEST_CASE("postgresql.conf is read as real servers read it", "[input][conf][golden]") {
  std::ifstream stream(PGLEAST_SOURCE_DIR "/tests/data/conf_cases.json");
  const auto golden = json::parse(stream);
  Count count;
  for (const auto& [name, results] : golden["results"].items()) {
    for (const auto& [version, rows] : results.items()) compare(name, golden, version, count);
  }
  WARN("conf_cases.json: " << count.files << " files, " << count.rows << " rows compared, "
                           << count.passed_over << " passed over, " << count.differences
                           << " differences");
  CHECK(count.rows > 350);
}
