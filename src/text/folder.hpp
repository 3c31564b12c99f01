#pragma once
// All files below a folder, as a person who looks through a repository would go:
//
//   db/migrations/V1__roles.sql     taken
//   node_modules/x/schema.sql       what others wrote is passed over, and what .gitignore names
//   db/current -> ../../etc         a link is taken only to a file below the same folder

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "text/diagnostic.hpp"

namespace pgleast {

struct FolderWalk {
  std::size_t files = 0;                 // that were told of
  std::vector<Diagnostic> problems;      // folders that could not be listed
  std::vector<std::string> passed_over;  // scripts by name, `x.sql`, and folders that hold some:
                                         // a tool that runs scripts does not ask .gitignore
};

/// Tells `take` of each file, folder by folder, by name. Throws Error where `root` cannot be
/// listed.
FolderWalk walk_folder(const std::string& root,
                       const std::function<void(const std::string& path)>& take);

}  // namespace pgleast
