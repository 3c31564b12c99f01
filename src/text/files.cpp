#include "text/files.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "text/diagnostic.hpp"

namespace fs = std::filesystem;

namespace pgleast {
namespace {

constexpr std::uintmax_t largest_file = std::uintmax_t{1} << 30U;

FileText refused(std::string why, bool missing = false) {
  return {std::nullopt, std::move(why), missing};
}

FileText read_disk(const std::string& path) {
  if (path.find('\0') != std::string::npos) return refused("the name holds a NUL byte");
  std::error_code error;
  const auto status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return refused("no such file", true);
  if (error) return refused(error.message());
  if (status.type() == fs::file_type::directory) {
    return {std::nullopt, "is a directory", false, true};
  }
  if (status.type() == fs::file_type::regular) {
    const auto size = fs::file_size(path, error);
    if (!error && size > largest_file) return refused("is larger than 1 GiB");
  } else if (status.type() != fs::file_type::fifo && status.type() != fs::file_type::character) {
    return refused("is not a file");
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return refused(std::strerror(errno));
  std::string text;
  for (std::string block(std::size_t{1} << 16U, '\0'); file;) {
    file.read(block.data(), static_cast<std::streamsize>(block.size()));
    const auto size = static_cast<std::size_t>(file.gcount());
    if (text.size() + size > largest_file) return refused("is larger than 1 GiB");
    text.append(block, 0, size);
  }
  return {std::move(text), "", false};
}

FolderNames list_disk(const std::string& path) {
  std::error_code error;
  std::vector<std::string> names;
  for (fs::directory_iterator entry(path, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (!entry->is_directory(ignored)) names.push_back(entry->path().filename().string());
  }
  if (error) return {std::nullopt, error.message()};
  return {std::move(names), ""};
}

}  // namespace

FileReader disk_files() { return {read_disk, list_disk}; }

namespace {

// Once: a second source from it would silently be an empty one.
std::string read_standard_input() {
  static bool is_read = false;
  if (std::exchange(is_read, true)) fail_usage("standard input is given for two sources");
  std::string text;
  std::string block(std::size_t{1} << 16U, '\0');
  while (const auto size = std::fread(block.data(), 1, block.size(), stdin)) {
    if (text.size() + size > largest_file) fail("standard input", "is larger than 1 GiB");
    text.append(block, 0, size);
  }
  if (std::ferror(stdin) != 0) {
    fail("standard input", std::string("cannot be read: ") + std::strerror(errno));
  }
  return text;
}

}  // namespace

std::string read_file(const std::string& path) {
  if (path == "-") return read_standard_input();
  auto file = read_disk(path);
  if (!file.text) fail(path, "cannot be read: " + file.why);
  return std::move(*file.text);
}

void write_file(const std::string& path, const std::function<void(const Write&)>& pieces) {
  errno = 0;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  const auto check = [&] {
    if (file) return;
    fail(path, std::string("cannot be written: ") + std::strerror(errno == 0 ? EIO : errno));
  };
  check();
  pieces([&](std::string_view text) {
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    check();
  });
  file.flush();
  check();
}

void write_file(const std::string& path, std::string_view text) {
  write_file(path, [&](const Write& write) { write(text); });
}

std::string beside(const std::string& including_file, const std::string& path) {
  if (!path.empty() && path.front() == '/') return path;
  const auto slash = including_file.rfind('/');
  return slash == std::string::npos ? path : including_file.substr(0, slash + 1) + path;
}

}  // namespace pgleast
