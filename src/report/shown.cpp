#include "report/shown.hpp"

namespace pgleast {

std::string with_remedy(const std::string& why, const std::string& remedy) {
  return remedy.empty() ? why : why + "; " + remedy;
}

}  // namespace pgleast
