// postgresql.conf of any bytes, as every version reads it: no crash, and every place lies
// inside the text. The first byte chooses the version.

#include <cstdint>
#include <cstdlib>

#include "input/conf.hpp"
#include "input/secrets.hpp"
#include "model/conf_rows.hpp"

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
  const int version_num = (12 + data[0] % 7) * 10000;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::vector<ConfigFile> read;
  const auto file = read_conf("c", same_text(text, "c"), version_num, read);
  for (const auto& entry : file.entries) {
    check(entry.whole.begin <= entry.whole.end && entry.whole.end <= text.size());
  }
  check(conf_rows(file).size() == file.entries.size() + file.problems.size());
  check(!settings_of(file, version_num).empty());
  check(starred(ConfigKind::conf, text, version_num).size() == text.size());
  mask_secrets({ConfigKind::conf, "c", text, false}, version_num);
  return 0;
}
