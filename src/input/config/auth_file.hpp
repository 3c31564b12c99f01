#pragma once
// pg_hba.conf or pg_ident.conf and all that it includes, line by line in the order in which
// the server takes them (hba.c, tokenize_auth_file):
//
//   host all @admins.lst 10.0.0.0/8 scram-sha-256     a list from a file, in any version
//   include_dir hba.d                                 more lines, version 16 and newer
//
// The meaning of the fields is the business of hba.hpp and ident.hpp.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "input/config/auth_fields.hpp"
#include "model/config_file.hpp"
#include "text/diagnostic.hpp"
#include "text/files.hpp"

namespace pgleast {

/// Why a line is refused: at which words, and in what words.
struct AuthError {
  Span span;
  std::string message;
};

struct AuthLine {
  const Source* source = nullptr;
  std::uint32_t number = 0;  // of its first physical line, as the server counts
  std::vector<AuthField> fields;
  std::optional<AuthError> error;
};

/// Calls `take` for every line that is not empty, lines with an error included; `read`
/// receives each file once. Throws Error when `path` itself cannot be read.
void read_auth_file(const std::string& path, ConfigKind kind, const FileReader& files,
                    int version_num, std::vector<ConfigFile>& read,
                    const std::function<void(AuthLine&)>& take);

}  // namespace pgleast
