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

/// Why `path`, which `first` or what it includes names, is not read; none: it is.
std::optional<std::string> why_not_contained(const std::string& first, const std::string& path);

/// The same files without those; `first` itself is the user's own choice.
FileReader contained(FileReader files, const std::string& first);

}  // namespace pgleast
