#pragma once
// The files that are part of the binary: SQL questions, rule packs, tables.

#include <string_view>
#include <vector>

namespace pgleast {

struct EmbeddedFile {
  std::string_view path;  // from the top of the project: `policies/baseline/HBA-001.yaml`
  std::string_view text;
};

/// Sorted by path. Written by embed.cmake.
const std::vector<EmbeddedFile>& embedded_files();

/// The text of one; a name that is not there is a bug.
std::string_view embedded_file(std::string_view path);

}  // namespace pgleast
