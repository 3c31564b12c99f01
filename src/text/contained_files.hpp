#pragma once
// What a file may pull in by itself. Whoever can change a file in a repository must not learn by
// it what else lies on the machine that audits it: no device, nothing of /proc, and nothing
// outside of the repository.
//
//   include '/proc/self/environ'     host all @../../secrets all trust     extends: /etc/shadow

#include <optional>
#include <string>

#include "text/files.hpp"

namespace pgleast {

/// Where files lie that are in no repository.
enum class Bounds {
  anywhere,  // as the server takes them: pg_hba.conf of a machine includes from all of it
  folder,    // below the first one, or below where pgleast was started
};

/// Why `path`, which `first` or what it includes names, is not read; none: it is.
std::optional<std::string> why_not_contained(const std::string& first, const std::string& path,
                                             Bounds bounds = Bounds::anywhere);

/// The same files without those; `first` itself is the user's own choice.
FileReader contained(FileReader files, const std::string& first);

}  // namespace pgleast
