#pragma once
// A FileReader over a table of texts, so that a test needs no disk:
//
//   const auto files = memory_files({{"/d/pg_hba.conf", "local all all peer\n"}});

#include <map>
#include <string>

#include "text/files.hpp"

namespace pgleast::test {

inline FileReader memory_files(std::map<std::string, std::string> texts) {
  const auto read = [texts](const std::string& path) -> FileText {
    const auto found = texts.find(path);
    if (found != texts.end()) return {found->second, "", false};
    const auto inside = texts.lower_bound(path + '/');
    const bool folder = inside != texts.end() && inside->first.starts_with(path + '/');
    if (folder) return {std::nullopt, "is a directory", false, true};
    return {std::nullopt, "no such file", true};
  };
  const auto list = [texts](const std::string& folder) -> FolderNames {
    std::vector<std::string> names;
    bool exists = false;
    const auto prefix = folder + '/';
    for (const auto& [path, text] : texts) {
      if (!path.starts_with(prefix)) continue;
      exists = true;
      const auto name = path.substr(prefix.size());
      if (name.find('/') == std::string::npos) names.push_back(name);
    }
    if (!exists) return {std::nullopt, "no such folder"};
    return {names, ""};
  };
  return {read, list};
}

}  // namespace pgleast::test
