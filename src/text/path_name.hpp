#pragma once
// `db/migrations/V1__roles.sql` is called `V1__roles.sql`.

#include <string_view>

namespace pgleast {

/// A view of `path` behind its last slash.
inline std::string_view name_of_path(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace pgleast
