#pragma once
// What a fuzz target of a configuration file makes of its bytes: a version and some files.
//
//   'B' "include a\n" 0x1E "work_mem = 1\n"     version 15.0; `c` is the first file
//
// The first byte chooses the version, 0x1E begins the next file. Whatever is included is one of
// the others by the last letter of its name, or else the beginning of the first, so that loops
// are found, too.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "text/files.hpp"

namespace pgleast::fuzz {

inline void check(bool holds) {
  if (!holds) std::abort();
}

struct Files {
  int version_num = 0;
  unsigned variant = 0;  // what is left of the first byte
  std::vector<std::string> texts;

  /// Not empty, at most 2048 bytes.
  Files(const std::uint8_t* data, std::size_t size) {
    constexpr std::array minors{0, 13, 20};  // of 12 and 13, before and after a change
    version_num = (12 + data[0] % 7) * 10000 + minors[data[0] / 7U % minors.size()];
    variant = data[0] / 21U;
    texts.emplace_back();
    for (std::size_t i = 1; i < size; ++i) {
      if (data[i] == 0x1E) {
        texts.emplace_back();
      } else {
        texts.back() += static_cast<char>(data[i]);
      }
    }
  }

  /// Of the file at `path`, the first one being `c`.
  std::string text(const std::string& path) const {
    if (path == "c") return texts.front();
    if (texts.size() == 1) return texts.front().substr(0, 30);
    const auto letter = path.empty() ? 0U : static_cast<unsigned char>(path.back());
    return texts[1 + letter % (texts.size() - 1)];
  }

  FileReader reader() const {
    return {[this](const std::string& path) {
              if (path.ends_with("missing") || path.size() > 8)
                return FileText{std::nullopt, "no such file", true};
              return FileText{text(path), "", false};
            },
            [](const std::string&) {
              return FolderNames{{{"a.conf", "b.conf"}}, ""};
            }};
  }

  /// A place with `file` and `whole` lies inside its file.
  template <typename Place>
  void check_place(const Place& at) const {
    check(at.whole.begin <= at.whole.end && at.whole.end <= text(at.file).size());
  }
};

}  // namespace pgleast::fuzz
