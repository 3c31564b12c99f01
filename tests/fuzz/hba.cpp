// pg_hba.conf and pg_ident.conf of any bytes, as every version reads them: no crash, and
// every place lies inside the text. The first byte chooses the version.

#include <cstdint>
#include <cstdlib>

#include "input/hba.hpp"
#include "input/ident.hpp"
#include "input/secrets.hpp"
#include "model/hba_rows.hpp"
#include "model/ident_rows.hpp"

namespace {

using namespace pgleast;

void check(bool holds) {
  if (!holds) std::abort();
}

/// Whatever is included holds the beginning of the text, so that loops are found, too.
FileReader same_text(const std::string& text, const std::string& main) {
  return {[text, main](const std::string& path) {
            if (path == "missing" || path.size() > 8)
              return FileText{std::nullopt, "no such file", true};
            return FileText{path == main ? text : text.substr(0, 30), "", false};
          },
          [](const std::string&) {
            return FolderNames{{{"a.conf", "b.conf"}}, ""};
          }};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 1024) return 0;
  const int version_num = (12 + data[0] % 7) * 10000 + (data[0] >= 128 ? 4 : 0);
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::vector<ConfigFile> read;
  const auto hba = read_hba("h", same_text(text, "h"), version_num, read, {false, "v", true});
  for (const auto& record : hba.records) {
    check(record.at.whole.begin <= record.at.whole.end && record.at.whole.end <= text.size());
    check(!to_string(record).empty());
  }
  check(hba_rows(hba).size() == hba.records.size() + hba.problems.size());
  const auto ident = read_ident("h", same_text(text, "h"), version_num, read);
  check(ident_rows(ident).size() == ident.records.size() + ident.problems.size());
  const ConfigFile file{ConfigKind::hba, "h", text, false};
  check(starred(file.kind, text, version_num).size() == text.size());
  mask_secrets(file, version_num);
  return 0;
}
