#include "text/contained_files.hpp"

#include <filesystem>
#include <system_error>
#include <utility>

namespace fs = std::filesystem;

namespace pgleast {
namespace {

bool is_in(const fs::path& path, const fs::path& folder) {
  const auto relative = path.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

bool is_of_the_system(const fs::path& path) {
  return is_in(path, "/proc") || is_in(path, "/sys") || is_in(path, "/dev");
}

// The nearest folder above that git knows as one.
std::optional<fs::path> repository_of(const fs::path& file) {
  std::error_code ignored;
  for (auto folder = file.parent_path();; folder = folder.parent_path()) {
    if (fs::exists(folder / ".git", ignored)) return folder;
    if (folder == folder.parent_path()) return std::nullopt;
  }
}

}  // namespace

std::optional<std::string> why_not_contained(const std::string& first, const std::string& path,
                                             Bounds bounds) {
  if (path == first || path == "-") return std::nullopt;
  std::error_code error;
  const auto full = fs::weakly_canonical(path, error);
  if (error) return "its path cannot be followed: " + error.message();
  if (is_of_the_system(fs::path(path).lexically_normal()) || is_of_the_system(full)) {
    return "it is of the system that runs pgleast";
  }
  const auto status = fs::status(full, error);
  if (!fs::exists(status)) return std::nullopt;  // as the reader finds
  if (!fs::is_regular_file(status) && !fs::is_directory(status)) return "is not a file";
  const auto here = fs::current_path(error);
  const auto of_first = fs::weakly_canonical(first == "-" ? here / "-" : fs::path(first), error);
  if (const auto repository = repository_of(of_first)) {
    if (is_in(full, *repository)) return std::nullopt;
    return "it lies outside of the repository";
  }
  if (bounds == Bounds::anywhere || is_in(full, of_first.parent_path()) || is_in(full, here)) {
    return std::nullopt;
  }
  return "it lies below neither the first file's folder nor the working folder, and no repository "
         "holds it";
}

FileReader contained(FileReader files, const std::string& first) {
  FileReader result;
  result.read = [read = std::move(files.read), first](const std::string& path) -> FileText {
    if (auto why = why_not_contained(first, path)) return {std::nullopt, std::move(*why), false};
    return read(path);
  };
  result.list = [list = std::move(files.list), first](const std::string& path) -> FolderNames {
    if (auto why = why_not_contained(first, path)) return {std::nullopt, std::move(*why)};
    return list(path);
  };
  return result;
}

}  // namespace pgleast
