// postgresql.conf of any bytes, as every version reads it: no crash, and every place lies
// inside its file.

#include "input/config/conf.hpp"

#include "../support/rows.hpp"
#include "files.hpp"
#include "input/config/secrets.hpp"
#include "report/conf_rows.hpp"

using namespace pgleast;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 2048) return 0;
  const fuzz::Files files(data, size);
  std::vector<ConfigFile> read;
  const auto conf = read_conf("c", files.reader(), files.version_num, read);
  for (const auto& entry : conf.entries) files.check_place(entry);
  fuzz::check(test::all_rows<ConfRow>(conf).size() == conf.entries.size() + conf.problems.size());
  fuzz::check(!settings_of(conf, files.version_num).empty());
  for (const auto& file : read) {
    fuzz::check(starred(ConfigKind::conf, file.text, files.version_num).size() == file.text.size());
    mask_secrets(file, files.version_num);
  }
  return 0;
}
