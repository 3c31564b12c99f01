#include "input/platforms/declared/repository.hpp"

#include <filesystem>

namespace pgleast {

std::string repository_path(const std::string& path, std::string_view said) {
  namespace fs = std::filesystem;
  auto result = (fs::path(path).parent_path() / said).lexically_normal().generic_string();
  while (result.size() > 1 && result.ends_with('/')) result.pop_back();
  return result;
}

std::string folder_of_path(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

}  // namespace pgleast
