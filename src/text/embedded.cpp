#include "text/embedded.hpp"

#include <algorithm>
#include <cassert>

namespace pgleast {

std::string_view embedded_file(std::string_view path) {
  const auto& files = embedded_files();
  const auto found =
      std::find_if(files.begin(), files.end(), [&](const auto& f) { return f.path == path; });
  assert(found != files.end());
  return found->text;
}

}  // namespace pgleast
