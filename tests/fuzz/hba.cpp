// pg_hba.conf of any bytes, as every version reads it: no crash, and every place lies inside
// its file.

#include "input/config/hba.hpp"

#include "../support/rows.hpp"
#include "files.hpp"
#include "input/config/secrets.hpp"
#include "report/hba_rows.hpp"

using namespace pgleast;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 2048) return 0;
  const fuzz::Files files(data, size);
  HbaSettings settings;
  if (files.variant % 3 > 0) settings = {files.variant % 3 == 1, "v", files.variant % 2 == 1};
  std::vector<ConfigFile> read;
  const auto hba = read_hba("c", files.reader(), files.version_num, read, settings);
  for (const auto& record : hba.records) {
    files.check_place(record.at);
    fuzz::check(!to_string(record).empty());
  }
  fuzz::check(test::all_rows<HbaRow>(hba).size() == hba.records.size() + hba.problems.size());
  for (const auto& file : read) {
    fuzz::check(starred(ConfigKind::hba, file.text, files.version_num).size() == file.text.size());
    mask_secrets(file, files.version_num);
  }
  return 0;
}
