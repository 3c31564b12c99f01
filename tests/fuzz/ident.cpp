// pg_ident.conf of any bytes, as every version reads it: no crash, and every place lies inside
// its file.

#include "input/config/ident.hpp"

#include "../support/rows.hpp"
#include "files.hpp"
#include "input/config/secrets.hpp"
#include "report/ident_rows.hpp"

using namespace pgleast;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 2048) return 0;
  const fuzz::Files files(data, size);
  std::vector<ConfigFile> read;
  const auto ident = read_ident("c", files.reader(), files.version_num, read);
  for (const auto& record : ident.records) {
    files.check_place(record.at);
    for (const auto& word : {record.at.map, record.at.system_user, record.at.pg_user}) {
      fuzz::check(word.begin <= word.end && word.end <= files.text(record.at.file).size());
    }
  }
  fuzz::check(test::all_rows<IdentRow>(ident).size() ==
              ident.records.size() + ident.problems.size());
  for (const auto& file : read) {
    fuzz::check(starred(ConfigKind::ident, file.text, files.version_num).size() ==
                file.text.size());
    mask_secrets(file, files.version_num);
  }
  return 0;
}
